"""How long short queries wait while publications run: one session of them beside a long query, a scan and an export."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from psycopg import Connection
from questions import percentile

from gongkai.warehouse.publication import publish
from tests.integration.warehouse.candidates import passed
from tests.support.sessions import Work, sessions
from tests.support.warehouse import WarehouseUnderTest

PUBLICATIONS = 30

_ROWS = """
    SELECT {number} AS publication_id, 'agency-' || n AS agency_id, year AS report_year, n + year AS requests_received
    FROM generate_series(1, 5000) AS n CROSS JOIN generate_series(2016, 2025) AS year"""
_SHORT = b"SELECT * FROM marts.agency_year WHERE agency_id = 'agency-777' AND report_year = 2020"
_SCAN = b"SELECT report_year, sum(requests_received) FROM marts.agency_year GROUP BY report_year"
_LONG = b"SELECT count(*) FROM marts.agency_year CROSS JOIN generate_series(1, 100)"
_EXPORT = b"COPY (SELECT * FROM marts.agency_year) TO STDOUT (FORMAT csv)"


def measure(warehouse: WarehouseUnderTest) -> Iterator[tuple[str, str, str]]:
    """Work, cost and remark of each line: the waits without publications, and with them, for as long."""
    with warehouse.connect() as conn:
        _publish(conn, 1)
        began = time.perf_counter()
        during = _waits(warehouse, lambda: _publish_all(conn))
        took = time.perf_counter() - began
        without = _waits(warehouse, lambda: time.sleep(took))
    for name, waits in (("nothing is published", without), (f"{PUBLICATIONS} publications run", during)):
        remark = f"p99 of {len(waits):,} short queries in {took:.0f} s, median {percentile(waits, 0.5):.1f} ms"
        yield f"a reader's wait while {name}", f"{percentile(waits, 0.99):.1f} ms", remark


def _publish_all(conn: Connection) -> None:
    for number in range(2, PUBLICATIONS + 2):
        _publish(conn, number)


def _publish(conn: Connection, number: int) -> None:
    conn.execute(f"CREATE TABLE candidate.agency_year AS {_ROWS.format(number=number)}".encode())
    conn.execute("ALTER TABLE candidate.agency_year ADD PRIMARY KEY (agency_id, report_year)")
    publish(conn, passed(conn, number))


def _waits(warehouse: WarehouseUnderTest, meanwhile: Callable[[], object]) -> list[float]:
    """Milliseconds of each short query. Between two of them its user thinks for a moment."""

    def short(conn: Connection) -> None:
        conn.execute(_SHORT).fetchall()

    def with_a_pause(query: bytes) -> Work:
        def work(conn: Connection) -> None:
            conn.execute(query).fetchall()
            time.sleep(0.5)

        return work

    def write_export(conn: Connection) -> None:
        with conn.cursor().copy(_EXPORT) as out:
            for _ in out:
                pass
        time.sleep(0.5)

    with sessions(warehouse, short, with_a_pause(_SCAN), with_a_pause(_LONG), write_export) as all_of_them:
        meanwhile()
    for session in all_of_them:
        if session.error is not None:
            raise session.error
    return all_of_them[0].milliseconds
