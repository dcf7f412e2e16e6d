"""Figures of the city that does not exist: drawn by chance from a seed, then completed by the form's own equations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from random import Random
from typing import Any

from gongkai.forms import CellKey, Column, Equation, Form

Number = int | Decimal
Plan = Mapping[str, Any]


def draw_figures(
    form: Form, plan: Plan, *, agency_id: str, year: int, before: Mapping[CellKey, Number] | None
) -> dict[CellKey, Number]:
    """Figures that satisfy every equation of the form and carry on from the year before.

    Args:
        plan: the contents of ``sample_city.yaml``. before: last year's figures of the agency or its predecessor, in
            whatever form they were; cells that this form does not have are left out.
    """
    random = Random(f"{agency_id} {year}")  # noqa: S311 - a seed for figures of a demo, not a secret
    figures: dict[CellKey, Number] = {}
    for key, column in form.columns_of_cells.items():
        if key in form.totals or key.row in plan["solved"]:
            continue
        carried = _carried(plan, key, before or {})
        figures[key] = carried if carried is not None else _draw(random, plan, agency_id, key, column)
    _raise_to_floors(figures, plan)
    _drop_idle_money(figures, plan)
    _stay_above_zero(form, figures, plan)
    solve(form, figures)
    _widen(form, figures)
    return {key: figures[key] for key in form.cell_ids}


def _carried(plan: Plan, key: CellKey, before: Mapping[CellKey, Number]) -> Number | None:
    rows, columns = plan["carried"]["rows"], plan["carried"]["columns"]
    if key.row in rows:
        return sum((before.get(key._replace(row=row), 0) for row in rows[key.row]), 0)
    if key.column in columns and key in before:
        return sum((before.get(key._replace(column=column), 0) for column in columns[key.column]), 0)
    return None


def _weight(weights: Mapping[str, float], key: str) -> float:
    return weights.get(key, weights["default"])


def _draw(random: Random, plan: Plan, agency_id: str, key: CellKey, column: Column) -> Number:
    scale = plan["scale"].get(agency_id, plan["scale"]["default"])
    row_weight = _weight(plan["rows"], key.row)
    if row_weight == 0 and agency_id in plan["may_make_rules"]:
        row_weight = 0.1
    most = scale * row_weight * _weight(plan["columns"], key.column)
    value = int(random.random() * (most + 0.7)) if most else 0
    if column.may_be_negative:
        return random.choice((-1, 0, 0, 1, 2)) if value else 0
    if not column.is_count:
        return Decimal(random.randint(0, round(scale * 4_000))) * 100
    return value


def _raise_to_floors(figures: dict[CellKey, Number], plan: Plan) -> None:
    for key in list(figures):
        floor = plan["floor"].get(key.row)
        if floor is not None:
            figures[key] = max(figures[key], figures[key._replace(row=floor)])


def _drop_idle_money(figures: dict[CellKey, Number], plan: Plan) -> None:
    """No amount without the projects it was spent on."""
    for key in list(figures):
        other = plan["money"].get(key.column, {}).get("unless")
        if other is not None and figures[key._replace(column=other)] == 0:
            figures[key] = Decimal(0)


def _stay_above_zero(form: Form, figures: dict[CellKey, Number], plan: Plan) -> None:
    """No change takes away more than there was."""
    for key in list(figures):
        parts = [key._replace(column=column) for column in plan["carried"]["columns"].get(key.column, ())]
        if sum(figures[part] for part in parts) < 0:
            figures.update((part, 0) for part in parts if form.columns_of_cells[part].may_be_negative)


def solve(form: Form, figures: dict[CellKey, Number]) -> None:
    """Fill in, one after the other, every cell that an equation with a single gap determines."""
    equations = [
        equation
        for equation in form.equations
        if equation.identity.relation == "=" and equation.identity.kind != "advisory" and not equation.unless
    ]
    while pending := [equation for equation in equations if _only_gap(equation, figures) is not None]:
        for equation in pending:
            gap = _only_gap(equation, figures)  # another equation may have filled it meanwhile
            if gap is None:
                continue
            left = sum((figures.get(key, 0) for key in equation.left), 0)
            right = sum((figures.get(key, 0) for key in equation.right), 0)
            figures[gap] = right - left if gap in equation.left else left - right


def _only_gap(equation: Equation, figures: Mapping[CellKey, Number]) -> CellKey | None:
    gaps = [key for key in equation.cells if key not in figures]
    return gaps[0] if len(gaps) == 1 else None


def _widen(form: Form, figures: dict[CellKey, Number]) -> None:
    """Inequalities: what contains is at least as large as what it contains."""
    for equation in form.equations:
        if equation.identity.relation == "<=":
            whole = equation.right[0]
            figures[whole] = max(figures[whole], sum(figures[key] for key in equation.left))


def holds(equation: Equation, figures: Mapping[CellKey, Number]) -> bool:
    """Whether the equation is true of the figures."""
    left, right = (sum(figures[key] for key in side) for side in (equation.left, equation.right))
    return left == right if equation.identity.relation == "=" else left <= right


def printed(form: Form, figures: Mapping[CellKey, Number], plan: Plan, random: Random) -> dict[CellKey, str]:
    """The figures as text; money with one of the units that agencies put behind it."""
    columns = form.columns_of_cells
    return {key: _text(value, columns[key], plan, random) for key, value in figures.items()}


def _text(value: Number, column: Column, plan: Plan, random: Random) -> str:
    if column.is_count or not value:
        return str(value.quantize(Decimal(1)) if isinstance(value, Decimal) else value)
    unit = random.choice(plan["money"][column.key]["units"])
    in_wan = column.value == "amount_wan_yuan" or unit == "万元"
    return f"{_plain(Decimal(value) / 10_000 if in_wan else Decimal(value))}{unit}"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def changed(figures: Mapping[CellKey, Number], changes: Mapping[str, int]) -> dict[CellKey, Number]:
    """The figures with some cells misprinted by the given amounts.

    Raises:
        KeyError: a change names a cell that the form does not have.
    """
    spoilt = dict(figures)
    for address, amount in changes.items():
        spoilt[cell_key(address)] += amount
    return spoilt


def cell_key(address: str) -> CellKey:
    """``table.row.column`` as a key."""
    table, row, column = address.split(".")
    return CellKey(table, row, column)


def broken_identities(form: Form, figures: Mapping[CellKey, Number]) -> Iterator[str]:
    """The names of the identities that the figures break, one for each place."""
    return (eq.identity.name for eq in form.equations if not holds(eq, figures))
