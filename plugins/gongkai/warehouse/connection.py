"""Addresses of the warehouse, one a role, and connections to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import Connection

from gongkai.errors import SettingsError, WarehouseError
from gongkai.settings import Settings, settings
from gongkai.warehouse.postgres.server import AIRFLOW, DATABASE, EmbeddedPostgres
from gongkai.warehouse.roles import BI_READER, LOADER, OWNER, STEWARD

CONNECT_SECONDS = 10


@dataclass(frozen=True)
class Dsns:
    """One address (``postgresql://…``) a role. They hold passwords; print none but `bi_reader`'s.

    `airflow` is the owner of Airflow's own metadata database; None with a server of one's own.
    """

    owner: str
    loader: str
    steward: str
    bi_reader: str
    airflow: str | None


def dsns(config: Settings | None = None) -> Dsns:
    """The addresses that the settings lead to.

    With GONGKAI_DATABASE_URL, that server's: the loader and the steward are then the owner, restricted by ``SET ROLE``
    (or GONGKAI_LOADER_URL), and `bi_reader` has no password, as only an administrator of that server can know it: libpq
    finds it in PGPASSWORD or in a password file.

    Raises:
        WarehouseError: the embedded server is not running.
    """
    config = config or settings()
    if config.database_url is not None:
        return _own_server(config.database_url, config.loader_url)
    return embedded_dsns(EmbeddedPostgres.from_settings(config))


def embedded_dsns(server: EmbeddedPostgres, database: str = DATABASE) -> Dsns:
    """The addresses of the embedded server, which must run."""
    return Dsns(
        owner=server.dsn(OWNER, database),
        loader=server.dsn(LOADER, database),
        steward=server.dsn(STEWARD, database),
        bi_reader=server.dsn(BI_READER, database),
        airflow=server.dsn(AIRFLOW, AIRFLOW),
    )


def _own_server(owner: str, loader: str | None) -> Dsns:
    return Dsns(
        owner=owner,
        loader=loader or _with_role(owner, LOADER),
        steward=_with_role(owner, STEWARD),
        bi_reader=_with_user(owner, BI_READER),
        airflow=None,
    )


def _with_role(dsn: str, role: str) -> str:
    url = urlsplit(dsn)
    option = f"options={quote(f'-c role={role}')}"
    return urlunsplit(url._replace(query=f"{url.query}&{option}" if url.query else option))


def _with_user(dsn: str, user: str) -> str:
    url = urlsplit(dsn)
    return urlunsplit(url._replace(netloc=f"{user}@{url.netloc.rpartition('@')[2]}"))


def connect(dsn: str, **arguments: Any) -> Connection:
    """A connection in autocommit mode: a transaction is what stands in ``with conn.transaction()``, and no more.

    Raises:
        SettingsError: the server does not know the database, the account or the password.
        WarehouseError: the server cannot be reached.
    """
    try:
        return psycopg.connect(dsn, autocommit=True, connect_timeout=CONNECT_SECONDS, **arguments)
    except psycopg.OperationalError as error:
        raise _explain(dsn, error) from error


def _explain(dsn: str, error: psycopg.OperationalError) -> SettingsError | WarehouseError:
    url = urlsplit(dsn)
    where = f"{url.hostname}:{url.port or 5432}{url.path}"
    said = str(error).strip().splitlines()[-1].strip()
    refused = any(
        word in said for word in ("does not exist", "password", "authentication failed", "permission denied", "pg_hba")
    )
    if refused:
        return SettingsError(f"GONGKAI_DATABASE_URL: {where} refuses the account {url.username}: {said}")
    return WarehouseError(
        f"The warehouse at {where} cannot be reached: {said}. Start the local stack with `gongkai up`, or correct "
        "GONGKAI_DATABASE_URL."
    )
