"""Readers while publications come and go: no error, and never anything but one whole publication."""

from __future__ import annotations

import csv
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import Connection

from gongkai.warehouse.export import export
from gongkai.warehouse.publication import publish, rollback
from tests.integration.warehouse.candidates import build, passed
from tests.support.sessions import sessions
from tests.support.warehouse import WarehouseUnderTest

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

PUBLICATIONS, MOVES = 30, 5_000
AGENCIES = ("a", "b", "c")
EIGHT = ("agency_year", "region_year", "fct_applications", "fct_disputes", "fct_coverage", "fct_findings",
         "dim_agency", "dim_year")  # fmt: skip


@pytest.fixture
def conn(warehouse: WarehouseUnderTest) -> Iterator[Connection]:
    with warehouse.connect() as conn:
        yield conn
        conn.execute("TRUNCATE published.publication, published.pointer, audit.passed")
        for schema, kind in (("marts", "VIEW"), ("published", "TABLE")):
            for mart in EIGHT:
                conn.execute(f"DROP {kind} IF EXISTS {schema}.{mart} CASCADE".encode())


def publish_whole(conn: Connection, number: int) -> None:
    """A publication in which every figure is its number."""
    publish(conn, build(conn, number, {(agency, 2020): number for agency in AGENCIES}))


def whole(number: int) -> tuple[int, ...]:
    """What :data:`ALL` should say of it."""
    return (number, number, number * len(AGENCIES), 3 * len(AGENCIES))


ALL = """
    SELECT min(publication_id), max(publication_id), sum(figure), count(*) FROM (
        SELECT publication_id, requests_received AS figure FROM marts.agency_year
        UNION ALL SELECT publication_id, 0 FROM marts.fct_coverage
        UNION ALL SELECT publication_id, 0 FROM marts.fct_findings) AS line"""
INDEXED = "SELECT publication_id, requests_received FROM marts.agency_year WHERE agency_id = 'b' AND report_year = 2020"
LONG = f"""
    SELECT min(before.min), max(after.max), count(step) FROM ({ALL}) AS before (min, max)
    CROSS JOIN generate_series(1, 2000000) AS step CROSS JOIN ({ALL}) AS after (min, max)"""


def test_thirty_publications_disturb_nobody(conn: Connection, warehouse: WarehouseUnderTest, tmp_path: Path) -> None:
    folders = itertools.count()

    def write_export(_: Connection) -> tuple[int, Path]:
        folder = tmp_path / str(next(folders))
        with warehouse.connect() as owner:
            return export(owner, warehouse.dsns.owner, None, folder, ("csv",)).publication_id, folder

    publish_whole(conn, 1)
    with sessions(
        warehouse,
        lambda reader: reader.execute(INDEXED.encode()).fetchall(),
        lambda reader: reader.execute(ALL.encode()).fetchall(),
        lambda reader: reader.execute(LONG.encode()).fetchall(),
        write_export,
    ) as readers:
        for number in range(2, PUBLICATIONS + 2):
            publish_whole(conn, number)
            while any(reader.is_alive() and len(reader.answers) < number for reader in readers[:2]):
                time.sleep(0.005)  # so that the short queries see each of them
    assert [reader.error for reader in readers] == [None] * 4
    indexed, everything, long, exports = (reader.answers for reader in readers)
    assert all(rows == [(rows[0][0], rows[0][0])] for rows in indexed)
    assert all(rows == [whole(rows[0][0])] for rows in everything)
    assert all(rows == [(rows[0][0], rows[0][0], 2_000_000)] for rows in long)
    assert len({rows[0][0] for rows in everything}) > PUBLICATIONS / 2, "the session ran beside the publications"
    assert exports
    for number, folder in exports:
        assert {row["publication_id"] for path in folder.glob("*.csv") for row in rows_of(path)} == {str(number)}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_no_statement_on_eight_marts_sees_two_publications(conn: Connection, warehouse: WarehouseUnderTest) -> None:
    for number in (1, 2):
        for mart in EIGHT:
            conn.execute(f"CREATE TABLE candidate.{mart} AS SELECT {number} AS publication_id".encode())
        publish(conn, passed(conn, number))
    numbers = ", ".join(f"{mart}.publication_id" for mart in EIGHT)
    query = f"SELECT ARRAY[{numbers}] FROM {' CROSS JOIN '.join(f'marts.{mart}' for mart in EIGHT)}"
    with sessions(warehouse, *[lambda reader: reader.execute(query.encode(), prepare=False).fetchall()] * 3) as readers:
        for move in range(MOVES):
            rollback(conn, 1 + move % 2)
    assert [reader.error for reader in readers] == [None] * 3
    seen = Counter(str(answer) for reader in readers for answer in reader.answers)
    assert set(seen) == {str([([number] * len(EIGHT),)]) for number in (1, 2)}, "each saw one of them"
    assert min(seen.values()) > 100, "both were looked at, often"
