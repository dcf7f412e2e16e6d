"""The schema comes up from nothing, and a second time nothing happens."""

from __future__ import annotations

import socket

import psycopg
import pytest

from gongkai.errors import SettingsError, WarehouseError
from gongkai.extract.report import State
from gongkai.warehouse.connection import connect
from gongkai.warehouse.migrate import migrate, upgrade
from gongkai.warehouse.postgres.configuration import SUPERUSER
from gongkai.warehouse.postgres.server import EmbeddedPostgres
from gongkai.warehouse.roles import OWNER
from tests.support.warehouse import WarehouseUnderTest

SCHEMA = """
    SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema IN ('raw', 'audit', 'published') ORDER BY 1, 2, ordinal_position
"""


def test_a_second_migration_changes_nothing(warehouse: WarehouseUnderTest) -> None:
    with warehouse.connect() as conn:
        before = conn.execute(SCHEMA).fetchall()
        migrate(warehouse.dsns.owner)
        assert conn.execute(SCHEMA).fetchall() == before
        assert {"raw", "audit", "published"} == {row[0] for row in before}


def test_the_states_of_a_cell_are_the_parsers(warehouse: WarehouseUnderTest) -> None:
    with warehouse.connect() as conn:
        names = [name for (name,) in conn.execute("SELECT name FROM raw.cell_state ORDER BY state")]
    assert names == [state.value for state in State]


def test_a_database_that_is_not_there_is_a_wrong_setting(warehouse: WarehouseUnderTest) -> None:
    dsn = warehouse.dsns.owner.rpartition("/")[0] + "/nowhere"
    with pytest.raises(SettingsError, match=r"GONGKAI_DATABASE_URL.*nowhere"):
        migrate(dsn)


def test_a_wrong_password_is_a_wrong_setting(warehouse: WarehouseUnderTest) -> None:
    address = warehouse.dsns.owner.rpartition("@")[2]
    with pytest.raises(SettingsError, match=r"GONGKAI_DATABASE_URL.*password authentication failed"):
        connect(f"postgresql://gongkai_owner:wrong@{address}")


def test_a_server_that_does_not_answer_is_said_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(WarehouseError, match="cannot be reached"):
        connect(f"postgresql://nobody@127.0.0.1:{port}/gongkai")


BEFORE_MEMORY = """
    CREATE TABLE published.agency_year (
        publication_id int NOT NULL, agency_id text, report_year int NOT NULL, scope text)
        PARTITION BY LIST (publication_id);
    CREATE TABLE published.agency_year__p1 PARTITION OF published.agency_year FOR VALUES IN (1);
    CREATE VIEW marts.agency_year AS SELECT publication_id, agency_id, report_year, scope FROM published.agency_year
        WHERE publication_id = (SELECT publication_id FROM published.pointer);
    INSERT INTO published.publication (publication_id, status, inputs, inputs_hash, row_counts, content_hashes)
        VALUES (1, 'live', '{}', '', '{}', '{}');
    INSERT INTO published.pointer (publication_id) VALUES (1);
    INSERT INTO published.agency_year VALUES (1, 'a', 2020, 'own_organ');
"""


def test_what_is_published_gains_the_columns_of_a_migration(
    postgres_server: EmbeddedPostgres, warehouse: WarehouseUnderTest
) -> None:
    """A database as it was before 0003, with a publication that is live."""
    dsn = postgres_server.dsn(OWNER, "older")
    with psycopg.connect(postgres_server.dsn(SUPERUSER, "postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE older OWNER {OWNER}".encode())
        try:
            upgrade(dsn, "0002")
            with connect(dsn) as conn:
                conn.execute(BEFORE_MEMORY.encode())
                migrate(dsn)
                shown = (
                    "SELECT agency_id, revision, sightings, figures_corrected, figures_replaced FROM marts.agency_year"
                )
                assert conn.execute(shown.encode()).fetchall() == [("a", 1, 1, 0, 0)]
                # from 0010 on the view follows the pointer year by year
                conn.execute("UPDATE published.pointer SET kept = '[2019:2019]={1}', oldest = 1")
                assert conn.execute(shown.encode()).fetchall() == [("a", 1, 1, 0, 0)]
                conn.execute("UPDATE published.pointer SET kept = '[2020:2020]={7}'")
                assert conn.execute(shown.encode()).fetchall() == []
        finally:
            server.execute("DROP DATABASE older WITH (FORCE)")


def test_retired_publications_and_users_own_views_gain_the_columns_of_a_migration(
    warehouse: WarehouseUnderTest,
) -> None:
    """A warehouse of version 0006 with a live and a retired publication."""
    with warehouse.connect() as conn:
        conn.execute("""
            CREATE TABLE published.agency_year (publication_id int, agency_id text) PARTITION BY LIST (publication_id);
            CREATE TABLE published.agency_year__p2 PARTITION OF published.agency_year FOR VALUES IN (2);
            CREATE TABLE retired.agency_year__p1 (publication_id int, agency_id text);
            INSERT INTO published.agency_year VALUES (2, 'a');
            INSERT INTO published.publication (publication_id, status, inputs, inputs_hash, row_counts, content_hashes)
                VALUES (2, 'live', '{}', '', '{}', '{}');
            INSERT INTO published.pointer (publication_id) VALUES (2);
            CREATE VIEW marts.agency_year AS SELECT publication_id, agency_id FROM published.agency_year
                WHERE publication_id = (SELECT publication_id FROM published.pointer);
            CREATE VIEW public.mine AS SELECT agency_id FROM marts.agency_year;
            DROP TABLE audit.passed, raw.listing, published.kept_year, published.slice;
            ALTER TABLE published.pointer DROP COLUMN kept, DROP COLUMN oldest;
            ALTER TABLE audit.verdict DROP COLUMN is_kept;
            ALTER TABLE audit.violation DROP COLUMN is_kept;
            UPDATE raw.schema_version SET version_num = '0006';
        """)
        migrate(warehouse.dsns.owner)
        conn.execute("ALTER TABLE retired.agency_year__p1 SET SCHEMA published")
        conn.execute("ALTER TABLE published.agency_year ATTACH PARTITION published.agency_year__p1 FOR VALUES IN (1)")
        assert conn.execute("SELECT * FROM mine").fetchall() == [("a",)]
    with warehouse.connect("bi_reader") as reader:
        query = "SELECT agency_id, litigation_concluded, denied_at_least_30 FROM marts.agency_year"
        assert reader.execute(query).fetchall() == [("a", None, None)]
