"""Databases for tests: one server a session, one migrated database a module, copied from a template."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import Connection

from gongkai.warehouse.connection import Dsns, connect, embedded_dsns
from gongkai.warehouse.migrate import migrate
from gongkai.warehouse.postgres.configuration import SUPERUSER
from gongkai.warehouse.postgres.server import EmbeddedPostgres
from gongkai.warehouse.roles import BI_READER, LOADER, OWNER, STEWARD, protect_database

TEMPLATE = "gongkai"
"""The database that the server makes by itself; migrated, it is the template of all others."""


@dataclass(frozen=True)
class WarehouseUnderTest:
    """A migrated database of its own. `connect()` gives the owner, `connect("bi_reader")` another role."""

    dsns: Dsns

    def connect(self, role: str = "owner") -> Connection:
        return connect(getattr(self.dsns, role))


@contextmanager
def temporary_server(durable: bool = False) -> Iterator[EmbeddedPostgres]:
    """A server whose state folder any account may enter; gone at the end. `durable`: it pays for safe writes."""
    state = Path(tempfile.mkdtemp(prefix="gongkai-test-"))
    state.chmod(0o755)
    server = EmbeddedPostgres(state)
    try:
        server.start()
        with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as conn:
            conn.execute(f"ALTER SYSTEM SET fsync = {'on' if durable else 'off'}".encode())
            conn.execute("SELECT pg_reload_conf()")
        migrate(server.dsn(OWNER))
        yield server
    finally:
        server.stop()
        shutil.rmtree(state)


@contextmanager
def fresh_database(server: EmbeddedPostgres, name: str) -> Iterator[WarehouseUnderTest]:
    with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER {OWNER}")
        protect_database(conn, name, (LOADER, STEWARD, BI_READER))
        try:
            yield WarehouseUnderTest(embedded_dsns(server, name))
        finally:
            conn.execute(f"DROP DATABASE {name} WITH (FORCE)")
