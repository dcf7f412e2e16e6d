"""Figures of reports that balance, ways to spoil them, and an evaluation of the forms' arithmetic in plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from random import Random
from typing import NamedTuple

from gongkai.forms import CellKey, Equation, Form

Figures = dict[CellKey, int | Decimal | None]


class Broken(NamedTuple):
    """A place where something does not hold, as audit.violation has it."""

    identity: str
    table: str
    row: str | None
    column: str | None


def balanced(form: Form, seed: int) -> Figures:
    """A full report: parts drawn by the seed, none of them zero, and totals made to fit."""
    random = _drawn_by(seed)
    figures: dict[CellKey, int] = {key: random.randint(1, 30) for key in form.cell_ids}
    for _ in range(5):  # totals of totals settle after a few rounds
        for equation in hard(form):
            if not equation.unless:
                _settle(equation, figures)
    assert not holding(form, broken(form, figures))
    return dict(figures)


def hard(form: Form) -> list[Equation]:
    """The equations that hold a report when they fail."""
    return [equation for equation in form.equations if equation.identity.kind != "advisory"]


def holding(form: Form, places: Iterable[Broken]) -> set[Broken]:
    """Of the places where something does not hold, those that hold the report."""
    advisory = {identity.name for identity in form.identities if identity.kind == "advisory"}
    return {place for place in places if place.identity not in advisory}


def mutated(form: Form, seed: int) -> Figures:
    """A balanced report in which some cells are changed, dropped, or made what a count cannot be."""
    random = _drawn_by(seed)
    figures = balanced(form, seed)
    for key in random.sample(list(figures), random.choice((0, 1, 1, 2, 6))):
        figures[key] = random.choice((None, 0, -3, 7, 10**12, Decimal("1.5"), random.randint(0, 60)))
    return figures


def _drawn_by(seed: int) -> Random:
    return Random(seed)


def _settle(equation: Equation, figures: dict[CellKey, int]) -> None:
    left, right = (sum(figures[key] for key in side) for side in (equation.left, equation.right))
    if equation.identity.relation == "<=":
        figures[equation.right[0]] += max(0, left - right)
    elif len(equation.right) == 1:
        figures[equation.right[0]] += left - right
    else:
        figures[equation.left[0]] += right - left


def spoil(equation: Equation, figures: Figures) -> Figures:
    """The figures with one cell changed so that the equation does not hold, in a sheet that it speaks of."""
    figures = {**figures, **dict.fromkeys(equation.unless)}
    left, right = (sum(figures[key] or 0 for key in side) for side in (equation.left, equation.right))
    first = equation.left[0]
    return {**figures, first: (figures[first] or 0) + right - left + 1}


def break_alone(form: Form, equation: Equation, figures: Figures) -> Figures:
    """The figures with the equation broken and no other: those that would fail with it lack a figure."""
    spoilt = spoil(equation, figures)
    while others := [other for other in form.equations if other != equation and _fails(other, spoilt)]:
        spoilt[next(key for key in others[0].cells if key not in equation.cells)] = None
    return spoilt


def _fails(equation: Equation, figures: Figures) -> bool:
    place = Broken(equation.identity.name, equation.identity.table, equation.row, equation.column)
    return place in set(_broken_equations([equation], figures))


def broken(form: Form, figures: Mapping[CellKey, int | Decimal | None]) -> Iterator[Broken]:
    """Every equation that does not hold and every figure that a count cannot be. Missing figures prove nothing."""
    yield from _broken_equations(form.equations, figures)
    for key, column in form.columns_of_cells.items():
        value = figures.get(key)
        if value is not None and value < 0 and not column.may_be_negative:
            yield Broken("count_not_negative", *key)
        if value is not None and value % 1 and column.is_count:
            yield Broken("count_is_whole", *key)


def _broken_equations(
    equations: Iterable[Equation], figures: Mapping[CellKey, int | Decimal | None]
) -> Iterator[Broken]:
    for equation in equations:
        sides = [[figures.get(key) for key in side] for side in (equation.left, equation.right)]
        if any(value is None for side in sides for value in side):
            continue
        if any(figures.get(key) is not None for key in equation.unless):
            continue
        left, right = (sum(value for value in side if value is not None) for side in sides)
        if not (left == right if equation.identity.relation == "=" else left <= right):
            yield Broken(equation.identity.name, equation.identity.table, equation.row, equation.column)
