"""The four accounts of the warehouse and what each may do. None is a superuser.

`gongkai_owner` owns the schemas and runs Alembic and dbt; `gongkai_loader` adds to raw; `gongkai_steward` adds
decisions; `bi_reader` reads the marts and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from psycopg import Connection, sql
from psycopg.errors import InsufficientPrivilege

from gongkai.errors import WarehouseError

OWNER = "gongkai_owner"
LOADER = "gongkai_loader"
STEWARD = "gongkai_steward"
BI_READER = "bi_reader"
READERS_AND_WRITERS = (LOADER, STEWARD, BI_READER)

OLDEST_SERVER = 15_00_00
"""Postgres 15: `public` is closed by default, and unique indexes can say NULLS NOT DISTINCT."""

SCHEMAS = ("raw", "staging", "intermediate", "audit", "candidate", "published", "retired", "marts")

_APPEND_ONLY = ("document", "report", "cell", "claim", "issue")
_RUN_LOGS = ("ingest_run", "fetch", "listing", "outcome")
"""The log of a run holds its last word: a retried download replaces the line of the failed one."""

_READER_LIMITS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    "idle_session_timeout": "1h",
}


def ensure_roles(conn: Connection, passwords: Mapping[str, str]) -> None:
    """Create the roles named in `passwords` and set their passwords. An empty password is left unset.

    Raises:
        WarehouseError: the account of `conn` may not create roles; the message says what an administrator must run.
    """
    try:
        with conn.transaction():
            for role, password in passwords.items():
                _ensure_role(conn, role, password)
            if BI_READER in passwords:
                for setting, value in _READER_LIMITS.items():
                    conn.execute(_statement("ALTER ROLE {} SET {} = {}", BI_READER, setting, sql.Literal(value)))
    except InsufficientPrivilege as error:
        missing = "; ".join(f"CREATE ROLE {role} LOGIN PASSWORD '…'" for role in passwords)
        raise WarehouseError(
            f"The account of GONGKAI_DATABASE_URL may not create roles. Let an administrator run: {missing}; "
            "then migrate again."
        ) from error


def _ensure_role(conn: Connection, role: str, password: str) -> None:
    if not role_exists(conn, role):
        conn.execute(_statement("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION", role))
    if password:
        conn.execute(_statement("ALTER ROLE {} PASSWORD {}", role, sql.Literal(password)))


def role_exists(conn: Connection, role: str) -> bool:
    """Whether the server knows a role."""
    return conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is not None


def apply_grants(conn: Connection) -> None:
    """Bring every grant to what it should be. Run by the owner of the schemas, as often as one likes."""
    with conn.transaction():
        for statement in _grants():
            conn.execute(statement)


def _grants() -> Iterator[sql.Composed]:
    everyone = sql.SQL(", ").join(map(sql.Identifier, READERS_AND_WRITERS))
    for schema in SCHEMAS:
        yield _statement("REVOKE ALL ON SCHEMA {} FROM PUBLIC, {}", schema, everyone)
        yield _statement("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}", schema, everyone)
    yield _statement("GRANT USAGE ON SCHEMA raw TO {}, {}", LOADER, STEWARD)
    yield _statement("GRANT USAGE ON SCHEMA audit TO {}", STEWARD)
    yield _statement("GRANT USAGE ON SCHEMA marts TO {}", BI_READER)
    yield _statement("GRANT SELECT ON ALL TABLES IN SCHEMA raw TO {}, {}", LOADER, STEWARD)
    yield _statement("GRANT SELECT ON ALL TABLES IN SCHEMA audit TO {}", STEWARD)
    yield _statement("GRANT SELECT ON ALL TABLES IN SCHEMA marts TO {}", BI_READER)
    for table in _APPEND_ONLY:
        yield _statement("GRANT INSERT ON raw.{} TO {}", table, LOADER)
    for table in _RUN_LOGS:
        yield _statement("GRANT INSERT, UPDATE ON raw.{} TO {}", table, LOADER)
    yield _statement("GRANT INSERT ON raw.decision TO {}", STEWARD)
    yield _statement("ALTER DEFAULT PRIVILEGES IN SCHEMA marts GRANT SELECT ON TABLES TO {}", BI_READER)
    yield _statement("ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT SELECT ON TABLES TO {}", STEWARD)


def protect_database(conn: Connection, database: str, roles: tuple[str, ...]) -> None:
    """Only these roles may connect, and none may make temporary tables or change what is `public`."""
    with conn.transaction():
        conn.execute(_statement("REVOKE ALL ON DATABASE {} FROM PUBLIC", database))
        for role in roles:
            conn.execute(_statement("GRANT CONNECT ON DATABASE {} TO {}", database, role))


def forbid_large_objects(conn: Connection) -> None:
    """Anybody may store large objects by default, a reader too. Only a superuser can forbid it."""
    conn.execute("REVOKE EXECUTE ON FUNCTION lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC")


def _statement(template: str, *parts: str | sql.Composable) -> sql.Composed:
    return sql.SQL(template).format(*(sql.Identifier(p) if isinstance(p, str) else p for p in parts))
