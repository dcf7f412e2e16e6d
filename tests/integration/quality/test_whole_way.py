"""From raw rows through real dbt and both passes to the marts: spoilt reports stay outside, all others go live."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from gongkai.errors import GateError, WarehouseError
from gongkai.forms import all_forms, form_by_id
from gongkai.quality import GateSummary, VerdictSummary, gate, verdicts
from gongkai.quality.marts import KEYS
from gongkai.warehouse.dbt.run import run_stage
from gongkai.warehouse.passed import candidate_hashes
from gongkai.warehouse.publication import Candidate, open_candidate, publish, write_diff
from tests.integration.quality.figures import Broken, balanced, hard, spoil
from tests.integration.quality.reports import as_read, load_year
from tests.support.warehouse import WarehouseUnderTest

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]

GOOD = 6


@dataclass
class Pipeline:
    """The steps of a publication, one after the other."""

    warehouse: WarehouseUnderTest
    target: Path

    def publish(self) -> tuple[VerdictSummary, GateSummary]:
        dsn = self.warehouse.dsns.owner
        with self.warehouse.connect() as conn:
            candidate = open_candidate(conn)
            assert candidate is not None
            number = candidate.publication_id
            run_stage("intermediate", dsn, number, self.target)
            judged = verdicts(dsn, number)
            run_stage("candidate", dsn, number, self.target)
            write_diff(conn, number)
            passed = gate(dsn, number, coverage_floor=0.9, changed_share=0.05)
            publish(conn, candidate)
        return judged, passed

    def query(self, query: str) -> set[tuple[str, ...]]:
        with self.warehouse.connect("bi_reader") as conn:
            return set(conn.execute(query.encode()).fetchall())


@pytest.fixture(scope="module")
def pipeline(warehouse: WarehouseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    with warehouse.connect() as conn:
        region = "INSERT INTO raw.region (region_code, name, valid_from, is_statutory) VALUES (%s, %s, %s, true)"
        conn.execute(region, ["330300", "温州市", date(2019, 1, 1)])
    return Pipeline(warehouse, tmp_path_factory.mktemp("dbt"))


def names(kind: str, count: int) -> list[str]:
    return [f"{kind}-{n}" for n in range(count)]


def test_exactly_the_spoilt_reports_are_held_and_the_rest_published(pipeline: Pipeline) -> None:
    expected: set[tuple[str, ...]] = set()
    for form in all_forms():
        good = [as_read(form, f"{form.form}-good-{n}", balanced(form, n), form.years.first) for n in range(GOOD)]
        figures = balanced(form, 99)
        spoilt = [
            as_read(form, f"{form.form}-spoilt-{n}", spoil(equation, figures), form.years.first)
            for n, equation in enumerate(hard(form))
        ]
        load_year(pipeline.warehouse, form.years.first, [*good, *spoilt])
        expected |= {(report.report.agency,) for report in good if report.report and report.report.agency}
    accepted_as_printed = as_read(form_by_id("form_2019"), "form_2019-spoilt-0", {}, 2019).sha256
    with pipeline.warehouse.connect("steward") as conn:
        decision = "INSERT INTO raw.decision (sha256, action, reason, decided_by) VALUES (%s, %s, %s, %s)"
        conn.execute(decision, [accepted_as_printed, "accept_as_printed", "原件如此", "甲"])
    judged, passed = pipeline.publish()
    assert (judged.accepted, judged.held, judged.accepted_as_printed) == (4 * GOOD, 95, 1)
    assert passed.agency_years == 4 * GOOD + 1
    expected.add(("form_2019-spoilt-0",))
    assert pipeline.query("SELECT agency_printed FROM marts.agency_year") == expected
    assert pipeline.query("SELECT count(DISTINCT report_id) FROM marts.fct_applications") == {(2 * GOOD + 1,)}
    assert pipeline.query("SELECT count(DISTINCT report_id) FROM marts.fct_statistics") == {(2 * GOOD,)}
    findings = pipeline.query(
        "SELECT agency_id, identity, table_key, row_key, column_key FROM marts.fct_findings WHERE verdict = 'held'"
    )
    for form in all_forms():
        for n, equation in enumerate(hard(form)):
            place = Broken(equation.identity.name, equation.identity.table, equation.row, equation.column)
            name = f"unconfirmed:{form.form}-spoilt-{n}"
            assert (name, *place) in findings or name == "unconfirmed:form_2019-spoilt-0"


def test_a_year_without_totals_is_blocked_and_the_live_marts_stay(pipeline: Pipeline) -> None:
    form = form_by_id("form_2019")
    totals = {key for e in form.equations if e.identity.kind == "statutory" for key in e.right}
    reports = [
        as_read(form, name, {**balanced(form, n), **dict.fromkeys(totals)}, 2020)
        for n, name in enumerate(names("without-totals", 3))
    ]
    live = pipeline.query("SELECT agency_printed, publication_id FROM marts.agency_year")
    load_year(pipeline.warehouse, 2020, reports)
    with pytest.raises(GateError, match=r"(?s)enough rows have dispositions_total.*'report_year': 2020"):
        pipeline.publish()
    assert pipeline.query("SELECT agency_printed, publication_id FROM marts.agency_year") == live
    with pipeline.warehouse.connect() as conn:
        judged = conn.execute("SELECT verdict, count(*) FROM audit.verdict WHERE publication_id = 2 GROUP BY 1")
        assert dict(judged.fetchall())["accepted"] == 4 * GOOD + 3  # nothing in them is wrong, but nothing is proved


BUILD = """
import sys
from pathlib import Path
from gongkai.warehouse.dbt.run import run_stage
run_stage("candidate", sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
"""


def test_a_candidate_half_built_never_goes_live_and_is_built_again_to_the_same(pipeline: Pipeline) -> None:
    """The process that builds candidate 2 is killed in the midst of it."""
    dsn, live = pipeline.warehouse.dsns.owner, pipeline.query("SELECT * FROM marts.agency_year")
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'candidate'"
    with pipeline.warehouse.connect() as conn:
        whole = candidate_hashes(conn)
        for (table,) in conn.execute(tables).fetchall():
            conn.execute(f"DROP TABLE candidate.{table}".encode())
        with subprocess.Popen([sys.executable, "-c", BUILD, dsn, "2", str(pipeline.target)]) as building:
            while len(conn.execute(tables).fetchall()) < 3:
                assert building.poll() is None
            building.kill()
        conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dbt'")
        there = {table for (table,) in conn.execute(tables)}
        assert 0 < len(there) < len(KEYS)
        with pytest.raises(GateError, match="schema candidate of the warehouse lacks"):
            gate(dsn, 2, coverage_floor=0, changed_share=1, reason="none is good enough")
        with pytest.raises(WarehouseError, match="is missing"):
            publish(conn, Candidate(2, {}, "", None))
        assert pipeline.query("SELECT * FROM marts.agency_year") == live
        run_stage("candidate", dsn, 2, pipeline.target)
        assert candidate_hashes(conn) == whole
        with pytest.raises(WarehouseError, match="has not passed the gate"):
            publish(conn, Candidate(2, {}, "", None))
    assert pipeline.query("SELECT * FROM marts.agency_year") == live
