"""A Postgres server of our own, from a wheel: on a TCP port of loopback, data in the state folder, safe as root.

State folder: ``postgres/data`` (the server's files), ``postgres/port`` (kept between starts),
``postgres/passwords.json`` (mode 0600) and ``postgres/server.log``. Where root starts it and the service user cannot
enter the state folder (a checkout below ``/root``), the server's files lie in ``/var/lib/gongkai/…`` and
``postgres/home`` says where.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg

from gongkai.errors import SettingsError, WarehouseError
from gongkai.settings import Settings
from gongkai.warehouse.postgres.binaries import Account, Binaries, account_for, find_binaries
from gongkai.warehouse.postgres.configuration import CONFIGURATION, HOST_RULES, SUPERUSER, is_free, write_private
from gongkai.warehouse.roles import (
    BI_READER,
    LOADER,
    OWNER,
    STEWARD,
    ensure_roles,
    forbid_large_objects,
    protect_database,
)

DATABASE = "gongkai"
AIRFLOW = "airflow"

_ROLES = (OWNER, LOADER, STEWARD, BI_READER, AIRFLOW)
_REACHABLE_HOME = Path("/var/lib/gongkai")
_FIRST_PORT = 55432
_PORTS_TRIED = 200
_START_SECONDS = 60


class EmbeddedPostgres:
    """The server of one state folder. Any process may start or stop it; a lock keeps two from doing so at once."""

    def __init__(self, state: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        """`port` 0: the kept one, or the next free one. Another port is used as it is, or refused."""
        self.folder = state / "postgres"
        self.host = host
        self.wanted_port = port

    @classmethod
    def from_settings(cls, config: Settings) -> EmbeddedPostgres:
        return cls(config.state, config.host, config.postgres_port)

    def start(self) -> int:
        """Start the server if it does not run, with its roles and databases, and return its port.

        Raises:
            SettingsError: the state folder cannot be written, or the port set by hand is taken.
            WarehouseError: the server does not start; the message has the end of its log.
        """
        with self._locked():
            port = self.port
            if port is None:
                port = self._start()
            elif self.wanted_port not in (0, port):
                raise SettingsError(
                    f"GONGKAI_POSTGRES_PORT is {self.wanted_port}, but Postgres runs on port {port} already; "
                    "stop it with `gongkai down` first."
                )
            self._ensure_databases(port)
        return port

    def stop(self) -> None:
        """Stop the server and wait until it is gone; nothing happens if it does not run."""
        with self._locked():
            if self._postmaster() is not None:
                account, binaries = self._prepare()
                self._run(account, binaries["pg_ctl"], "-D", str(self.data), "-m", "fast", "-w", "-t", "60", "stop")

    @property
    def running(self) -> bool:
        return self._postmaster() is not None

    @property
    def port(self) -> int | None:
        """The port of the running server; None if it does not run."""
        if self._postmaster() is None:
            return None
        return int((self.data / "postmaster.pid").read_text().splitlines()[3])

    @property
    def home(self) -> Path:
        """The folder that holds the server's files: in the state folder, or where a service user can enter."""
        kept = self.folder / "home"
        return Path(kept.read_text().strip()) if kept.exists() else self.folder

    @property
    def data(self) -> Path:
        return self.home / "data"

    def dsn(self, role: str, database: str = DATABASE) -> str:
        """The address of a database for one of the roles, password included.

        Raises:
            WarehouseError: the server does not run.
        """
        port = self.port
        if port is None:
            raise WarehouseError("The embedded Postgres does not run; start it with `gongkai up`.")
        return self._dsn(role, database, port)

    def _dsn(self, role: str, database: str, port: int) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "") else self.host  # noqa: S104 - compared, not listened on
        host = f"[{host}]" if ":" in host else host
        return f"postgresql://{role}:{self._passwords()[role]}@{host}:{port}/{database}"

    # --- starting ---

    def _start(self) -> int:
        account, binaries = self._prepare()
        if not (self.data / "PG_VERSION").exists():
            self._initdb(account, binaries)
        self._drop_stale_pid()
        for port in self._ports():
            if not is_free(self.host, port):
                continue
            if self._try_start(account, binaries, port):
                write_private(self.folder / "port", f"{port}\n")
                return port
        if self.wanted_port:
            raise SettingsError(
                f"GONGKAI_POSTGRES_PORT: port {self.wanted_port} of {self.host} is taken. Set another, or 0 for the "
                "next free one."
            )
        raise WarehouseError(f"No free port for Postgres among {_PORTS_TRIED} on {self.host}.")

    def _ports(self) -> Iterator[int]:
        if self.wanted_port:
            yield self.wanted_port
            return
        kept = self.folder / "port"
        first = int(kept.read_text()) if kept.exists() else _FIRST_PORT
        yield from range(first, min(first + _PORTS_TRIED, 65536))

    def _try_start(self, account: Account, binaries: Binaries, port: int) -> bool:
        """False if somebody took the port between our look and the server's."""
        log = self.home / "server.log"
        offset = log.stat().st_size if log.exists() else 0
        options = f"-p {port} -c listen_addresses={self.host}"
        command = ["-D", str(self.data), "-l", str(log), "-w", "-t", str(_START_SECONDS), "-o", options, "start"]
        try:
            self._run(account, binaries["pg_ctl"], *command)
        except WarehouseError as error:
            said = log.read_bytes()[offset:].decode(errors="replace") if log.exists() else ""
            if "could not bind" in said or "Address already in use" in said:
                return False
            raise WarehouseError(f"Postgres does not start. {log} ends:\n{said[-2000:] or error}") from error
        return True

    def _prepare(self) -> tuple[Account, Binaries]:
        """Folders, account and programs: all that pg_ctl needs."""
        account = account_for(self.data)
        if not self.data.exists() and account.switch and not account.can_enter(self.folder):
            self._move_home()
        home = self.home
        home.mkdir(parents=True, exist_ok=True)
        if account.switch:
            account.own(home, 0o755)
        return account, find_binaries(account, home)

    def _move_home(self) -> None:
        name = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:12]
        home = _REACHABLE_HOME / f"{self.folder.resolve().parent.parent.name}-{name}"
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"GONGKAI_STATE_DIR: Postgres's service user cannot enter {self.folder}, and {home} cannot be made "
                f"({error.strerror}). Set it to a folder that every account may enter."
            ) from error
        write_private(self.folder / "home", f"{home}\n")

    def _initdb(self, account: Account, binaries: Binaries) -> None:
        """Make the data folder aside and rename it, so that a killed start leaves none that is half made."""
        passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, *_ROLES)}
        write_private(self.folder / "passwords.json", json.dumps(passwords))
        aside, secret = self.home / "data.partial", self.home / "superuser.partial"
        self._run(account, "rm", "-rf", str(aside))
        write_private(secret, passwords[SUPERUSER])
        account.own(secret, 0o600)
        command = ["-D", str(aside), "-U", SUPERUSER, f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8"]
        try:
            self._run(account, binaries["initdb"], *command, *binaries.locale_arguments, "--data-checksums")
        finally:
            secret.unlink()
        with (aside / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        (aside / "pg_hba.conf").write_text(HOST_RULES)
        aside.rename(self.data)

    def _ensure_databases(self, port: int) -> None:
        passwords = self._passwords()
        with psycopg.connect(self._dsn(SUPERUSER, "postgres", port), autocommit=True) as conn:
            ensure_roles(conn, {role: passwords[role] for role in _ROLES})
            for database, owner in ((DATABASE, OWNER), (AIRFLOW, AIRFLOW)):
                if conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone() is None:
                    conn.execute(f"CREATE DATABASE {database} OWNER {owner}")
            protect_database(conn, DATABASE, (LOADER, STEWARD, BI_READER))
            protect_database(conn, AIRFLOW, ())
        with psycopg.connect(self._dsn(SUPERUSER, DATABASE, port), autocommit=True) as conn:
            forbid_large_objects(conn)

    def _passwords(self) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads((self.folder / "passwords.json").read_text())
        except FileNotFoundError as error:
            raise WarehouseError(
                f"{self.folder / 'passwords.json'} is missing, so nobody can log in to the server in {self.data}. "
                "Put it back, or delete both to start anew."
            ) from error
        return found

    def _run(self, account: Account, *command: str) -> None:
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        done = subprocess.run(
            command,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **account.popen_arguments,
        )
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()
            raise WarehouseError(f"{Path(command[0]).name} failed in {self.home}: {said}")

    # --- looking ---

    def _postmaster(self) -> psutil.Process | None:
        """The server's process. A number left by a crash, now another program's, does not count."""
        pid = self._kept_pid()
        try:
            process = psutil.Process(pid) if pid else None
            ours = process is not None and process.status() != psutil.STATUS_ZOMBIE and process.name() == "postgres"
            return process if ours and process and Path(process.cwd()) == self.data.resolve() else None
        except psutil.Error:
            return None

    def _kept_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split(maxsplit=1)[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None
        except PermissionError as error:
            raise SettingsError(
                f"GONGKAI_STATE_DIR: {self.data} belongs to another account. Use that account, or set another folder."
            ) from error

    def _drop_stale_pid(self) -> None:
        """Postgres forgives a dead number, and waits for orphans; a number that another program has got it does not."""
        pid = self._kept_pid()
        if pid is not None and psutil.pid_exists(pid):
            (self.data / "postmaster.pid").unlink()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("w")
        except OSError as error:
            raise SettingsError(
                f"GONGKAI_STATE_DIR: {self.folder} cannot be written ({error.strerror}). Set it to a folder of yours."
            ) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
