"""A publication builds the years that have changed and keeps the others; its marts are those of a build of all."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from psycopg import Connection, sql
from psycopg.errors import CheckViolation

from gongkai.errors import GateError, WarehouseError
from gongkai.extract.report import ParseResult
from gongkai.forms import form_by_id
from gongkai.local.publication_report import print_one
from gongkai.quality import gate, verdicts
from gongkai.quality.page import gate_page
from gongkai.warehouse.content import hashes, slices_in
from gongkai.warehouse.dbt.run import run_stage
from gongkai.warehouse.diff import diff_between
from gongkai.warehouse.export import export
from gongkai.warehouse.load import load_results
from gongkai.warehouse.partitions import shapes
from gongkai.warehouse.passed import candidate_hashes
from gongkai.warehouse.publication import Publication, open_candidate, publications, publish, rollback, write_diff
from gongkai.warehouse.retirement import retire
from gongkai.warehouse.runs import finish_run, start_run
from gongkai.warehouse.status import status
from gongkai.warehouse.years import kept_years
from tests.integration.quality.figures import balanced, hard, spoil
from tests.integration.quality.reports import as_read
from tests.support.warehouse import WarehouseUnderTest

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(900)]

YEARS = range(2018, 2022)
KNOWN, UNKNOWN = "甲市财政局", "甲市乙局"


def report_of(agency: str, year: int, seed: int, *, spoilt: bool = False) -> ParseResult:
    """A report of an agency; other seeds are other figures."""
    form = form_by_id("stat_2014" if year < 2019 else "form_2019" if year < 2021 else "form_2021")
    figures = balanced(form, seed)
    if spoilt:
        figures = spoil(hard(form)[0], figures)
    read = as_read(form, f"{agency[-3:]}{year}{seed:03}", figures, year)
    assert read.report is not None
    return replace(read, report=replace(read.report, agency=agency))


@dataclass
class House:
    """A warehouse and the steps of a publication."""

    warehouse: WarehouseUnderTest
    folder: Path

    def ingest(self, conn: Connection, year: int, results: Iterable[ParseResult]) -> None:
        """A complete run over one year, which finds each report on a listing under the name that it prints."""
        runs = conn.execute("SELECT count(*) FROM raw.ingest_run").fetchall()[0][0]
        run_id = f"run {runs} of {year}"
        start_run(conn, run_id, year, "portal")
        for result in results:
            assert result.report is not None
            conn.execute("INSERT INTO raw.document (sha256) VALUES (%s) ON CONFLICT DO NOTHING", (result.sha256,))
            conn.execute(
                "INSERT INTO raw.fetch (run_id, ingest_year, listed_agency, url, sha256, fetched_at, outcome) "
                "VALUES (%s, %s, %s, %s, %s, %s, 'fetched')",
                (run_id, year, result.report.agency, f"http://portal/{result.file}", result.sha256,
                 datetime(year + 1, 2, 1, tzinfo=UTC)),
            )  # fmt: skip
        load_results(conn, run_id, year, results)
        assert finish_run(conn, run_id, 0.2).ok

    def publish(self, conn: Connection, reason: str | None = None) -> Publication:
        candidate = open_candidate(conn)
        assert candidate is not None
        number, dsn = candidate.publication_id, self.warehouse.dsns.owner
        run_stage("intermediate", dsn, number, self.folder)
        verdicts(dsn, number)
        run_stage("candidate", dsn, number, self.folder)
        write_diff(conn, number)
        gate(dsn, number, coverage_floor=0.9, changed_share=0.5, reason=reason)
        return publish(conn, candidate)

    def built_whole(self, conn: Connection) -> dict[str, str]:
        """The hashes of the marts when all years are built from what is loaded now; nothing is published."""
        number, dsn = publications(conn)[0].publication_id + 1, self.warehouse.dsns.owner
        conn.execute("DELETE FROM published.kept_year WHERE publication_id = %s", (number,))
        run_stage("intermediate", dsn, number, self.folder)
        verdicts(dsn, number)
        run_stage("candidate", dsn, number, self.folder)
        return candidate_hashes(conn)


@pytest.fixture(scope="module")
def house(warehouse: WarehouseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> House:
    """Four years, each of an agency on the roster, one that is not, and a report that is held; all built at once."""
    built = House(warehouse, tmp_path_factory.mktemp("years"))
    with warehouse.connect() as conn:
        conn.execute("INSERT INTO raw.region (region_code, name, valid_from, is_statutory) VALUES (%s, %s, %s, true)",
                     ("990100", "甲市", date(2008, 1, 1)))  # fmt: skip
        conn.execute("INSERT INTO raw.agency (agency_id, name, name_normalised, scope, region_code, level, organ_type) "
                     "VALUES ('czj', %(n)s, %(n)s, 'own_organ', '990100', 'prefecture', 'finance')",
                     {"n": KNOWN})  # fmt: skip
        conn.execute("INSERT INTO raw.agency_alias VALUES (%s, 'czj')", (KNOWN,))
        for year in YEARS:
            built.ingest(conn, year, [
                report_of(KNOWN, year, year), report_of(UNKNOWN, year, year + 100),
                report_of(f"丙县{year}局", year, year + 200, spoilt=True),
            ])  # fmt: skip
        built.publish(conn)
        assert kept_years(conn, 1) == {}
    return built


@pytest.fixture(scope="module")
def second(house: House) -> Publication:
    """A steward corrects a figure of 2018: that year and the next are built again."""
    with house.warehouse.connect() as conn:
        conn.execute(
            "INSERT INTO raw.decision (sha256, action, cell_id, printed_value, corrected_value, reason, decided_by) "
            "SELECT sha256, 'correct', cell_id, value, value + 1, 'letter', 'wang' FROM raw.cell "
            "JOIN raw.report USING (report_id) JOIN raw.agency ON name = agency_normalised "
            "WHERE report.report_year = 2018 AND value > 0 ORDER BY cell_id LIMIT 1")  # fmt: skip
        return house.publish(conn)


@pytest.fixture(scope="module")
def third(house: House, second: Publication) -> Publication:
    """A fifth year comes, with one report on an earlier year among it."""
    with house.warehouse.connect() as conn:
        house.ingest(conn, 2022, [report_of(KNOWN, 2022, 1), report_of(UNKNOWN, 2022, 2), report_of(KNOWN, 2020, 3)])
        return house.publish(conn)


def test_a_decision_builds_its_year_and_the_next_and_the_marts_are_those_of_all_years(
    house: House, second: Publication
) -> None:
    with house.warehouse.connect() as conn:
        assert kept_years(conn, 2) == {2020: 1, 2021: 1}
        builders = "SELECT report_year, publication_id FROM marts.agency_year GROUP BY 1, 2 ORDER BY 1"
        assert conn.execute(builders).fetchall() == [(2018, 2), (2019, 2), (2020, 1), (2021, 1)]
        assert second.row_counts["agency_year"] == 2 * len(YEARS)
        assert second.row_counts["fct_continuity"] > 0
        assert status(conn)["held"] == len(YEARS)
        assert conn.execute("SELECT count(*) FROM marts.fct_findings WHERE verdict = 'held'").fetchall()[0][0] > 3
        assert house.built_whole(conn) == second.content_hashes


def test_a_new_year_is_compared_with_one_that_is_kept(house: House, third: Publication) -> None:
    with house.warehouse.connect() as conn:
        # 2020 has one more document, 2021 follows on 2020, and nothing follows on 2022
        assert kept_years(conn, 3) == {2018: 2, 2019: 2}
        rows = conn.execute("SELECT DISTINCT report_year FROM marts.fct_continuity ORDER BY 1").fetchall()
        assert rows == [(2020,), (2021,), (2022,)]
        assert house.built_whole(conn) == third.content_hashes
        shown = {mart: conn.execute(f"SELECT count(*) FROM marts.{mart}".encode()).fetchall()[0][0]
                 for mart in third.row_counts}  # fmt: skip
        assert shown == third.row_counts


def test_the_diff_of_two_publications_sees_the_years_that_they_keep(house: House, third: Publication) -> None:
    with house.warehouse.connect() as conn:
        changes = list(diff_between(conn, 1, 3))
        assert {(c.kind, c.report_year) for c in changes if c.item is None} == {("new", 2022)}
        assert {c.report_year for c in changes if c.item is not None} == {2020}
        gone = conn.execute("SELECT new, gone, figures_compared FROM audit.comparison ORDER BY publication_id")
        (_, _, none), *others = gone.fetchall()
        assert none == 0
        assert [(new, lost) for new, lost, _ in others] == [(0, 0), (2, 0)]
        assert others[0][2] == others[1][2]  # figures of the eight agency-years that both had


def test_an_export_has_every_year(house: House, third: Publication, tmp_path: Path) -> None:
    with house.warehouse.connect() as conn:
        export(conn, house.warehouse.dsns.owner, 3, tmp_path / "3", ["csv"])
        export(conn, house.warehouse.dsns.owner, 1, tmp_path / "1", ["csv"])

    def years(folder: str) -> list[str]:
        with (tmp_path / folder / "agency_year.csv").open(encoding="utf-8-sig") as file:
            return sorted({row["report_year"] for row in csv.DictReader(file)})

    assert years("3") == ["2018", "2019", "2020", "2021", "2022"]
    assert years("1") == ["2018", "2019", "2020", "2021"]


def test_what_is_kept_from_stays_at_hand_and_comes_back_with_who_keeps_it(house: House, third: Publication) -> None:
    with house.warehouse.connect() as conn:
        before = conn.execute("SELECT * FROM marts.agency_year ORDER BY report_id").fetchall()
        assert retire(conn, 1) == [1, 2]
        attached = "SELECT DISTINCT publication_id FROM published.agency_year ORDER BY 1"
        assert conn.execute(attached).fetchall() == [(2,), (3,)]  # the third keeps years of the second
        assert conn.execute("SELECT * FROM marts.agency_year ORDER BY report_id").fetchall() == before
        rollback(conn, 2)  # which keeps years of the first
        shown = "SELECT report_year, publication_id FROM marts.agency_year GROUP BY 1, 2 ORDER BY 1"
        assert conn.execute(shown).fetchall() == [(2018, 2), (2019, 2), (2020, 1), (2021, 1)]
        assert {p.publication_id: p.status for p in publications(conn)} == {1: "retired", 2: "live", 3: "superseded"}
        rollback(conn, 3)
        assert conn.execute("SELECT * FROM marts.agency_year ORDER BY report_id").fetchall() == before


def test_after_a_rollback_all_years_are_built(house: House, third: Publication) -> None:
    with house.warehouse.connect() as conn:
        house.ingest(conn, 2022, [report_of("丁局", 2022, 5)])
        rollback(conn, 2)
        assert open_candidate(conn) is not None
        assert kept_years(conn, 4) == {}
        rollback(conn, 3)
        assert open_candidate(conn) is not None
        assert kept_years(conn, 4) == {2018: 2, 2019: 2, 2020: 3, 2021: 3}


def test_a_comparison_with_a_kept_year_that_is_left_out_is_refused(house: House, third: Publication) -> None:
    dsn = house.warehouse.dsns.owner
    with house.warehouse.connect() as conn:
        assert open_candidate(conn) is not None
        assert kept_years(conn, 4) == {2018: 2, 2019: 2, 2020: 3, 2021: 3}
        run_stage("intermediate", dsn, 4, house.folder)
        verdicts(dsn, 4)
        run_stage("candidate", dsn, 4, house.folder)
        write_diff(conn, 4)
        gate(dsn, 4, coverage_floor=0.9, changed_share=0.5)
        conn.execute("DELETE FROM candidate.fct_continuity WHERE report_year = 2022")
        with pytest.raises(GateError, match="whoever had such figures last year"):
            gate(dsn, 4, coverage_floor=0.9, changed_share=0.5)


def test_the_page_of_the_gate_and_the_command_say_which_years_are_kept(
    house: House, third: Publication, capsys: pytest.CaptureFixture[str]
) -> None:
    with house.warehouse.connect() as conn:
        assert 'id="kept"' in gate_page(conn, 3)
        assert 'id="kept"' not in gate_page(conn, 1)
        print_one(conn, 3)
    said = capsys.readouterr().out
    assert "years kept" in said
    assert [line.split() for line in said.splitlines() if "2018" in line or "2019" in line] == [
        ["2018", "2"],
        ["2019", "2"],
    ]


def test_whoever_asks_for_every_year_gets_it(house: House, third: Publication) -> None:
    with house.warehouse.connect() as conn:
        assert open_candidate(conn, every_year=True) is not None
        assert kept_years(conn, 4) == {}


def test_years_of_what_is_no_longer_live_are_not_compared(house: House, third: Publication) -> None:
    with house.warehouse.connect() as conn:
        assert open_candidate(conn) is not None
        assert kept_years(conn, 4)
        rollback(conn, 2)
        try:
            with pytest.raises(WarehouseError, match="keeps years of publication 3, which is no longer the live one"):
                write_diff(conn, 4)
        finally:
            rollback(conn, 3)


def test_a_kept_report_without_a_verdict_is_refused(house: House, third: Publication) -> None:
    with house.warehouse.connect() as conn:
        candidate = open_candidate(conn)
        assert candidate is not None
        run_stage("intermediate", house.warehouse.dsns.owner, 4, house.folder)
        lost = conn.execute("DELETE FROM audit.verdict WHERE publication_id = 3 AND is_kept RETURNING *").fetchall()
        try:
            with pytest.raises(GateError, match=r"reports were never judged \(report_id \d+"):
                verdicts(house.warehouse.dsns.owner, 4)
        finally:
            for row in lost:
                conn.execute("INSERT INTO audit.verdict VALUES (%s, %s, %s, %s)", row)


@pytest.mark.parametrize(("statement", "undone"), [
    ("INSERT INTO raw.agency (agency_id, name, name_normalised) VALUES ('d', '戊局', '戊局')",
     "DELETE FROM raw.agency WHERE agency_id = 'd'"),
    ("UPDATE raw.region SET name = '甲州'", "UPDATE raw.region SET name = '甲市'"),
])  # fmt: skip
def test_the_roster_builds_every_year(house: House, third: Publication, statement: str, undone: str) -> None:
    with house.warehouse.connect() as conn:
        conn.execute(statement.encode())
        assert open_candidate(conn) is not None
        assert kept_years(conn, 4) == {}
        conn.execute(undone.encode())


def test_nothing_is_kept_from_the_future(house: House) -> None:
    with house.warehouse.connect() as conn, pytest.raises(CheckViolation):
        conn.execute("INSERT INTO published.kept_year VALUES (4, 2019, 4)")


def test_the_sums_of_slices_are_those_of_the_whole(house: House, third: Publication) -> None:
    with house.warehouse.connect() as conn:
        marts = shapes(conn, "published", "p")
        shown = {mart: (sql.Identifier("marts", mart), shape) for mart, shape in marts.items()}
        assert hashes(slices_in(conn, shown), shown) == third.content_hashes
