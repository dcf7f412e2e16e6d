"""What the marts remember: revisions of the publisher's, readings of ours, corrections of a steward's, kept apart."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from psycopg import Connection
from psycopg.rows import dict_row
from python_calamine import CalamineWorkbook

from gongkai.cli import cli
from gongkai.errors import SettingsError, WarehouseError
from gongkai.forms import CellKey, form_by_id
from gongkai.settings import settings
from gongkai.warehouse.coverage import due_reports
from gongkai.warehouse.dbt.run import run_stage
from gongkai.warehouse.publication import publish
from tests.integration.dbt import raw_rows as raw
from tests.integration.warehouse.candidates import passed
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres

FORM = form_by_id("form_2021")
CELL = FORM.cell_ids[CellKey("applications", "granted_in_full", "natural_person")]
OTHER = FORM.cell_ids[CellKey("applications", "requests_received_new", "commercial_enterprise")]


def day(month: int, of_month: int = 1) -> datetime:
    return datetime(2022, month, of_month, 12, tzinfo=UTC)


def put(conn: Connection, name: str, document: str, requests: int, month: int, **more: Any) -> int:
    """A report that was published, fetched and loaded in the given month of 2022."""
    sheet = more.pop("sheet", raw.granted("form_2021", requests))
    raw.listed(conn, 2021, name, document, fetched_at=day(month))
    given = {"published_on": date(2022, month, 1), "loaded_at": day(month, 2)}
    return raw.report(conn, 2021, name, document, sheet, **given | more)


def insert_reports(conn: Connection) -> dict[str, int]:
    raw.run(conn, 2021)
    ids = {}
    for name in ("copied", "revised", "reread", "doubted", "lossy", "found_late", "corrected", "moved"):
        raw.agency(conn, name, f"{name}局")
    region = {"region_code": "330300", "name": "温州市", "valid_from": date(1981, 1, 1), "is_statutory": True}
    raw.insert(conn, "raw.region", region)
    ids["copied"] = put(conn, "copied局", "copied", 5, 2)
    put(conn, "copied局", "copy", 5, 3)
    raw.listed(conn, 2021, "copied局", "copy", url="http://elsewhere/copy", previous_sha256=raw.sha("copied"))
    ids["revised_1"] = put(conn, "revised局", "revised_1", 5, 2)
    ids["revised_2"] = put(conn, "revised局", "revised_2", 7, 4)
    ids["reread_1"] = put(conn, "reread局", "reread", 3, 2, parser_version="1.0")
    raw_again = {"parser_version": "1.1", "loaded_at": day(5), "published_on": date(2022, 2, 1)}
    ids["reread_2"] = raw.report(conn, 2021, "reread局", "reread", raw.granted("form_2021", 8), **raw_again)
    ids["doubted"] = put(conn, "doubted局", "table edition", 5, 2)
    picture = put(conn, "doubted局", "picture edition", 6, 3, verdict="held", reader="pdf.text")
    put(conn, "doubted局", "scan", 6, 4, verdict="held", reader="scan.ocr")
    issue = {"report_id": picture, "identity": "applicants_sum", "kind": "derived", "fault": "reader", "ordinal": 1}
    raw.insert(conn, "raw.issue", issue | {"message_zh": "读取存疑", "message_en": "the readers disagree"})
    blurred = raw.granted("form_2021", 5)
    blurred.missing("applications.granted_in_full.natural_person", "lost")
    put(conn, "lossy局", "blurred", 5, 2, sheet=blurred)
    ids["lossy"] = put(conn, "lossy局", "sharp", 5, 3)
    ids["found_late_new"] = put(conn, "found_late局", "new", 9, 3)
    ids["found_late_old"] = put(conn, "found_late局", "old", 4, 2, loaded_at=day(6))
    slip = raw.granted("form_2021", 5)
    slip.figures["applications.requests_received_new.commercial_enterprise"] = 2
    ids["corrected"] = put(conn, "corrected局", "slip", 5, 2, sheet=slip)
    decision = {"sha256": raw.sha("slip"), "action": "correct", "cell_id": OTHER, "printed_value": 2,
                "corrected_value": 0, "reason": "slip", "decided_by": "wang", "decided_at": day(4)}  # fmt: skip
    raw.insert(conn, "raw.decision", decision)
    # version 1.0 took it for the report of another agency
    put(conn, "copied局", "moved", 1, 1, parser_version="1.0")
    moved = {"parser_version": "1.1", "loaded_at": day(5), "published_on": date(2022, 1, 1)}
    raw.report(conn, 2021, "moved局", "moved", raw.granted("form_2021", 1), **moved)
    return ids


class Remembered:
    """A publication, and queries on it as a reader of the marts."""

    def __init__(self, conn: Connection, ids: dict[str, int]) -> None:
        self.conn, self.ids = conn, ids

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()

    def history(self, agency: str, cell: int = CELL) -> list[tuple[Any, ...]]:
        query = (
            "select origin, revision, value, difference, known_from, known_to, is_current from marts.fct_revisions "
            "where agency_id = %s and cell_id = %s order by version"
        )
        return self.conn.execute(query, (agency, cell)).fetchall()

    def known(self, agency: str, on: date, cell: int = CELL) -> list[Any]:
        query = "select value from marts.as_of(%s) where agency_id = %s and cell_id = %s"
        return [value for (value,) in self.conn.execute(query, (on, agency, cell))]


@pytest.fixture(scope="module")
def remembered(warehouse: WarehouseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remembered]:
    target = tmp_path_factory.mktemp("dbt")
    with warehouse.connect() as conn:
        ids = insert_reports(conn)
        run_stage("intermediate", warehouse.dsns.owner, 1, target)
        conn.execute("insert into audit.verdict select 1, report_id, 'accepted' from intermediate.int_current_report")
        run_stage("candidate", warehouse.dsns.owner, 1, target)
        publish(conn, passed(conn, 1))
    with warehouse.connect("bi_reader") as reader:
        yield Remembered(reader, ids)


def test_identical_figures_are_one_report_with_several_sightings(remembered: Remembered) -> None:
    (report,) = remembered.rows("select * from marts.agency_year where agency_id = 'copied'")
    assert (report["report_id"], report["revision"], report["sightings"]) == (remembered.ids["copied"], 1, 2)
    editions = remembered.rows(
        "select relation, revision, addresses from marts.fct_editions where agency_id = 'copied' order by published_on"
    )
    assert [(e["relation"], e["revision"]) for e in editions] == [("current", 1), ("same_figures", 1)]
    assert editions[1]["addresses"] == ["http://elsewhere/copy", "http://portal/2021/copy"]


def test_different_figures_are_revisions_and_the_facts_show_the_last(remembered: Remembered) -> None:
    (report,) = remembered.rows("select * from marts.agency_year where agency_id = 'revised'")
    assert (report["report_id"], report["revision"]) == (remembered.ids["revised_2"], 2)
    assert (report["granted_in_full"], report["known_from"]) == (7, day(4, 2))
    assert remembered.history("revised") == [
        ("published", 1, 5, None, day(2, 2), day(4, 2), False),
        ("revised", 2, 7, 2, day(4, 2), None, True),
    ]
    replaced = remembered.rows("""
        select fact.requests, was.value, was.valid_from, was.valid_to, was.url from marts.fct_applications as fact
        join marts.fct_revisions as was using (agency_id, report_year, scope, cell_id)
        where fact.agency_id = 'revised' and disposition = 'granted_in_full' and not was.is_current
    """)
    assert replaced == [
        {"requests": 7, "value": 5, "valid_from": date(2022, 2, 1), "valid_to": date(2022, 4, 1),
         "url": "http://portal/2021/revised_1"}
    ]  # fmt: skip


def test_a_cell_that_stayed_the_same_is_one_line_over_both_revisions(remembered: Remembered) -> None:
    assert remembered.history("revised", OTHER) == [("published", 1, 0, None, day(2, 2), None, True)]


def test_a_newer_reading_of_the_same_bytes_is_no_revision(remembered: Remembered) -> None:
    (report,) = remembered.rows("select * from marts.agency_year where agency_id = 'reread'")
    assert (report["report_id"], report["revision"], report["sightings"]) == (remembered.ids["reread_2"], 1, 1)
    assert remembered.history("reread") == [
        ("published", 1, 3, None, day(2, 2), day(5), False),
        ("reread", 1, 8, 5, day(5), None, True),
    ]
    lines = remembered.rows(
        "select valid_from, is_as_published from marts.fct_revisions where agency_id = 'reread' and cell_id = %(cell)s "
        "order by version",
        cell=CELL,
    )
    assert [tuple(line.values()) for line in lines] == [(None, False), (date(2022, 2, 1), True)]


def test_a_doubtful_reading_of_a_picture_does_not_replace_a_table(remembered: Remembered) -> None:
    (report,) = remembered.rows("select * from marts.agency_year where agency_id = 'doubted'")
    assert (report["report_id"], report["revision"]) == (remembered.ids["doubted"], 1)
    relations = remembered.rows(
        "select relation, revision from marts.fct_editions where agency_id = 'doubted' order by revision"
    )
    assert [tuple(row.values()) for row in relations] == [("in_doubt", 0), ("in_doubt", 0), ("current", 1)]


def test_what_a_picture_has_lost_is_no_difference(remembered: Remembered) -> None:
    (report,) = remembered.rows("select * from marts.agency_year where agency_id = 'lossy'")
    assert (report["report_id"], report["revision"], report["sightings"]) == (remembered.ids["lossy"], 1, 2)
    assert remembered.history("lossy") == []


def test_an_older_document_found_later_does_not_become_current(remembered: Remembered) -> None:
    (report,) = remembered.rows("select * from marts.agency_year where agency_id = 'found_late'")
    assert (report["report_id"], report["revision"]) == (remembered.ids["found_late_new"], 2)
    old, new = remembered.history("found_late")
    assert old == ("published", 1, 4, None, day(6), day(6), False)
    assert new == ("revised", 2, 9, 5, day(3, 2), None, True)


def test_a_corrected_figure_keeps_the_printed_one_beside_it(remembered: Remembered) -> None:
    fact = remembered.rows(
        "select requests, printed_value, raw_text, decision_id from marts.fct_applications "
        "where agency_id = 'corrected' and cell_id = %(cell)s",
        cell=OTHER,
    )
    assert [(f["requests"], f["printed_value"], f["raw_text"]) for f in fact] == [(0, 2, "2")]
    assert remembered.history("corrected", OTHER) == [
        ("published", 1, 2, None, day(2, 2), day(4), False),
        ("corrected", 1, 0, -2, day(4), None, True),
    ]
    (report,) = remembered.rows("select * from marts.agency_year where agency_id = 'corrected'")
    assert (report["figures_corrected"], report["figures_replaced"], report["known_from"]) == (1, 1, day(4))
    (decision,) = remembered.rows("select * from marts.fct_decisions")
    assert (decision["decision_id"], decision["status"]) == (fact[0]["decision_id"], "applied")


@pytest.mark.parametrize(
    ("agency", "on", "value"),
    [
        ("revised", date(2022, 2, 1), []),
        ("revised", date(2022, 2, 2), [5]),
        ("revised", date(2022, 4, 1), [5]),
        ("revised", date(2022, 4, 2), [7]),
        ("reread", date(2022, 4, 30), [3]),
        ("reread", date(2022, 5, 1), [8]),
        ("copied", date(2022, 2, 1), [1]),
        ("copied", date(2022, 2, 2), [5]),
        ("moved", date(2022, 4, 1), []),
        ("moved", date(2022, 5, 1), [1]),
        ("found_late", date(2022, 3, 3), [9]),
        ("found_late", date(2022, 12, 31), [9]),
        ("doubted", date(2022, 12, 31), [5]),
    ],
)
def test_the_facts_as_known_on_a_day(remembered: Remembered, agency: str, on: date, value: list[int]) -> None:
    assert remembered.known(agency, on) == value


def test_what_is_known_today_is_what_the_facts_say(remembered: Remembered) -> None:
    facts = "select report_id, cell_id, {} as value, printed_value, state from marts.{}"
    every = " union all ".join(
        facts.format(figure, mart)
        for mart, figure in (("fct_applications", "requests"), ("fct_proactive_disclosure", "value"),
                             ("fct_disputes", "cases"))
    )  # fmt: skip
    known = "select report_id, cell_id, value, printed_value, state from marts.as_of(date '2100-01-01')"
    assert remembered.rows(f"({known}) except ({every})") == []
    assert remembered.rows(f"({every}) except ({known})") == []
    assert remembered.rows("select 1 from marts.as_of(date '2100-01-01') limit 1")


def test_coverage_says_what_changed_after_publication(remembered: Remembered) -> None:
    rows = remembered.rows("select * from marts.fct_coverage where report_year = 2021")
    said = {
        row["agency_id"]: (row["editions"], row["revisions"], row["changed_after_publication"], row["replaced_at"])
        for row in rows
    }
    assert said["revised"] == (2, 2, True, None)
    assert said["copied"] == (2, 1, False, raw.FETCHED)  # other bytes, the same figures
    assert said["corrected"] == (1, 1, False, None)  # a steward's word is no change of the publisher's
    revised = next(row for row in rows if row["agency_id"] == "revised")
    assert (revised["first_published_on"], revised["published_on"]) == (date(2022, 2, 1), date(2022, 4, 1))
    assert revised["late"]


def test_what_was_due_and_when_it_was_published(remembered: Remembered) -> None:
    due = due_reports(remembered.conn, 2021, "330300")
    assert due == due_reports(remembered.conn, 2021)
    by_agency = {each.agency: each for each in due}
    assert len(by_agency) == 8
    revised = by_agency["revised局"]
    assert (revised.region, revised.deadline, revised.published_on) == ("温州市", date(2022, 1, 31), date(2022, 2, 1))
    assert (revised.state, revised.changed, revised.url) == ("late", True, "http://portal/2021/revised_2")
    assert (by_agency["moved局"].state, by_agency["moved局"].changed) == ("on_time", False)
    with pytest.raises(SettingsError, match=r"--region 330399"):
        due_reports(remembered.conn, 2021, "330399")
    with pytest.raises(WarehouseError, match="No report on 2015"):
        due_reports(remembered.conn, 2015)


def test_the_whole_command_of_coverage(
    remembered: Remembered, warehouse: WarehouseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_DATABASE_URL", warehouse.dsns.owner)
    settings.cache_clear()
    try:
        for name in ("", "coverage.csv", "coverage.xlsx"):
            to = ["--to", str(tmp_path / name)] if name else []
            done = CliRunner().invoke(cli, ["coverage", "--year", "2021", "--region", "330300", *to])
            assert done.exit_code == 0, done.output
            assert name or "温州市" in done.output
        nowhere = CliRunner().invoke(cli, ["coverage", "--year", "2015"])
    finally:
        settings.cache_clear()
    heading, everything, city = csv.reader((tmp_path / "coverage.csv").read_text("utf-8-sig").splitlines())
    due = due_reports(remembered.conn, 2021)
    states = Counter(each.state for each in due)
    assert everything[1:3] == city[1:3] == [str(len(due)), str(states["on_time"])]
    assert heading[4].startswith("未按时公布数")
    assert (city[0], city[4]) == ("温州市", str(states["late"]))
    assert "revised局" in city[5]
    book = CalamineWorkbook.from_path(tmp_path / "coverage.xlsx")
    assert len(book.get_sheet_by_index(1).to_python()) == len(due) + 1
    assert "No report on 2015" in str(nowhere.exception)
