"""`gongkai check`, Great Expectations and dbt's own test name the same broken rules, on any report of any form.

All reports go through one load, one dbt build and one pass; what is drawn differs from run to run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random, SystemRandom

import pytest

from gongkai.check import check_numbers
from gongkai.errors import WarehouseError
from gongkai.forms import Equation, Form, all_forms
from gongkai.quality import verdicts
from gongkai.warehouse.dbt.run import invoke, run_stage
from tests.integration.quality.figures import Broken, Figures, balanced, break_alone, broken, holding, mutated
from tests.integration.quality.reports import as_read, load_year
from tests.support.warehouse import WarehouseUnderTest

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]

SEED = int(os.environ.get("GONGKAI_TEST_SEED", SystemRandom().randrange(10**6)))
"""Of everything that is drawn; a failure names it, and the variable gives it again."""

DRAWN = 75
"""Random reports of each form."""

EQUATIONS = [(form, n) for form in all_forms() for n in range(len(form.equations))]
EQUATION_IDS = [
    f"{form.form}-{form.equations[n].identity.name}-{form.equations[n].row or form.equations[n].column}-{n}"
    for form, n in EQUATIONS
]


@dataclass(frozen=True)
class Judged:
    """What each enforcer found, by the name of the report. dbt's test only looks at what holds a report."""

    figures: Mapping[str, tuple[Form, Figures]]
    check: Mapping[str, set[Broken]]
    suites: Mapping[str, set[Broken]]
    dbt: Mapping[str, set[Broken]]
    verdicts: Mapping[str, str]


def drawn_reports() -> Iterator[tuple[str, Form, Figures]]:
    for form in all_forms():
        for n, equation in enumerate(form.equations):
            yield f"{form.form}-alone-{n}", form, break_alone(form, equation, balanced(form, SEED + n))
        for n in range(DRAWN):
            yield f"{form.form}-drawn-{SEED + n}", form, mutated(form, SEED + n)


def by_report(rows: Sequence[tuple[str, ...]]) -> dict[str, set[Broken]]:
    found: dict[str, set[Broken]] = {}
    for name, *place in rows:
        found.setdefault(name, set()).add(Broken(*place))
    return found


@pytest.fixture(scope="module")
def judged(warehouse: WarehouseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    figures = {name: (form, drawn) for name, form, drawn in drawn_reports()}
    states = Random(SEED)
    for form in all_forms():
        year = form.years.first
        of_form = [(name, drawn) for name, (its, drawn) in figures.items() if its is form]
        load_year(warehouse, year, [as_read(form, name, drawn, year, states) for name, drawn in of_form])
    dsn, target = warehouse.dsns.owner, tmp_path_factory.mktemp("dbt")
    run_stage("intermediate", dsn, 1, target)
    verdicts(dsn, 1)
    with warehouse.connect() as conn:
        said = "SELECT agency_printed, {} JOIN raw.report USING (report_id)"
        place = "identity, table_key, row_key, column_key"
        suites = conn.execute(said.format(f"{place} FROM audit.violation").encode()).fetchall()
        given = conn.execute(said.format("verdict.verdict FROM audit.verdict").encode()).fetchall()
        conn.execute("UPDATE audit.verdict SET verdict = 'accepted'")  # so that dbt sees all of them
        invoke(["run", "--select", "agency_year"], dsn, 1, target)
        with pytest.raises(WarehouseError, match="accepted_reports_balance"):
            invoke(["test", "--select", "accepted_reports_balance", "--store-failures"], dsn, 1, target)
        dbt = conn.execute(said.format(f"{place} FROM dbt_test__audit.accepted_reports_balance").encode()).fetchall()
    check = {
        name: {Broken(f.identity, f.table or "", f.row, f.column) for f in check_numbers(form, drawn)}
        for name, (form, drawn) in figures.items()
    }
    return Judged(figures, check, by_report(suites), by_report(dbt), dict(given))


def test_all_three_name_the_same_broken_rules(judged: Judged) -> None:
    for name, (form, drawn) in judged.figures.items():
        expected = set(broken(form, drawn))
        assert judged.check[name] == expected, f"check differs on {name} (seed {SEED})"
        assert judged.suites.get(name, set()) == expected, f"the suites differ on {name} (seed {SEED})"
        assert judged.dbt.get(name, set()) == holding(form, expected), f"dbt differs on {name} (seed {SEED})"
        held = "held" if holding(form, expected) else "accepted"
        assert judged.verdicts[name] == held, f"verdict on {name} (seed {SEED})"


def test_what_was_drawn_is_of_every_kind(judged: Judged) -> None:
    """Or the agreement proves nothing."""
    for form in all_forms():
        drawn = [name for name in judged.figures if name.startswith(f"{form.form}-drawn")]
        held = [name for name in drawn if judged.verdicts[name] == "held"]
        assert DRAWN / 10 < len(held) < DRAWN * 9 / 10, f"seed {SEED}"
        assert any(value is None for name in drawn for value in judged.figures[name][1].values())
        found = {place.identity for name in drawn for place in judged.check[name]}
        assert {"count_not_negative", "count_is_whole"} < found, f"seed {SEED}"


@pytest.mark.parametrize(("form", "number"), EQUATIONS, ids=EQUATION_IDS)
def test_each_equation_is_seen_when_it_alone_is_broken(judged: Judged, form: Form, number: int) -> None:
    equation: Equation = form.equations[number]
    place = Broken(equation.identity.name, equation.identity.table, equation.row, equation.column)
    name = f"{form.form}-alone-{number}"
    assert judged.check[name] == judged.suites[name] == {place}, f"seed {SEED}"
    advisory = equation.identity.kind == "advisory"
    assert judged.dbt.get(name, set()) == (set() if advisory else {place}), f"seed {SEED}"
    assert judged.verdicts[name] == ("accepted" if advisory else "held")
