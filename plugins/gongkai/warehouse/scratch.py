"""A database to try things in, beside the warehouse: made for one use, and gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql

from gongkai.errors import WarehouseError
from gongkai.settings import Settings
from gongkai.warehouse.connection import connect
from gongkai.warehouse.migrate import migrate
from gongkai.warehouse.postgres.configuration import SUPERUSER
from gongkai.warehouse.postgres.server import EmbeddedPostgres
from gongkai.warehouse.roles import OWNER


@contextmanager
def scratch_database(config: Settings, given: str | None = None) -> Iterator[str]:
    """The owner's DSN of an empty, migrated warehouse.

    On the embedded server it is made and dropped. The owner of a server of one's own may not make databases: there an
    administrator makes an empty one, whose address is `given`; what is left in it stays.

    Raises:
        WarehouseError: none was given, or the given one is not empty.
    """
    if given is not None:
        migrate(given)
        _require_empty(given)
        yield given
    elif config.database_url is not None:
        raise WarehouseError(
            "The owner of your own Postgres may not make databases. Let an administrator run: CREATE DATABASE scratch "
            f"OWNER {OWNER}; then give its address with --database postgresql://…/scratch"
        )
    else:
        server = EmbeddedPostgres.from_settings(config)
        name = f"scratch_{uuid4().hex[:12]}"
        with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as conn:
            conn.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER)))
            try:
                migrate(server.dsn(OWNER, name))
                yield server.dsn(OWNER, name)
            finally:
                conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _require_empty(dsn: str) -> None:
    with connect(dsn) as conn:
        if conn.execute("SELECT 1 FROM raw.document LIMIT 1").fetchone() is not None:
            raise WarehouseError("The database given for the replay is not empty; give one that holds nothing yet.")
