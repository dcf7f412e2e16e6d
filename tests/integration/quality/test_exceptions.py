"""Exceptions of a publication's lock: they excuse what they cover, in no other report and no other publication."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gongkai.forms import all_forms
from gongkai.quality import verdicts
from gongkai.quality.exceptions import ReviewedException
from gongkai.warehouse.lock import write_lock
from tests.integration.quality.figures import balanced, broken, spoil
from tests.integration.quality.layer import Layer
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres

FORM = all_forms()[-1]
YEAR = FORM.years.first
FIGURES = balanced(FORM, 1)
ALONE = [equation for equation in FORM.equations if len(list(broken(FORM, spoil(equation, FIGURES)))) == 1]
"""Equations that a slip in one of their cells breaks alone."""


def line(**changed: Any) -> dict[str, Any]:
    given = {
        **{"name": "city.csv:2", "rule": ALONE[0].identity.name, "form": FORM.form, "region": "3303*"},
        **{"agency": "*", "first_year": YEAR, "last_year": YEAR, "reason": "模板", "evidence": "公文"},
        "until": date(2099, 1, 1),
    }
    return ReviewedException.model_validate(given | changed).to_line()


def test_an_exception_excuses_what_it_covers_and_nothing_else(warehouse: WarehouseUnderTest) -> None:
    first = ALONE[0]
    other = next(equation for equation in FORM.equations if equation.identity.table != first.identity.table)
    spoilt = spoil(first, FIGURES)
    with warehouse.connect() as conn:
        layer = Layer(conn)
        covered, elsewhere, worse, good = layer.add(FORM, [spoilt, spoilt, spoil(other, spoilt), FIGURES])
        for report, region in ((covered, "330302"), (elsewhere, "110000"), (worse, "330303")):
            conn.execute(
                "INSERT INTO raw.agency (agency_id, name, name_normalised, region_code) VALUES (%s, 'n', 'n', %s)",
                (f"agency-{report.report_id}", region),
            )
        expected = {covered.report_id: "accepted_as_printed", good.report_id: "accepted"}
        held = {elsewhere.report_id: "held", worse.report_id: "held"}
        write_lock(conn, 1, [line()])
        verdicts(warehouse.dsns.owner, 1)
        assert layer.verdicts(1) == expected | held
        excused = conn.execute(
            "SELECT DISTINCT report_id, excused_by FROM audit.violation WHERE publication_id = 1 AND identity = %s "
            "AND excused_by IS NOT NULL ORDER BY 1",
            (first.identity.name,),
        )
        assert excused.fetchall() == [(covered.report_id, "city.csv:2"), (worse.report_id, "city.csv:2")]
        for number, changed in enumerate(
            ({"first_year": YEAR + 1, "last_year": YEAR + 1}, {"agency": "someone*"}, {"rule": other.identity.name}), 2
        ):
            write_lock(conn, number, [line(**changed)])
            verdicts(warehouse.dsns.owner, number)
            assert layer.verdicts(number)[covered.report_id] == "held", changed
        write_lock(conn, 5, [line(region="*", agency=f"agency-{elsewhere.report_id}")])
        verdicts(warehouse.dsns.owner, 5)
        assert layer.verdicts(5)[elsewhere.report_id] == "accepted_as_printed"
        verdicts(warehouse.dsns.owner, 1)  # an earlier publication keeps its own exceptions
        assert layer.verdicts(1) == expected | held
