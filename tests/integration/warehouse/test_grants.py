"""What each account may do, and above all what it may not: tried, not read from a catalogue."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection
from psycopg.errors import InsufficientPrivilege, ReadOnlySqlTransaction, WrongObjectType

from gongkai.errors import WarehouseError
from gongkai.warehouse.connection import connect
from gongkai.warehouse.migrate import migrate
from gongkai.warehouse.publication import publish, rollback
from gongkai.warehouse.roles import ensure_roles
from tests.integration.warehouse.candidates import build, passed
from tests.support.warehouse import WarehouseUnderTest

ACCOUNTS = ("owner", "loader", "steward", "bi_reader")
WRITES = (
    "INSERT INTO raw.document (sha256) VALUES (repeat('0', 64))",
    "UPDATE raw.report SET form = 'x'",
    "DELETE FROM raw.cell",
    "TRUNCATE raw.outcome",
    "INSERT INTO published.pointer VALUES (true, 1)",
    "DELETE FROM marts.agency_year",
    "CREATE TABLE public.mine (n int)",
    "CREATE TABLE marts.mine (n int)",
    "CREATE SCHEMA mine",
    "CREATE TEMPORARY TABLE mine (n int)",
    "SELECT lo_create(0)",
    "CREATE ROLE mine",
    "ALTER ROLE bi_reader SUPERUSER",
    "CREATE FUNCTION marts.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE VIEW marts.agency_year AS SELECT 1 AS n",
    "SET ROLE gongkai_owner",
    "SET ROLE gongkai_steward",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
)
READS = (
    "SELECT FROM raw.report",
    "SELECT FROM audit.verdict",
    "SELECT FROM published.pointer",
    "SELECT FROM published.agency_year",
    "SELECT FROM published.agency_year__p1",
    "SELECT FROM candidate.later",
    "SELECT FROM staging.later",
    "SELECT FROM intermediate.later",
    "SELECT FROM retired.agency_year__p0",
    "SELECT FROM raw.claim",
    "SELECT FROM audit.locked_input",
    "SELECT FROM audit.comparison",
    "SELECT FROM pg_authid",
    "SELECT pg_read_file('/etc/passwd')",
)


@pytest.fixture(scope="module")
def published(warehouse: WarehouseUnderTest) -> WarehouseUnderTest:
    with warehouse.connect() as owner:
        publish(owner, build(owner, 1, {("a", 2021): 5}))
        for table in ("candidate.later", "staging.later", "intermediate.later", "retired.agency_year__p0"):
            owner.execute(f"CREATE TABLE {table} (n int)".encode())
    return warehouse


@pytest.fixture
def reader(published: WarehouseUnderTest) -> Iterator[Connection]:
    with published.connect("bi_reader") as conn:
        yield conn


def refused(conn: Connection, statement: str) -> bool:
    """Whether the statement is refused for want of a right; it is undone if it is not."""
    try:
        with conn.transaction(force_rollback=True):
            conn.execute(statement.encode())
    except (InsufficientPrivilege, ReadOnlySqlTransaction):
        return True
    return False


@pytest.mark.parametrize("account", ACCOUNTS)
def test_no_account_is_a_superuser(warehouse: WarehouseUnderTest, account: str) -> None:
    with warehouse.connect(account) as conn:
        rights = "rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
        query = f"SELECT {rights} FROM pg_roles WHERE rolname = current_user"
        assert conn.execute(query.encode()).fetchone() == (False,) * 5


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE ROLE mine",
        "ALTER ROLE bi_reader RESET statement_timeout",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY raw.document FROM '/etc/passwd'",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
        "SELECT FROM pg_authid",
        "CREATE EXTENSION file_fdw",
    ],
)
def test_the_owner_owns_the_warehouse_and_not_the_server(published: WarehouseUnderTest, statement: str) -> None:
    with published.connect("owner") as conn:
        assert refused(conn, statement)


def test_the_reader_reads_the_marts(reader: Connection) -> None:
    assert reader.execute("SELECT requests_received FROM marts.agency_year").fetchall() == [(5,)]


@pytest.mark.parametrize("statement", READS)
def test_the_reader_reads_nothing_else(reader: Connection, statement: str) -> None:
    assert refused(reader, statement)


@pytest.mark.parametrize("statement", WRITES)
def test_the_reader_writes_nothing_even_where_he_lifts_his_own_limits(reader: Connection, statement: str) -> None:
    assert refused(reader, statement)
    reader.execute("SET default_transaction_read_only = off")
    assert refused(reader, statement)


RUN_LOGS = {"raw.ingest_run", "raw.fetch", "raw.listing", "raw.outcome"}
MAY_INSERT = {
    "bi_reader": set[str](),
    "steward": {"raw.decision"},
    "loader": {"raw.document", "raw.report", "raw.cell", "raw.claim", "raw.issue", *RUN_LOGS},
}
MAY_SELECT = {"bi_reader": {"marts"}, "steward": {"raw", "audit"}, "loader": {"raw"}}


def permitted(conn: Connection, statement: str) -> bool:
    """Whether there is a right to do it; what else is wrong with the statement comes later."""
    try:
        return not refused(conn, statement)
    except WrongObjectType:  # no view can be truncated
        return False
    except psycopg.Error:
        return True


@pytest.mark.parametrize("account", MAY_INSERT)
def test_of_every_table_each_account_may_do_what_is_listed_and_no_more(
    published: WarehouseUnderTest, account: str
) -> None:
    with published.connect() as owner:
        columns = owner.execute(
            "SELECT DISTINCT ON (oid) format('%s.%s', relnamespace::regnamespace, relname), attname FROM pg_class "
            "JOIN pg_attribute ON attrelid = oid AND attnum > 0 AND NOT attisdropped WHERE relkind IN ('r', 'p', 'v') "
            "AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast') "
            "ORDER BY oid, attnum DESC"  # the first is often an identity, which nobody may update
        ).fetchall()
    tables = dict(columns)
    assert {table.partition(".")[0] for table in tables} >= {"raw", "audit", "published", "marts", "candidate"}
    with published.connect(account) as conn:
        conn.execute("SET default_transaction_read_only = off")
        selected = {table for table in tables if permitted(conn, f"SELECT FROM {table} LIMIT 0")}
        assert selected == {table for table in tables if table.partition(".")[0] in MAY_SELECT[account]}
        assert {table for table in tables if permitted(conn, f"INSERT INTO {table} DEFAULT VALUES")} == (
            MAY_INSERT[account]
        )
        assert {table for table, name in columns if permitted(conn, f"UPDATE {table} SET {name} = {name}")} == (
            RUN_LOGS & MAY_INSERT[account]
        )
        for verb in ("DELETE FROM", "TRUNCATE", "ALTER TABLE {} ADD x int; --", "DROP TABLE"):
            done = [table for table in tables if permitted(conn, verb.format(table) + f" {table}")]
            assert done == [], verb


def test_the_reader_has_limits_of_time(reader: Connection) -> None:
    limits = {
        "statement_timeout": "1min",
        "idle_in_transaction_session_timeout": "1min",
        "idle_session_timeout": "1h",
        "default_transaction_read_only": "on",
    }
    for limit, value in limits.items():
        assert reader.execute(f"SHOW {limit}".encode()).fetchone() == (value,)


def test_the_reader_reads_a_mart_that_came_later(published: WarehouseUnderTest) -> None:
    with published.connect() as owner:
        owner.execute("DROP TABLE candidate.later")
        build(owner, 2, {("a", 2021): 6})
        owner.execute("CREATE TABLE candidate.region_year (publication_id int NOT NULL, reports int)")
        owner.execute("INSERT INTO candidate.region_year VALUES (2, 1)")
        publish(owner, passed(owner, 2))
        owner.execute("CREATE TABLE candidate.later (n int)")
        with published.connect("bi_reader") as reader:
            assert reader.execute("SELECT reports FROM marts.region_year").fetchall() == [(1,)]
            for account in ("loader", "steward"):
                with published.connect(account) as other:
                    assert refused(other, "SELECT FROM marts.region_year")
            rollback(owner, 1)
            assert reader.execute("SELECT requests_received FROM marts.agency_year").fetchall() == [(5,)]
            assert reader.execute("SELECT reports FROM marts.region_year").fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE raw.report SET form = 'x'",
        "UPDATE raw.document SET media_type = 'x'",
        "UPDATE raw.cell SET value = 1",
        "DELETE FROM raw.cell",
        "DELETE FROM raw.fetch",
        "TRUNCATE raw.cell",
        "INSERT INTO raw.decision (sha256, action, reason, decided_by) VALUES ('x', 'reject', '', '')",
        "DELETE FROM raw.agency",
        "SELECT FROM audit.verdict",
        "SELECT FROM marts.agency_year",
        "SELECT FROM candidate.later",
        "CREATE TABLE raw.mine (n int)",
        "CREATE TEMPORARY TABLE mine (n int)",
        "SELECT FROM retired.agency_year__p0",
        "SELECT FROM audit.comparison",
        "DELETE FROM raw.claim",
        "INSERT INTO raw.agency (agency_id, name, name_normalised) VALUES ('x', 'x', 'x')",
        "SET ROLE gongkai_owner",
        "SET ROLE gongkai_steward",
    ],
)
def test_the_loader_only_adds_to_raw(published: WarehouseUnderTest, statement: str) -> None:
    with published.connect("loader") as conn:
        assert refused(conn, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE raw.decision SET reason = 'x'",
        "DELETE FROM raw.decision",
        "INSERT INTO raw.document (sha256) VALUES (repeat('0', 64))",
        "UPDATE audit.verdict SET verdict = 'accepted'",
        "INSERT INTO audit.verdict VALUES (1, 1, 'accepted')",
        "UPDATE published.pointer SET publication_id = 2",
        "UPDATE raw.cell SET value = 1",
        "DELETE FROM audit.locked_input",
        "SELECT FROM candidate.later",
        "SELECT FROM retired.agency_year__p0",
        "SELECT FROM marts.agency_year",
        "CREATE TABLE raw.mine (n int)",
        "CREATE TEMPORARY TABLE mine (n int)",
        "SET ROLE gongkai_owner",
        "SET ROLE gongkai_loader",
    ],
)
def test_the_steward_only_adds_decisions(published: WarehouseUnderTest, statement: str) -> None:
    with published.connect("steward") as conn:
        assert refused(conn, statement)


def test_the_steward_reads_and_decides(published: WarehouseUnderTest) -> None:
    with published.connect("owner") as owner:
        owner.execute("INSERT INTO raw.document (sha256) VALUES (repeat('a', 64)) ON CONFLICT DO NOTHING")
    with published.connect("steward") as conn:
        conn.execute(
            "INSERT INTO raw.decision (sha256, action, reason, decided_by) "
            "VALUES (repeat('a', 64), 'accept_as_printed', 'the agency confirmed it by letter', 'wang')"
        )
        assert conn.execute("SELECT decided_by FROM raw.decision").fetchall() == [("wang",)]
        conn.execute("SELECT FROM audit.verdict")


def test_nobody_but_airflow_enters_its_database_nor_it_the_warehouse(warehouse: WarehouseUnderTest) -> None:
    assert warehouse.dsns.airflow is not None
    airflow, warehouse_name = warehouse.dsns.airflow, warehouse.dsns.owner.rpartition("/")[2]
    with connect(airflow) as conn:
        assert conn.execute("SELECT current_user").fetchone() == ("airflow",)
    attempts = [getattr(warehouse.dsns, account).rpartition("/")[0] + "/airflow" for account in ACCOUNTS]
    attempts.append(airflow.rpartition("/")[0] + f"/{warehouse_name}")
    for dsn in attempts:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(dsn)


def test_a_second_migration_keeps_the_marts_open(published: WarehouseUnderTest) -> None:
    migrate(published.dsns.owner)
    with published.connect("bi_reader") as conn:
        assert conn.execute("SELECT count(*) FROM marts.agency_year").fetchone() == (1,)


def test_an_owner_who_may_not_make_roles_is_told_what_to_ask_for(warehouse: WarehouseUnderTest) -> None:
    with (
        warehouse.connect() as owner,
        pytest.raises(WarehouseError, match=r"CREATE ROLE somebody LOGIN.*then migrate again"),
    ):
        ensure_roles(owner, {"somebody": ""})
