"""Figures that satisfy a form, for tests that print them and read them back."""

from __future__ import annotations

from random import Random

from gongkai.demo.figures import solve
from gongkai.forms import CellKey, Equation, Form

Figures = dict[CellKey, int]


def balanced_figures(form: Form, random: Random, *, most: int = 40, density: float = 0.3) -> Figures:
    """Whole figures in every cell; `density` is the share of the parts that are not zero."""
    sums = [e for e in form.equations if e.identity.relation == "=" and e.identity.kind != "advisory"]
    totals = {key for equation in sums for key in _solved(equation)}
    figures = {
        key: random.randint(1, most) if random.random() < density else 0 for key in form.cell_ids if key not in totals
    }
    solve(form, figures)
    _no_negatives(form, figures)
    for equation in form.equations:
        if equation.identity.relation == "<=":
            figures[equation.right[0]] += sum(figures[key] for key in equation.left)
    return {key: figures[key] for key in form.cell_ids}


def _solved(equation: Equation) -> tuple[CellKey, ...]:
    """The cell of an equation that the others determine: its total, or the first of what came in."""
    return equation.right if len(equation.right) == 1 else equation.left[:1]


def _no_negatives(form: Form, figures: Figures) -> None:
    """More was carried over than came in all: shift the surplus to what is carried forward."""
    for equation in form.equations:
        if len(equation.right) == 1 or equation.identity.relation != "=":
            continue
        first, last = equation.left[0], equation.right[-1]
        if figures[first] < 0:
            figures[last] -= figures[first]
            figures[first] = 0
    for equation in form.equations:
        if equation.identity.per == "row" and equation.identity.relation == "=":
            figures[equation.right[0]] = sum(figures[key] for key in equation.left)


def as_text(form: Form, figures: Figures) -> dict[CellKey, str]:
    """The figures as a report prints them: amounts of money with their unit."""
    columns = form.columns_of_cells
    money = {key for key, value in figures.items() if value and columns[key].value == "amount"}
    return {key: f"{value}元" if key in money else str(value) for key, value in figures.items()}
