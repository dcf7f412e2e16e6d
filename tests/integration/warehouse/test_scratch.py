"""A database beside the warehouse: empty, migrated, and gone afterwards."""

from __future__ import annotations

import pytest

from gongkai.errors import WarehouseError
from gongkai.settings import Settings
from gongkai.warehouse.connection import connect
from gongkai.warehouse.postgres.server import EmbeddedPostgres
from gongkai.warehouse.scratch import scratch_database
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres

DATABASES = "SELECT datname FROM pg_database WHERE datname LIKE 'scratch%'"


def test_on_the_embedded_server_it_is_made_and_dropped(
    postgres_server: EmbeddedPostgres, warehouse: WarehouseUnderTest
) -> None:
    config = Settings(state_dir=postgres_server.folder.parent, database_url=None)
    with warehouse.connect() as conn:
        with scratch_database(config) as dsn:
            with connect(dsn) as scratch:
                assert scratch.execute("SELECT count(*) FROM raw.report").fetchone() == (0,)
                assert scratch.execute("SELECT current_user").fetchone() == ("gongkai_owner",)
            assert len(conn.execute(DATABASES).fetchall()) == 1
        assert conn.execute(DATABASES).fetchall() == []


def test_one_of_your_own_must_be_given_and_empty(warehouse: WarehouseUnderTest) -> None:
    config = Settings(database_url=warehouse.dsns.owner)
    with pytest.raises(WarehouseError, match="CREATE DATABASE scratch OWNER"), scratch_database(config):
        pass
    with scratch_database(config, warehouse.dsns.owner) as dsn:
        assert dsn == warehouse.dsns.owner
    with warehouse.connect() as conn:
        conn.execute("INSERT INTO raw.document (sha256) VALUES (repeat('a', 64))")
    with pytest.raises(WarehouseError, match="not empty"), scratch_database(config, warehouse.dsns.owner):
        pass
