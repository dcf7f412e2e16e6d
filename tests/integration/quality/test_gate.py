"""The second pass on real Postgres: a good candidate passes; each bad one is refused with what, where and who."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gongkai.errors import GateError, WarehouseError
from gongkai.forms import all_forms, continuities, form_by_id
from gongkai.quality import GateSummary, gate, verdicts
from gongkai.quality.generate import suites, write
from gongkai.quality.marts import FACTS, KEYS, MAY_BE_EMPTY, WIDE
from gongkai.warehouse.diff import write_diff
from tests.integration.quality.candidate import TOTALS, Candidate
from tests.integration.quality.figures import balanced, spoil
from tests.integration.quality.layer import Layer, Loaded
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres

PUBLICATION = 5


@dataclass
class Case:
    """A judged layer of two held and 22 accepted reports, and its candidate."""

    dsn: str
    layer: Layer
    reports: list[Loaded]
    candidate: Candidate

    def gate(self, **arguments: Any) -> GateSummary:
        write_diff(self.layer.conn, PUBLICATION)
        return gate(self.dsn, PUBLICATION, **{"coverage_floor": 0.9, "changed_share": 0.05, **arguments})

    def refusal(self) -> str:
        with pytest.raises(GateError) as caught:
            self.gate()
        return str(caught.value)

    def run(self, statement: str) -> None:
        self.layer.conn.execute(statement)

    def sum_regions(self, column: str) -> None:
        """Make region_year follow what was done to agency_year."""
        self.run(
            f"UPDATE candidate.region_year AS region SET {column} = "
            f"(SELECT sum({column}) FROM candidate.agency_year AS wide WHERE wide.report_year = region.report_year)"
        )

    @property
    def held(self) -> int:
        return next(number for number, verdict in self.layer.verdicts(PUBLICATION).items() if verdict == "held")


@pytest.fixture(scope="module")
def judged(warehouse: WarehouseUnderTest) -> Iterator[tuple[Layer, list[Loaded]]]:
    with warehouse.connect() as conn:
        layer = Layer(conn)
        reports: list[Loaded] = []
        for form in sorted(all_forms(), key=lambda form: form.number):
            figures = balanced(form, 1)
            reports += layer.add(
                form, [spoil(form.equations[0], figures), *[balanced(form, seed) for seed in range(11)]]
            )
        verdicts(warehouse.dsns.owner, PUBLICATION)
        yield layer, reports


@pytest.fixture
def case(warehouse: WarehouseUnderTest, judged: tuple[Layer, list[Loaded]]) -> Iterator[Case]:
    layer, reports = judged
    yield Case(warehouse.dsns.owner, layer, reports, Candidate(layer, PUBLICATION, reports))
    layer.conn.execute("DROP VIEW IF EXISTS marts.agency_year; DROP TABLE IF EXISTS public.live")


def test_a_good_candidate_passes_and_leaves_its_record(case: Case) -> None:
    summary = case.gate()
    assert summary.agency_years == 44
    assert summary.warnings == ()
    rows = case.layer.conn.execute(
        "SELECT success, count(*) FROM audit.validation WHERE publication_id = %s AND pass = 'gate' GROUP BY 1",
        [PUBLICATION],
    )
    assert rows.fetchall() == [(True, summary.expectations)]
    assert summary.expectations == len(suites()["marts"]["expectations"]) + 2
    assert case.gate() == summary  # a second run replaces the record of the first


def test_every_mart_must_be_there(case: Case) -> None:
    write_diff(case.layer.conn, PUBLICATION)
    for mart in KEYS:
        case.run(f"ALTER TABLE candidate.{mart} RENAME TO aside")
        with pytest.raises(GateError, match=f"candidate .* lacks {mart}: build it"):
            gate(case.dsn, PUBLICATION, coverage_floor=0.9, changed_share=0.05)
        case.run(f"ALTER TABLE candidate.aside RENAME TO {mart}")


def test_no_mart_may_be_empty(case: Case) -> None:
    marts = [mart for mart in KEYS if mart not in MAY_BE_EMPTY]
    for mart in marts:
        case.run(f"DELETE FROM candidate.{mart}")
    refusal = case.refusal()
    assert [mart for mart in marts if f"candidate.{mart}: expected that {mart} has rows" in refusal] == marts


@pytest.mark.parametrize("share", ["", " WHERE report_id = (SELECT max(report_id) FROM candidate.{})"])
def test_no_figure_may_be_lost_on_the_way_to_a_fact(case: Case, share: str) -> None:
    for mart in FACTS:
        case.run(f"DELETE FROM candidate.{mart}{share.format(mart)}")
    refusal = case.refusal()
    for mart in FACTS:
        assert f"the figures of each published report in {mart} add up" in refusal


def test_findings_may_be_empty_and_facts_of_printed_zeros_too(case: Case) -> None:
    layer = Layer(case.layer.conn)
    zeros = layer.add(form_by_id("form_2019"), [dict.fromkeys(form_by_id("form_2019").cell_ids, 0)])
    verdicts(case.dsn, PUBLICATION + 1)
    Candidate(layer, PUBLICATION + 1, zeros)
    write_diff(layer.conn, PUBLICATION + 1)
    assert gate(case.dsn, PUBLICATION + 1, coverage_floor=0.9, changed_share=0.05).agency_years == 1


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        ("DELETE FROM candidate.region_year WHERE summed_to = 'provincial'", "at each level region_year adds up"),
        ("UPDATE candidate.region_year SET {0} = {0} + 1 WHERE {0} IS NOT NULL", "at each level region_year adds up"),
        ("DELETE FROM candidate.agency_year_peers WHERE report_id = 2", "whose level and type are known stands in"),
        (
            "INSERT INTO candidate.fct_rollup_units SELECT {1}, 1, 'a', report_id, 'counted' "
            "FROM candidate.fct_applications WHERE requests > 0 LIMIT 1",
            "the sums of units in fct_rollup are those",
        ),
        ("INSERT INTO candidate.fct_claims VALUES ({1}, 2, 1)", "every claim of a published report stands in"),
        (
            "DELETE FROM candidate.fct_editions WHERE report_id = 2",
            "the current editions are those that have",
        ),
        (
            "UPDATE candidate.fct_editions SET relation = 'replaced' WHERE report_id = 2",
            "the current editions are those that have",
        ),
        ("DELETE FROM candidate.fct_findings", "every held report stands in fct_findings"),
        ("DELETE FROM candidate.fct_coverage WHERE agency_id = 'agency-1'", "with a report stands in fct_coverage"),
    ],
)
def test_what_compares_must_agree_with_what_it_compares(case: Case, spoil: str, expected: str) -> None:
    case.run(spoil.format(TOTALS[0], PUBLICATION))
    assert expected in case.refusal()


LOST = """
    INSERT INTO raw.document (sha256) VALUES (repeat('a', 64)) ON CONFLICT DO NOTHING;
    INSERT INTO raw.report (report_id, sha256, parser_version, ordinal, ingest_year, form, report_year, scope, verdict)
    OVERRIDING SYSTEM VALUE
    VALUES ({number}, repeat('a', 64), '{number}', 0, 2021, 'form_2021', {year}, 'unknown', 'held');
    INSERT INTO audit.locked_input (input, line, first_publication)
    VALUES ('report', '{{"report_id": {number}}}', {publication});
