"""Fault location: the crossing of row and column equations names the one cell whose change would mend them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gongkai.check.equations import Number, Numbers, Result, evaluate
from gongkai.check.finding import Suspect
from gongkai.forms import CellKey, Equation, Form


def locate(form: Form, numbers: Numbers, failures: Sequence[Result]) -> dict[Equation, Suspect]:
    """For each failing equation the suspect cell, where exactly one change of one cell mends its whole cluster.

    A change counts only if it breaks no equation that holds and leaves the cell within its domain (a count cannot
    become negative). Where several cells would do, nothing is named: a guess is not a finding.
    """
    suspects: dict[Equation, Suspect] = {}
    for cluster in _clusters(failures):
        found = list(_mending_cells(form, numbers, cluster))
        if len(found) == 1:
            suspects.update(dict.fromkeys((result.equation for result in cluster), found[0]))
    return suspects


def _clusters(failures: Sequence[Result]) -> list[list[Result]]:
    """Failing equations grouped so that two which share a cell stand together."""
    clusters: list[tuple[set[CellKey], list[Result]]] = []
    for result in failures:
        cells, members = set(result.equation.cells), [result]
        apart = []
        for other_cells, others in clusters:
            if cells & other_cells:
                cells |= other_cells
                members = others + members
            else:
                apart.append((other_cells, others))
        clusters = [*apart, (cells, members)]
    return [members for _, members in clusters]


def _mending_cells(form: Form, numbers: Numbers, cluster: Sequence[Result]) -> Iterable[Suspect]:
    shared = set(cluster[0].equation.cells)
    for result in cluster[1:]:
        shared &= set(result.equation.cells)
    for key in sorted(shared):
        printed = numbers.get(key)
        if printed is None:
            continue
        balances = printed + _needed_change(key, cluster[0])
        if balances < 0 and not form.columns_of_cells[key].may_be_negative:
            continue
        if _mends(form, {**numbers, key: balances}, key):
            yield Suspect(key, printed, balances)


def _needed_change(key: CellKey, result: Result) -> Number:
    return result.gap if key in result.equation.left else -result.gap


def _mends(form: Form, changed: Numbers, key: CellKey) -> bool:
    return all(evaluate(equation, changed).outcome != "fails" for equation in form.equations if key in equation.cells)
