"""Brings a database to the schema of this version: Alembic's migrations, then roles and grants."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import Connection

from gongkai.errors import SettingsError
from gongkai.warehouse.connection import connect
from gongkai.warehouse.roles import OLDEST_SERVER, READERS_AND_WRITERS, apply_grants, ensure_roles, role_exists

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(dsn_owner: str) -> None:
    """Upgrade to the newest schema and bring grants in order; does nothing where all is done already.

    On a server of one's own (GONGKAI_DATABASE_URL) the account needs CREATE on the database. The roles
    `gongkai_loader`, `gongkai_steward` and `bi_reader` are made if it has CREATEROLE; without passwords, which an
    administrator sets. Roles that are there already keep their settings, and what PUBLIC may do in that database
    (connect, make temporary tables) is left to its administrator.

    Raises:
        SettingsError: no such database or account, or the server is older than Postgres 15.
        WarehouseError: the server cannot be reached, or roles are missing and the account may not make them.
    """
    with connect(dsn_owner) as conn:
        if conn.info.server_version < OLDEST_SERVER:
            raise SettingsError(
                f"GONGKAI_DATABASE_URL: the server is Postgres {conn.info.server_version // 10000}; 15 is the oldest "
                "that will do."
            )
        _ensure_roles(conn)
        upgrade(dsn_owner)
        apply_grants(conn)


def _ensure_roles(conn: Connection) -> None:
    missing = [role for role in READERS_AND_WRITERS if not role_exists(conn, role)]
    if missing:
        ensure_roles(conn, dict.fromkeys(missing, ""))
        # the owner acts as these by SET ROLE; from Postgres 16 on, having made a role does not allow that by itself
        conn.execute(f"GRANT {', '.join(missing)} TO CURRENT_USER")


def upgrade(dsn_owner: str, to: str = "head") -> None:
    """Run the migrations up to one of them, and nothing else."""
    from alembic import command
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    engine = create_engine(_sqlalchemy_url(dsn_owner), poolclass=NullPool)
    with engine.begin() as connection:
        # two processes may migrate at once; the second waits, and finds nothing to do
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('gongkai.migrate'))"))
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def alembic_config() -> Config:
    """Alembic's configuration, with the migrations that ship with the package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _sqlalchemy_url(dsn: str) -> str:
    return "postgresql+psycopg://" + dsn.partition("://")[2]
