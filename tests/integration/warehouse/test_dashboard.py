"""The ten questions of benchmarks/dashboard on a small warehouse: valid for a reader, and never without an answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from psycopg.rows import dict_row

from gongkai.quality import gate, verdicts
from gongkai.warehouse.dbt.run import run_stage
from gongkai.warehouse.publication import open_candidate, publish, write_diff
from tests.support.raw import FIRST_YEAR, Raw
from tests.support.warehouse import WarehouseUnderTest

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

QUESTIONS = sorted((Path(__file__).parents[3] / "benchmarks" / "dashboard").glob("*.sql"))
REPORTS_A_YEAR, YEARS = 40, 3

CHOSEN = """
    SELECT wide.agency_id AS agency, agency.region_code AS region, left(agency.region_code, 2) || '0000' AS province,
           wide.report_year AS year
    FROM marts.agency_year AS wide JOIN marts.dim_agency AS agency USING (agency_id)
    WHERE wide.scope = 'own_organ' AND wide.dispositions_total >= 30 ORDER BY 1, 4 LIMIT 1"""


@pytest.fixture(scope="module")
def published(warehouse: WarehouseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> WarehouseUnderTest:
    Raw(warehouse, REPORTS_A_YEAR, range(FIRST_YEAR, FIRST_YEAR + YEARS)).write()
    dsn, target = warehouse.dsns.owner, tmp_path_factory.mktemp("dbt")
    with warehouse.connect() as conn:
        candidate = open_candidate(conn)
        assert candidate is not None
        number = candidate.publication_id
        run_stage("intermediate", dsn, number, target)
        verdicts(dsn, number)
        run_stage("candidate", dsn, number, target)
        write_diff(conn, number)
        gate(dsn, number, coverage_floor=0.9, changed_share=0.05)
        publish(conn, candidate)
    return warehouse


def test_there_are_ten_and_each_says_in_chinese_what_it_asks() -> None:
    assert len(QUESTIONS) == 10
    for path in QUESTIONS:
        title = path.read_text(encoding="utf-8").splitlines()[0]
        assert re.match(r"-- [\u4e00-\u9fff]+：", title), path.name


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_reader_gets_an_answer(published: WarehouseUnderTest, path: Path) -> None:
    with published.connect("bi_reader") as conn, conn.cursor(row_factory=dict_row) as cursor:
        chosen = cursor.execute(CHOSEN.encode()).fetchone()
        assert chosen is not None
        rows = cursor.execute(path.read_bytes(), chosen).fetchall()
    assert rows, "a question that nothing answers would be fast in every benchmark"
    for row in rows:
        assert any(value for value in row.values())


def test_areas_agree_with_their_units_where_nothing_is_spoilt(published: WarehouseUnderTest) -> None:
    """What the benchmarks measure is not vacuous: sums of areas, peers and findings are there."""
    with published.connect("bi_reader") as conn:
        outcomes = dict(conn.execute("SELECT outcome, count(*) FROM marts.fct_rollup GROUP BY outcome").fetchall())
        (ranked,) = conn.execute(
            "SELECT count(*) FROM marts.agency_year_peers WHERE denied_share_of_dispositions_percentile IS NOT NULL"
        ).fetchone() or (0,)
        held = conn.execute("SELECT count(DISTINCT report_id) FROM marts.fct_findings WHERE verdict = 'held'")
        assert held.fetchone() == (REPORTS_A_YEAR * YEARS // 33,)
    assert outcomes["agrees"] > 1000
    assert ranked > 20
