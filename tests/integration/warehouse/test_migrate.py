"""The schema comes up from nothing, and a second time nothing happens."""

from __future__ import annotations

import socket

import pytest

from gongkai.errors import SettingsError, WarehouseError
from gongkai.extract.report import State
from gongkai.warehouse.connection import connect
from gongkai.warehouse.migrate import migrate
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
