"""Old publications leave the published tables while readers read on, and a rollback brings them back."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest
from psycopg import Connection

from gongkai.errors import WarehouseError
from gongkai.warehouse.publication import publications, publish, rollback
from gongkai.warehouse.retirement import retire
from tests.integration.warehouse.candidates import build
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres


@pytest.fixture
def conn(warehouse: WarehouseUnderTest) -> Iterator[Connection]:
    """Five publications, of which the fifth is live."""
    with warehouse.connect() as owner:
        for schema in ("published", "retired", "marts", "candidate"):
            kinds = {"v": "VIEW", "r": "TABLE", "p": "TABLE"}
            rows = owner.execute(
                "SELECT relkind, relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN "
                "('v', 'r', 'p') AND NOT relispartition "
                "AND relname NOT IN ('publication', 'pointer', 'slice', 'kept_year')",
                (schema,),
            ).fetchall()
            for kind, name in rows:
                owner.execute(f"DROP {kinds[kind]} {schema}.{name} CASCADE".encode())
        owner.execute("TRUNCATE published.pointer, published.publication, published.slice, published.kept_year")
        for number in range(1, 6):
            publish(owner, build(owner, number, {("a", 2020): number}))
        yield owner


def statuses(conn: Connection) -> dict[int, str]:
    return {publication.publication_id: publication.status for publication in publications(conn)}


def shown(conn: Connection) -> list[tuple[int, int]]:
    return conn.execute("SELECT publication_id, requests_received FROM marts.agency_year").fetchall()


def attached(conn: Connection) -> set[int]:
    rows = conn.execute("SELECT DISTINCT publication_id FROM published.agency_year")
    return {number for (number,) in rows}


def test_the_newest_stay_and_the_older_ones_leave(conn: Connection) -> None:
    assert retire(conn, 3) == [1, 2]
    assert statuses(conn) == {1: "retired", 2: "retired", 3: "superseded", 4: "superseded", 5: "live"}
    assert attached(conn) == {3, 4, 5}
    assert shown(conn) == [(5, 5)]
    assert retire(conn, 3) == []


def test_what_is_live_stays_however_old(conn: Connection) -> None:
    rollback(conn, 1)
    assert retire(conn, 2) == [2, 3]
    assert shown(conn) == [(1, 1)]


def test_a_rollback_brings_a_retired_publication_back(conn: Connection) -> None:
    retire(conn, 1)
    assert rollback(conn, 2).status == "live"
    assert shown(conn) == [(2, 2)]
    assert attached(conn) == {2, 5}
    rollback(conn, 5)
    assert retire(conn, 1) == [2]


RETIRE = """
    import sys
    from gongkai.warehouse.connection import connect
    from gongkai.warehouse.retirement import retire

    with connect(sys.argv[1]) as conn:
        print(retire(conn, 1))
"""


def test_a_reader_in_the_midst_of_it_sees_what_he_saw(conn: Connection, warehouse: WarehouseUnderTest) -> None:
    """The detaching waits for him; he does not wait for it."""
    command = [sys.executable, "-c", textwrap.dedent(RETIRE), warehouse.dsns.owner]
    with warehouse.connect("bi_reader") as reader:
        reader.execute("BEGIN")
        assert shown(reader) == [(5, 5)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as p:
            waiting = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%DETACH%' AND wait_event_type = 'Lock'"
            while conn.execute(waiting.encode()).fetchone() is None:
                assert p.poll() is None
            assert shown(reader) == [(5, 5)]
            reader.execute("COMMIT")
            out, _ = p.communicate()
    assert out == "[1, 2, 3, 4]\n"


KILLED = """
    import sys
    from gongkai.warehouse import retirement
    from gongkai.warehouse.connection import connect

    detach = retirement._detach

    def die(conn, mart, name):
        detach(conn, mart, name)
        import os
        os._exit(9)

    retirement._detach = die
    with connect(sys.argv[1]) as conn:
        retirement.retire(conn, 4)
"""


@pytest.mark.parametrize("back", [True, False])
def test_killed_half_way_it_goes_on_or_comes_back(conn: Connection, warehouse: WarehouseUnderTest, back: bool) -> None:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), warehouse.dsns.owner], check=False)
    assert done.returncode == 9
    assert statuses(conn)[1] == "retired"
    if back:
        rollback(conn, 1)
        assert shown(conn) == [(1, 1)]
        assert conn.execute("SELECT count(*) FROM marts.fct_coverage").fetchone() == (1,)
    else:
        assert retire(conn, 4) == [1]
        assert attached(conn) == {2, 3, 4, 5}


def test_what_cannot_come_back_is_said_so(conn: Connection) -> None:
    retire(conn, 3)
    conn.execute("ALTER TABLE published.agency_year ADD COLUMN later int")
    with pytest.raises(WarehouseError, match="retired before the columns of the marts changed"):
        rollback(conn, 2)
    conn.execute("DROP TABLE retired.agency_year__p1, retired.fct_coverage__p1, retired.fct_findings__p1")
    with pytest.raises(WarehouseError, match="were dropped"):
        rollback(conn, 1)
    assert shown(conn) == [(5, 5)]
