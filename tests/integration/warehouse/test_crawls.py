"""What a run knows of earlier ones: what is done, what is known, what has vanished or was replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from psycopg import Connection

from gongkai.fetch import FetchRecord, Known
from gongkai.warehouse.crawls import done_links, known_documents, note_differences, sole_visitor
from gongkai.warehouse.runs import Outcome, finish_run, record_fetches, start_run, write_outcomes
from tests.integration.warehouse.samples import sha
from tests.support.warehouse import WarehouseUnderTest

YEAR = 2021


@pytest.fixture
def loader(warehouse: WarehouseUnderTest) -> Iterator[Connection]:
    with warehouse.connect("owner") as owner:
        owner.execute("TRUNCATE raw.document, raw.report, raw.cell, raw.ingest_run, raw.fetch, raw.outcome CASCADE")
    with warehouse.connect("loader") as conn:
        yield conn


def record(name: str, content: str | None = None, **changes: object) -> FetchRecord:
    found = FetchRecord(
        portal="city",
        listed_agency=f"{name}局",
        listed_title=f"{name}局2021年政府信息公开工作年度报告",
        listed_on="2022-01-28",
        url=f"http://city.gov.cn/{name}",
        outcome="fetched",
        fetched_at=datetime(2026, 4, 1, tzinfo=UTC),
        headers={"etag": f'"{name}"', "server": "half\0byte"},
        media_type="text/html",
        sha256=sha(content or name),
        byte_size=1000,
        archive_uri=f"file:///archive/{name}",
        cms="trs",
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def run(conn: Connection, run_id: str, *records: FetchRecord, portals: tuple[str, ...] = ("city",)) -> None:
    """A run that listed and fetched these, and read them all."""
    start_run(conn, run_id, YEAR, "portal")
    write_outcomes(conn, run_id, YEAR, [Outcome("discover", portal, None, "found") for portal in portals])
    record_fetches(conn, run_id, YEAR, records)
    read = [Outcome("parse", one.url, one.sha256, "not_a_report") for one in records if one.sha256]
    write_outcomes(conn, run_id, YEAR, read)


def differences(conn: Connection, run_id: str) -> list[tuple[str, str]]:
    note_differences(conn, run_id, YEAR)
    rows = conn.execute(
        "SELECT item, status FROM raw.outcome WHERE run_id = %s AND stage = 'fetch' ORDER BY item", (run_id,)
    )
    return [(item.rpartition("/")[2], status) for item, status in rows]


def complete(conn: Connection, run_id: str) -> None:
    assert finish_run(conn, run_id, 1.0).ok


def test_a_row_keeps_what_the_server_said(loader: Connection) -> None:
    run(loader, "1", record("a", official=False, previous_sha256=sha("b")))
    row = loader.execute("SELECT headers, cms, official, previous_sha256 FROM raw.fetch").fetchone()
    assert row == ({"etag": '"a"', "server": "halfbyte"}, "trs", False, sha("b"))


def test_a_run_goes_on_where_it_stopped(loader: Connection) -> None:
    page = "http://city.gov.cn/page"
    attached = [record(name, page_url=page, page_sha256=sha("page")) for name in ("x.pdf", "y.pdf")]
    failed = record("b", outcome="failed", sha256=None, error_class="timeout", error="slow")
    run(loader, "1", record("a"), failed, *attached, replace(record("c"), portal="county"))
    assert done_links(loader, "1", "city") == {"http://city.gov.cn/a", page}
    assert done_links(loader, "2", "city") == set()


def test_the_last_good_fetch_of_an_address_is_known_with_its_attachments(loader: Connection) -> None:
    page = "http://city.gov.cn/page"
    run(loader, "1", record("a", "old"), record("x.pdf", page_url=page))
    later = datetime(2026, 5, 1, tzinfo=UTC)
    failed = record("a", outcome="failed", sha256=None, fetched_at=datetime(2026, 6, 1, tzinfo=UTC))
    run(loader, "2", record("a", "new", fetched_at=later))
    run(loader, "3", failed)
    assert known_documents(loader, "city") == {
        "http://city.gov.cn/a": [Known("http://city.gov.cn/a", sha("new"), '"a"', None)],
        page: [Known("http://city.gov.cn/x.pdf", sha("x.pdf"), '"x.pdf"', None)],
    }
    assert known_documents(loader, "county") == {}


def test_what_is_no_longer_listed_has_vanished(loader: Connection) -> None:
    run(loader, "1", *map(record, "abcde"))
    complete(loader, "1")
    moved = record("d", url="http://city.gov.cn/new/d")
    replaced = record("e", "e2", previous_sha256=sha("e"))
    run(loader, "2", record("a"), moved, replaced)
    assert differences(loader, "2") == [("b", "vanished"), ("c", "vanished"), ("e", "replaced")]
    tally = finish_run(loader, "2", 1.0, 0.2)
    assert (tally.vanished, tally.replaced, tally.ok) == (2, 1, False)
    assert "GONGKAI_VANISHED_SHARE" in tally.reasons[0]
    assert finish_run(loader, "2", 1.0, 0.5).ok


def test_only_the_last_complete_run_and_the_portals_visited_count(loader: Connection) -> None:
    run(loader, "1", *map(record, "ab"), replace(record("z"), portal="county"), portals=("city", "county"))
    complete(loader, "1")
    run(loader, "2", record("b"))
    complete(loader, "2")
    run(loader, "unfinished", *map(record, "bq"))
    run(loader, "3", record("b"))
    assert differences(loader, "3") == []
    assert finish_run(loader, "3", 1.0, 0.0).ok


def test_what_has_lost_half_of_its_bytes_has_shrunk(loader: Connection) -> None:
    run(loader, "1", *map(record, "abcd"))
    complete(loader, "1")
    half = record("a", "a half", previous_sha256=sha("a"), byte_size=499)
    other = record("b", "b anew", previous_sha256=sha("b"), byte_size=500)
    run(loader, "2", half, other, *map(record, "cd"))
    assert differences(loader, "2") == [("a", "shrunk"), ("b", "replaced")]
    tally = finish_run(loader, "2", 1.0, 0.25)
    assert (tally.ok, tally.shrunk, tally.replaced) == (True, 1, 2)
    (reason,) = finish_run(loader, "2", 1.0, 0.24).reasons
    assert "1 have shrunk to less than half" in reason


def test_a_portal_that_could_not_be_listed_has_lost_nothing(loader: Connection) -> None:
    run(loader, "1", record("a"))
    complete(loader, "1")
    start_run(loader, "2", YEAR, "portal")
    write_outcomes(loader, "2", YEAR, [Outcome("discover", "city", None, "failed", "no answer")])
    assert differences(loader, "2") == []


def test_nobody_else_visits_the_host_meanwhile(warehouse: WarehouseUnderTest) -> None:
    entered, order = Event(), list[str]()

    def second() -> None:
        with warehouse.connect("loader") as conn:
            entered.set()
            with sole_visitor(conn, "city.gov.cn"):
                order.append("second")

    with warehouse.connect("loader") as conn, warehouse.connect("loader") as third:
        with sole_visitor(conn, "city.gov.cn"):
            other = Thread(target=second)
            other.start()
            entered.wait(10)
            with sole_visitor(third, "county.gov.cn"):  # another host, at once
                order.append("another host")
            order.append("first")
        other.join(10)
    assert order == ["another host", "first", "second"]