"""


def test_a_loaded_report_that_is_in_no_mart_refuses(case: Case) -> None:
    """But for one without a year, and one that was read again since."""
    case.run(LOST.format(number=7001, year="NULL", publication=PUBLICATION))
    assert case.gate().warnings == ()
    case.run(LOST.format(number=7002, year=2021, publication=PUBLICATION + 1))
    assert case.gate().warnings == ()
    case.run(LOST.format(number=7003, year=2021, publication=PUBLICATION))
    assert "'report_id': 7003" in case.refusal()
    case.run("UPDATE audit.locked_input SET first_publication = 1")
    refusal = case.refusal()
    assert "'report_id': 7003" in refusal
    assert "'report_id': 7002" not in refusal
    case.run("DELETE FROM audit.locked_input; DELETE FROM raw.report; DELETE FROM raw.document")


def test_two_years_with_figures_must_have_been_compared(case: Case) -> None:
    (continuity,) = (each for each in continuities() if each.per == "column")
    (carried,) = continuity.before
    case.run(
        "INSERT INTO candidate.agency_year "
        f"(publication_id, agency_id, report_year, scope, report_id, form, {carried}) "
        f"SELECT {PUBLICATION}, agency_id, report_year - 1, scope, 900 + report_id, form, 1 "
        "FROM candidate.agency_year WHERE report_id = 2"
    )
    assert f"has {continuity.name} in fct_continuity this year" in case.refusal()
    case.run(
        f"INSERT INTO candidate.fct_continuity SELECT {PUBLICATION}, agency_id, report_year, scope, 1, "
        f"'{continuity.name}', ARRAY[agency_id] FROM candidate.agency_year WHERE report_id = 2"
    )
    assert f"has {continuity.name} in fct_continuity this year" not in case.refusal()


def test_one_publication_id(case: Case) -> None:
    case.run("UPDATE candidate.fct_coverage SET publication_id = 7 WHERE agency_id = 'agency-2'")
    case.run("UPDATE candidate.fct_disputes SET publication_id = NULL WHERE report_id = 2")
    refusal = case.refusal()
    for mart in ("fct_coverage", "fct_disputes"):
        assert f"every row of {mart} carries the number of this publication" in refusal


def test_keys_are_unique(case: Case) -> None:
    for mart in (WIDE, "fct_applications"):
        case.run(f"INSERT INTO candidate.{mart} SELECT * FROM candidate.{mart} WHERE report_id = 2 LIMIT 1")
    refusal = case.refusal()
    assert "the key of agency_year (agency_id, report_year, scope) is there and unique" in refusal
    assert "the key of fct_applications (report_id, cell_id) is there and unique" in refusal


def test_what_is_published_balances_again(case: Case) -> None:
    spoilt = range(3, 3 + len(TOTALS))
    for report_id, column in zip(spoilt, TOTALS, strict=True):
        case.run(f"UPDATE candidate.agency_year SET {column} = {column} + 1 WHERE report_id = {report_id}")
    assert "New requests plus those carried over equal" in case.refusal()
    observed = case.layer.conn.execute(
        "SELECT observed FROM audit.validation WHERE pass = 'gate' AND expectation = 'agency_year_applications_balance'"
        " AND publication_id = %s",
        [PUBLICATION],
    ).fetchone()
    assert observed
    assert sorted(row["report_id"] for row in observed[0]["examples"]) == list(spoilt)


def test_missing_totals_block_rather_than_pass_on_null(case: Case) -> None:
    year = form_by_id("form_2019").years.first
    for column in TOTALS:
        case.run(f"UPDATE candidate.agency_year SET {column} = NULL WHERE report_year = {year}")
        case.sum_regions(column)
    refusal = case.refusal()
    assert "New requests plus those carried over equal" not in refusal  # not assessable is no failure of the balance
    for column in TOTALS:
        assert f"enough rows have {column}" in refusal
    assert refusal.count("'present': 0") == len(TOTALS)
    assert "who acts: the data steward" in refusal
    assert case.gate(coverage_floor=0).agency_years == 44


def test_the_floor_is_a_share_of_each_year(case: Case) -> None:
    case.run(f"UPDATE candidate.agency_year SET {TOTALS[0]} = NULL WHERE report_id = 2")
    case.sum_regions(TOTALS[0])
    with pytest.raises(GateError, match="'present': 10"):
        case.gate(coverage_floor=0.95)
    assert case.gate(coverage_floor=0.9).agency_years == 44


def test_a_year_of_sheets_without_totals_is_said(case: Case) -> None:
    form = form_by_id("stat_2014")
    totals = {form.cell_ids[equation.right[0]] for equation in form.equations if equation.is_sum}
    reports = [report.report_id for report in case.reports if report.form is form][1:]  # the first is held; 11 are left
    lost = [(report_id, cell_id) for report_id in reports[:2] for cell_id in sorted(totals)]
    for report_id, cell_id in lost:
        case.run(f"INSERT INTO candidate.fct_statistics VALUES ({PUBLICATION}, {report_id}, {cell_id}, NULL, NULL)")
    (warning,) = case.gate().warnings
    assert "enough of the totals that sheets may print stand in fct_statistics" in warning
    assert case.gate(coverage_floor=0.8).warnings == ()


def test_accepted_reports_are_published_and_no_others(case: Case) -> None:
    case.run("DELETE FROM candidate.agency_year WHERE report_id = 2")
    with pytest.raises(GateError, match=r"every accepted report stands in agency_year(.|\n)*'report_id': 2"):
        case.gate()


def test_no_figure_of_a_held_or_unjudged_report(case: Case) -> None:
    case.run(f"UPDATE candidate.agency_year SET report_id = {case.held} WHERE report_id = 2")
    case.run("UPDATE candidate.fct_disputes SET report_id = 999 WHERE report_id = 2")
    refusal = case.refusal()
    for mart in (WIDE, "fct_disputes"):
        assert f"no figure of {mart} comes from a report that is held" in refusal


def make_live(case: Case) -> None:
    """What is the candidate becomes what is live."""
    case.run("CREATE TABLE public.live AS TABLE candidate.agency_year")
    case.run("CREATE VIEW marts.agency_year AS TABLE public.live")


def test_a_candidate_loses_agency_years_only_with_a_reason(case: Case) -> None:
    make_live(case)
    assert case.gate().warnings == ()
    year = form_by_id("form_2021").years.first
    case.run(f"INSERT INTO public.live (agency_id, report_year, scope) VALUES ('lost', {year}, 'own_organ')")
    # as many agencies as before would not do: it must be the same ones
    case.run(f"DELETE FROM public.live WHERE agency_id = 'agency-{case.reports[-1].report_id}'")
    with pytest.raises(
        GateError, match=rf"(?s)no agency-year .* is lost.*'lost', 'report_year': {year}.*finds out why"
    ):
        case.gate()
    passed = case.gate(reason="撤销一个机关")
    assert passed.warnings == ("no agency-year of the live publication is lost",)
    assert (passed.diff.gone, passed.diff.new) == (1, 1)


def test_many_figures_change_only_with_a_reason(case: Case) -> None:
    make_live(case)
    some = f"SELECT report_id FROM public.live WHERE {TOTALS[0]} IS NOT NULL ORDER BY 1 LIMIT 2"
    case.run(f"UPDATE public.live SET {TOTALS[0]} = {TOTALS[0]} + 1 WHERE report_id IN ({some})")
    share = 2 / (case.gate().agency_years * (len(TOTALS) + 2))  # and the cells of the form, and those missing
    assert case.gate(changed_share=share).warnings == ()
    with pytest.raises(GateError, match=rf"(?s)changes than GONGKAI_CHANGED_SHARE allows.*'changed': 2.*{TOTALS[0]}"):
        case.gate(changed_share=share * 0.99)
    (warning,) = case.gate(changed_share=0, reason="更正").warnings
    assert "GONGKAI_CHANGED_SHARE" in warning


def test_a_candidate_must_have_been_compared_with_what_is_live(case: Case) -> None:
    case.gate()
    case.run(f"UPDATE audit.comparison SET against = 3 WHERE publication_id = {PUBLICATION}")
    with pytest.raises(GateError, match="was compared with publication 3, no longer the live one"):
        gate(case.dsn, PUBLICATION, coverage_floor=0.9, changed_share=0.05)
    case.run(f"DELETE FROM audit.comparison WHERE publication_id = {PUBLICATION}")
    with pytest.raises(WarehouseError, match="was not compared"):
        gate(case.dsn, PUBLICATION, coverage_floor=0.9, changed_share=0.05)


def test_a_column_that_is_gone_refuses(case: Case) -> None:
    case.run("ALTER TABLE candidate.agency_year DROP COLUMN verdict")
    with pytest.raises(GateError, match="does not exist"):
        case.gate()


def test_an_empty_or_partial_suite_refuses(case: Case, tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "marts.json"
    for content in ('{"name": "marts", "expectations": []}', '{"name": "marts"}', "", "[]"):
        path.write_text(content)
        with pytest.raises(GateError, match=r"marts\.json (lacks dim_agency_is_not_empty|is not JSON)"):
            case.gate(folder=tmp_path)
    path.write_text(json.dumps({**suites()["marts"], "expectations": suites()["marts"]["expectations"][1:]}))
    with pytest.raises(GateError, match="lacks dim_agency_is_not_empty, and would pass what breaks it"):
        case.gate(folder=tmp_path)


def test_a_warning_does_not_refuse(case: Case, tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "marts.json"
    text = path.read_text()
    assert "the key of fct_coverage" in text
    case.run("INSERT INTO candidate.fct_coverage SELECT * FROM candidate.fct_coverage LIMIT 1")
    with pytest.raises(GateError):
        case.gate(folder=tmp_path)
    path.write_text(text.replace('"severity": "critical"', '"severity": "warning"'))
    assert len(case.gate(folder=tmp_path).warnings) == 1
