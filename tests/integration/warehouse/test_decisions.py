"""A steward's word: bound to a document and to what is printed in it; kept for good; wrong ones are refused."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner, Result
from psycopg import Connection

from gongkai.cli import cli
from gongkai.errors import WarehouseError
from gongkai.warehouse import connection
from gongkai.warehouse.decisions import Word, decide, decisions, find_report, parse_correction
from gongkai.warehouse.load import figures_hash, load_results
from gongkai.warehouse.runs import finish_run, start_run
from tests.integration.warehouse.samples import FORM, report, result, sha
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres

KEYS = list(FORM.cell_ids)
COUNT = next(key for n, key in enumerate(KEYS) if n % 6 == 5 and FORM.columns_of_cells[key].value == "count")
PRINTED = KEYS.index(COUNT)


@pytest.fixture(scope="module")
def held(warehouse: WarehouseUnderTest) -> int:
    """The number of a held report; another one of the same year is accepted."""
    with warehouse.connect() as conn:
        start_run(conn, "run", 2021, "archive")
        load_results(conn, "run", 2021, [result("甲", held=True), result("乙")])
        finish_run(conn, "run", 0.2)
        conn.execute("INSERT INTO audit.verdict SELECT 1, report_id, verdict FROM raw.report")
        query = "SELECT report_id FROM raw.report WHERE verdict = 'held'"
        return int(conn.execute(query).fetchall()[0][0])


@pytest.fixture
def steward(warehouse: WarehouseUnderTest, held: int) -> Iterator[Connection]:
    with warehouse.connect("steward") as conn, conn.transaction(force_rollback=True):
        yield conn


def word(**said: Any) -> Word:
    given = {"accept": False, "reject": False, "corrections": (), "reason": "信函确认", "evidence": None}
    return Word(**{**given, "decided_by": "wang", **said})


def test_a_report_is_found_by_number_and_by_agency_and_year(steward: Connection, held: int) -> None:
    found = find_report(steward, [str(held)])
    assert (found.sha256, found.verdict, found.form) == (sha("甲"), "held", FORM.form)
    assert find_report(steward, ["甲人民政府办公室", "2021"]) == found


@pytest.mark.parametrize(
    "words", [["999"], ["甲人民政府办公室", "2020"], ["丙", "2021"], ["甲人民政府办公室"], ["1", "2", "3"]]
)
def test_what_is_no_report_is_said_so(steward: Connection, words: list[str]) -> None:
    with pytest.raises(WarehouseError, match=r"no report .* has been judged|REPORT is the number"):
        find_report(steward, words)


def test_a_correction_keeps_the_printed_figure_and_the_documents_hash(steward: Connection, held: int) -> None:
    found = find_report(steward, [str(held)])
    correction = parse_correction(found, f"{COUNT}=7")
    (number,) = decide(steward, found, word(corrections=(correction,), evidence="https://example.gov.cn/1"))
    query = "SELECT sha256, action, cell_id, printed_value, corrected_value, decided_by FROM raw.decision"
    assert steward.execute(query + " WHERE decision_id = %s", (number,)).fetchone() == (
        *(sha("甲"), "correct", FORM.cell_ids[COUNT], PRINTED, 7, "wang"),
    )


def test_accepting_is_bound_to_what_the_report_says(steward: Connection, held: int) -> None:
    decide(steward, find_report(steward, [str(held)]), word(accept=True))
    stored = steward.execute("SELECT action, figures_hash FROM raw.decision").fetchall()
    assert stored == [("accept_as_printed", figures_hash(report("甲人民政府办公室", 2021, held=True)))]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "decide what"),
        ({"accept": True, "reject": True}, "neither accepted nor corrected"),
        ({"accept": True, "reason": "  "}, "--reason must say why"),
        ({"accept": True, "evidence": "my desk"}, "must be an address"),
        ({"corrections": ((COUNT, Decimal(PRINTED)),)}, "already"),
        ({"corrections": ((COUNT, Decimal(7)), (COUNT, Decimal(8)))}, "corrected twice"),
    ],
)
def test_a_word_that_says_nothing_or_too_much_is_refused(
    steward: Connection, held: int, said: dict[str, Any], why: str
) -> None:
    with pytest.raises(WarehouseError, match=why):
        decide(steward, find_report(steward, [str(held)]), word(**said))
    assert steward.execute("SELECT count(*) FROM raw.decision").fetchone() == (0,)


def test_an_accepted_report_needs_no_decision(steward: Connection) -> None:
    with pytest.raises(WarehouseError, match="nothing in it needs a decision"):
        decide(steward, find_report(steward, ["乙人民政府办公室", "2021"]), word(accept=True))


@pytest.mark.parametrize("text", ["nowhere.at.all=1", f"{COUNT}", f"{COUNT}=many", f"{COUNT}=-1", f"{COUNT}=1.5", "=1",
                                  f"{COUNT}=NaN", f"{COUNT}.more=1"])  # fmt: skip
def test_a_correction_must_name_a_cell_and_a_figure_that_fits(steward: Connection, held: int, text: str) -> None:
    with pytest.raises(WarehouseError, match=r"has no cell|is no figure"):
        parse_correction(find_report(steward, [str(held)]), text)


def test_a_report_that_was_read_again_is_decided_in_its_newest_reading(
    warehouse: WarehouseUnderTest, held: int
) -> None:
    with warehouse.connect() as conn, conn.transaction(force_rollback=True):
        load_results(conn, "run", 2021, [result("甲", held=True, parser="2.0")])
        conn.execute("UPDATE raw.ingest_run SET completed_at = 'infinity'")
        with pytest.raises(WarehouseError, match=r"was read again as report"):
            find_report(conn, [str(held)])


def test_the_commands_write_as_the_steward_and_list_what_waits(
    warehouse: WarehouseUnderTest, held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "dsns", lambda: warehouse.dsns)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments))

    said = ("--correct", f"{COUNT}=7", "--accept-as-printed", "--reason", "信函", "--by", "li")
    done = run("decide", "甲人民政府办公室", "2021", *said)
    assert done.exit_code == 0, done.output
    assert f"(report {held})" in done.output
    with warehouse.connect() as conn:
        waiting = decisions(conn)
    assert [(d.action, d.status, d.decided_by, d.agency) for d in waiting] == [
        ("accept_as_printed", "waiting", "li", "甲人民政府办公室"),
        ("correct", "waiting", "li", "甲人民政府办公室"),
    ]
    listed = run("decisions")
    assert "waiting" in listed.output
    assert "信函" in listed.output
    assert "信函" not in run("decisions", "--not-applied").output
    missing = run("decide", "1", "--reject")
    assert missing.exit_code == 2
