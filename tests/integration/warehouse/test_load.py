"""Loading: every figure arrives as it was read, once, whoever loads it how often."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from psycopg import Connection

from gongkai.errors import WarehouseError
from gongkai.warehouse.load import LoadCounts, load_results
from gongkai.warehouse.runs import start_run
from tests.integration.warehouse.samples import FORM, result, sha, unreadable
from tests.support.warehouse import WarehouseUnderTest

CELLS = len(FORM.cell_ids)


@pytest.fixture
def loader(warehouse: WarehouseUnderTest) -> Iterator[Connection]:
    with warehouse.connect("owner") as owner:
        owner.execute(
            "TRUNCATE raw.document, raw.report, raw.cell, raw.claim, raw.issue, raw.ingest_run, raw.fetch, "
            "raw.listing, raw.outcome, raw.decision"
        )
    with warehouse.connect("loader") as conn:
        start_run(conn, "run", 2021, "portal")
        yield conn


def count(conn: Connection, table: str) -> int:
    row = conn.execute(f"SELECT count(*) FROM raw.{table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_every_cell_comes_back_as_it_was_read(loader: Connection) -> None:
    given = result("a", held=True)
    assert load_results(loader, "run", 2021, [given]) == LoadCounts(1, CELLS, 1, 0, 0)
    names = {number: key for key, number in FORM.cell_ids.items()}
    rows = loader.execute(
        "SELECT cell_id, coalesce(value, value_decimal), name, unit, text, report_year FROM raw.cell "
        "JOIN raw.cell_state USING (state)"
    ).fetchall()
    assert given.report is not None
    assert len(rows) == CELLS
    for cell_id, value, state, unit, text, year in rows:
        cell = given.report.cells[names[cell_id]]
        printed = cell.text.replace("\0", "") if cell.text else None
        assert (value, state, unit, year) == (cell.value, cell.state, cell.unit, 2021)
        assert text == (None if printed == str(cell.value) else printed)


def test_a_report_comes_with_its_facts_claims_findings_and_places(loader: Connection) -> None:
    load_results(loader, "run", 2021, [result("甲 市", held=True)])
    facts = loader.execute(
        "SELECT sha256, parser_version, ordinal, ingest_year, form, report_year, agency_printed, agency_normalised, "
        "scope, published_on::text, verdict, reader FROM raw.report"
    ).fetchone()
    assert facts == (
        sha("甲 市"), "1.0", 0, 2021, FORM.form, 2021, "甲 市人民政府办公室", "甲市人民政府办公室", "own_organ",
        "2022-01-28", "held", "html",
    )  # fmt: skip
    assert loader.execute("SELECT key, value, unit, quote, locator FROM raw.claim").fetchall() == [
        ("requests_received", 31, "条", "收到申请31条", {"line": 7})
    ]
    issue = loader.execute("SELECT identity, left_value, right_value, suspect_printed, suspect_balances FROM raw.issue")
    assert issue.fetchall() == [("applications_balance", 5, Decimal("6.5"), 5, Decimal("6.5"))]
    first = next(iter(FORM.cell_ids.values()))
    place = loader.execute("SELECT locators -> %s FROM raw.report", (str(first),)).fetchone()
    assert place == ({"page": 1, "table": 2, "row": 0, "column": 1, "reader": "html"},)


def test_loading_again_adds_nothing_and_a_new_parser_adds_rows(loader: Connection) -> None:
    batch = [result("a"), result("b"), unreadable("c")]
    assert load_results(loader, "run", 2021, batch) == LoadCounts(2, 2 * CELLS, 0, 0, 1)
    assert load_results(loader, "run", 2021, batch) == LoadCounts(0, 0, 0, 2, 1)
    assert load_results(loader, "run", 2021, [result("a", parser="1.1")]) == LoadCounts(1, CELLS, 0, 0, 0)
    assert (count(loader, "report"), count(loader, "cell"), count(loader, "claim")) == (3, 3 * CELLS, 3)


def test_every_item_has_an_outcome(loader: Connection) -> None:
    load_results(loader, "run", 2021, [result("a"), unreadable("b"), result("c", year=None)])
    rows = loader.execute("SELECT stage, item, status, error FROM raw.outcome ORDER BY stage, item").fetchall()
    assert rows == [
        ("load", "a.html", "loaded", None),
        ("load", "c.html", "loaded", None),
        ("parse", "a.html", "parsed", None),
        ("parse", "b.pdf", "unreadable", "truncated"),
        ("parse", "c.html", "parsed", None),
    ]


def test_two_reports_of_one_file_are_two_and_two_files_of_the_same_bytes_are_one(loader: Connection) -> None:
    first, second = result("a"), result("a", agency="乙局")
    copy = result("a")
    object.__setattr__(copy, "file", "copy.html")
    load_results(loader, "run", 2021, [first, second, copy])
    ordinals = loader.execute("SELECT ordinal, agency_printed FROM raw.report ORDER BY ordinal").fetchall()
    assert ordinals == [(0, "a人民政府办公室"), (1, "乙局")]
    items = loader.execute("SELECT item FROM raw.outcome ORDER BY stage, item").fetchall()
    assert [item for (item,) in items] == ["a.html", "a.html#2", "a.html", "copy.html"]


def test_files_of_an_archive_are_reports_of_one_document(loader: Connection) -> None:
    members = [
        replace(found, file=f"all.zip!/{found.file}", sha256=sha("all"))
        for found in (result("a"), result("b"), unreadable("c"))
    ]
    load_results(loader, "run", 2021, members)
    ordinals = loader.execute("SELECT ordinal, agency_printed FROM raw.report ORDER BY ordinal").fetchall()
    assert ordinals == [(0, "a人民政府办公室"), (1, "b人民政府办公室")]
    outcomes = loader.execute("SELECT stage, item, status, hint FROM raw.outcome ORDER BY stage, item").fetchall()
    assert outcomes == [
        ("load", "all.zip", "loaded", None),
        ("load", "all.zip#2", "loaded", None),
        ("parse", "all.zip", "parsed", "truncated"),
    ]
    assert load_results(loader, "run", 2021, members).present == 2


@pytest.mark.parametrize("year", [None, 1999, 20211])
def test_a_report_of_no_possible_year_is_held(loader: Connection, year: int | None) -> None:
    load_results(loader, "run", 2021, [result("a", year=year)])
    assert loader.execute("SELECT report_year, verdict FROM raw.report").fetchall() == [(None, "held")]
    assert loader.execute("SELECT DISTINCT report_year FROM raw.cell").fetchall() == [(0,)]
    hint = loader.execute("SELECT hint FROM raw.outcome WHERE stage = 'load'").fetchone()
    assert hint is not None
    assert "no report year" in hint[0]


def test_a_run_that_was_not_started_is_refused_and_nothing_stays(loader: Connection) -> None:
    with pytest.raises(WarehouseError, match="'other' is not known"):
        load_results(loader, "other", 2021, [result("a")])
    assert count(loader, "document") == count(loader, "cell") == 0


def test_loaders_at_once_make_no_duplicates(loader: Connection, warehouse: WarehouseUnderTest) -> None:
    names = [f"r{n}" for n in range(40)]
    counts: list[LoadCounts] = []

    def load(order: list[str]) -> None:
        with warehouse.connect("loader") as conn:
            counts.append(load_results(conn, "run", 2021, map(result, order)))

    threads = [threading.Thread(target=load, args=(order,)) for order in (names, names[::-1], names[20:], names[:20])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(c.reports for c in counts) == 40
    assert sum(c.reports + c.present for c in counts) == 120
    assert count(loader, "cell") == 40 * CELLS


KILLED = """
    import sys, time
    from gongkai.warehouse import load
    from gongkai.warehouse.connection import connect
    from tests.integration.warehouse.samples import result

    def stop_after_copy(*_):
        print("copied", flush=True)
        time.sleep(60)

    load._insert_issues = stop_after_copy
    with connect(sys.argv[1]) as conn:
        load.load_results(conn, "run", 2021, [result(f"k{n}") for n in range(20)])
"""


def test_a_killed_loader_leaves_nothing_and_the_next_one_loads_all(
    loader: Connection, warehouse: WarehouseUnderTest
) -> None:
    command = [sys.executable, "-c", textwrap.dedent(KILLED), warehouse.dsns.loader]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "copied\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert count(loader, "report") == count(loader, "cell") == count(loader, "document") == 0
    batch = [result(f"k{n}") for n in range(20)]
    assert load_results(loader, "run", 2021, batch) == LoadCounts(20, 20 * CELLS, 0, 0, 0)


def test_loaders_killed_at_any_time_leave_whole_reports(loader: Connection, warehouse: WarehouseUnderTest) -> None:
    program = KILLED.replace("    load._insert_issues = stop_after_copy\n", '    print("ready", flush=True)\n')
    command = [sys.executable, "-c", textwrap.dedent(program), warehouse.dsns.loader]
    for delay in (0.005, 0.02, 0.04):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(delay)
            process.kill()
        assert count(loader, "cell") == CELLS * count(loader, "report")
    load_results(loader, "run", 2021, [result(f"k{n}") for n in range(20)])
    assert (count(loader, "report"), count(loader, "cell")) == (20, 20 * CELLS)
