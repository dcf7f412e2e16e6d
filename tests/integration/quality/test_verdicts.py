"""The first pass on real Postgres: what it holds, what it does not assess, and when it gives no verdict at all."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gongkai.errors import GateError
from gongkai.forms import CellKey, all_forms, form_by_id
from gongkai.quality import VerdictSummary, verdicts
from gongkai.quality.generate import write
from gongkai.quality.runner import APPLICATION
from gongkai.quality.suites import verdict_suites
from gongkai.quality.wide import DECISION, wide_tables
from gongkai.settings import settings
from tests.integration.quality.figures import Broken, balanced, hard, spoil
from tests.integration.quality.layer import Layer
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres


@pytest.fixture
def layer(warehouse: WarehouseUnderTest) -> Iterator[Layer]:
    with warehouse.connect() as conn:
        yield Layer(conn)


def judge(warehouse: WarehouseUnderTest, publication_id: int, **arguments: Any) -> VerdictSummary:
    return verdicts(warehouse.dsns.owner, publication_id, **arguments)


def test_each_form_has_its_equations() -> None:
    assert [(form.form, len(form.equations)) for form in all_forms()] == [
        *(("free_2008", 7), ("stat_2014", 13), ("form_2019", 42), ("form_2021", 42)),
    ]
    assert [len(hard(form)) for form in all_forms()] == [5, 7, 42, 42]


def test_more_violations_than_the_library_returns_are_all_written(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    form = form_by_id("form_2019")
    spoilt = spoil(form.equations[0], balanced(form, 3))
    layer.add(form, [spoilt] * 250)
    assert judge(warehouse, 3).held == 250
    assert len(layer.violations(3)) == 250


def test_an_identity_over_a_missing_total_is_not_assessed(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    form = form_by_id("form_2019")
    equation = form.equations[0]
    figures = balanced(form, 4)
    (report,) = layer.add(form, [{**spoil(equation, figures), **dict.fromkeys(equation.right)}])
    judge(warehouse, 4)
    places = [Broken(equation.identity.name, equation.identity.table, equation.row, equation.column)]
    assert not set(places) & layer.violations(4).get(report.report_id, set())
    observed = layer.conn.execute(
        "SELECT observed FROM audit.validation WHERE publication_id = 4 AND expectation = %s", [equation.identity.name]
    ).fetchone()
    along = sum(1 for other in form.equations if other.identity is equation.identity)
    assert observed == ({"violations": 0, "places": along, "assessed": along - 1},)


def test_a_signed_column_may_be_negative_and_an_amount_a_fraction(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    form = form_by_id("form_2019")
    figures = balanced(form, 5)
    kinds = form.columns_of_cells
    signed = {key: -8 for key in figures if kinds[key].may_be_negative}
    amounts = {key: Decimal("27378300.05") for key in figures if not kinds[key].is_count}
    assert signed
    assert amounts
    layer.add(form, [{**figures, **signed, **amounts}])
    assert judge(warehouse, 5).accepted == 1


def test_a_steward_may_accept_what_is_printed(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    form = form_by_id("form_2021")
    spoilt = spoil(form.equations[0], balanced(form, 6))
    accepted, outdated, corrected, undecided = layer.add(form, [spoilt] * 4)
    good, rejected = layer.add(form, [balanced(form, 7)] * 2)
    layer.copy(
        "intermediate.int_decision",
        [
            (accepted.report_id, "accept_as_printed", True),
            (outdated.report_id, "accept_as_printed", False),
            (corrected.report_id, "correct", True),
            (good.report_id, "accept_as_printed", True),
        ],
    )
    layer.copy(
        "intermediate.int_reading_problem", [(rejected.report_id, "rejected_by_steward", "derived", None, None, None)]
    )
    judge(warehouse, 6)
    assert layer.verdicts(6) == {
        accepted.report_id: "accepted_as_printed",
        outdated.report_id: "held",
        corrected.report_id: "held",
        undecided.report_id: "held",
        good.report_id: "accepted",
        rejected.report_id: "held",
    }


def test_problems_of_reading_hold_a_report(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    form = form_by_id("form_2019")
    lost, unexplained, good = layer.add(form, [balanced(form, 8)] * 3)
    cell: CellKey = next(iter(form.cell_ids))
    layer.copy("intermediate.int_reading_problem", [(lost.report_id, "cells_lost", "derived", *cell)])
    held = "UPDATE intermediate.int_current_report SET parser_verdict = 'held' WHERE report_id = %s"
    layer.conn.execute(held, [unexplained.report_id])
    judge(warehouse, 7)
    assert layer.verdicts(7) == {lost.report_id: "held", unexplained.report_id: "held", good.report_id: "accepted"}
    assert layer.violations(7) == {
        lost.report_id: {Broken("cells_lost", *cell)},
        unexplained.report_id: {Broken("parser_verdict_is_explained", None, None, None)},  # type: ignore[arg-type]
    }


def test_a_report_without_its_lines_or_of_an_unknown_form_is_held(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    form = form_by_id("form_2019")
    partial, doubled, foreign, good = layer.add(form, [balanced(form, 9)] * 4)
    run = layer.conn.execute
    run("DELETE FROM intermediate.int_applications_by_row WHERE report_id = %s AND total > 5", [partial.report_id])
    disputes = "intermediate.int_disputes_by_row"
    run(f"INSERT INTO {disputes} SELECT * FROM {disputes} WHERE report_id = %s", [doubled.report_id])
    run("UPDATE intermediate.int_current_report SET form = 'form_1999' WHERE report_id = %s", [foreign.report_id])
    judge(warehouse, 8)
    assert layer.verdicts(8)[good.report_id] == "accepted"
    found = {report: {place.identity for place in places} for report, places in layer.violations(8).items()}
    assert found == {
        partial.report_id: {"int_applications_by_row_is_complete"},
        doubled.report_id: {"int_disputes_by_row_is_complete"},
        foreign.report_id: {"form_is_known"},
    }


def test_running_again_replaces_what_a_crashed_run_left(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    form = form_by_id("form_2019")
    layer.add(form, [spoil(form.equations[0], balanced(form, 10))])
    tables = ("validation", "violation", "verdict")

    def counts() -> list[Any]:
        counted = [f"SELECT count(*) FROM audit.{table} WHERE publication_id = 9" for table in tables]
        return [layer.conn.execute(query).fetchone() for query in counted]

    assert judge(warehouse, 9) == judge(warehouse, 9)
    once = counts()
    judge(warehouse, 9)
    assert counts() == once
    assert all(once)


def test_no_connection_stays_open(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    layer.add(form_by_id("form_2019"), [balanced(form_by_id("form_2019"), 11)])
    judge(warehouse, 10)
    left = layer.conn.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [APPLICATION])
    assert left.fetchone() == (0,)


def test_no_report_gives_no_verdict(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    with pytest.raises(GateError, match="int_current_report has rows"):
        judge(warehouse, 11)
    assert layer.verdicts(11) == {}
    failed = layer.conn.execute("SELECT expectation FROM audit.validation WHERE publication_id = 11 AND NOT success")
    assert failed.fetchall() == [("int_current_report_is_not_empty",)]


def test_no_table_may_be_empty(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    """Each of the tables that hold figures, in every form's suites; all of them are named."""
    for form in all_forms():
        layer.add(form, [balanced(form, 12)])
    for wide in wide_tables():
        layer.conn.execute(f"DELETE FROM intermediate.{wide.name}")
    with pytest.raises(GateError) as refused:
        judge(warehouse, 12)
    assert [wide for wide in wide_tables() if f"{wide.name} has rows" not in str(refused.value)] == []
    failed = layer.conn.execute(
        "SELECT suite, expectation FROM audit.validation WHERE publication_id = 12 AND NOT success"
    ).fetchall()
    for form in all_forms():
        for table in form.tables:
            of_table = [wide.name for wide in wide_tables() if wide.table == table.key]
            assert {(f"{form.form}.{table.key}", f"{name}_is_not_empty") for name in of_table} <= set(failed)
    assert layer.verdicts(12) == {}


def test_no_table_may_be_missing(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    layer.add(form_by_id("form_2019"), [balanced(form_by_id("form_2019"), 13)])
    tables = {expected["meta"]["table"] for suite in verdict_suites() for expected in suite["expectations"]}
    for table in sorted(tables | {DECISION}):
        layer.conn.execute(f"ALTER TABLE intermediate.{table} RENAME TO aside")
        with pytest.raises(GateError, match=f"lacks {table}: build it with dbt"):
            judge(warehouse, 13)
        layer.conn.execute(f"ALTER TABLE intermediate.aside RENAME TO {table}")
    assert layer.verdicts(13) == {}


def test_a_missing_column_gives_no_verdict(warehouse: WarehouseUnderTest, layer: Layer) -> None:
    layer.add(form_by_id("form_2019"), [balanced(form_by_id("form_2019"), 13)])
    layer.conn.execute("ALTER TABLE intermediate.int_disputes_by_row RENAME COLUMN total TO all_of_them")
    with pytest.raises(GateError, match=r"column .* does not exist"):
        judge(warehouse, 13)
    assert layer.verdicts(13) == {}


@pytest.mark.parametrize("content", ['{"name": "x", "expectations": []}', "{}", "", None])
def test_no_suite_may_be_empty(warehouse: WarehouseUnderTest, tmp_path: Path, content: str | None) -> None:
    for name in (suite["name"] for suite in verdict_suites()):
        write(tmp_path)
        path = tmp_path / f"{name}.json"
        path.unlink() if content is None else path.write_text(content)
        with pytest.raises(GateError, match=rf"{name}\.json .*run `python -m gongkai\.quality\.generate`"):
            judge(warehouse, 14, folder=tmp_path)


def test_the_suites_are_found_in_the_project() -> None:
    assert (settings().project_dir / "expectations" / "marts.json").exists()
