"""Rows that print fewer figures than the form has columns: the arithmetic says where the gap is, or nobody does.

A page break can swallow one zero of a row. Every place where the gap could be is tried; what all placements that
balance agree on is kept, the cell that was not printed is marked as inferred, and what stays open is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from gongkai.check import evaluate
from gongkai.check.equations import Number
from gongkai.forms import CellKey, Equation, Form

_GAPS_TRIED = 2
_WITNESSES = 2
"""Equations that must agree on a figure before it may be inferred: one computes it, another confirms it."""


class Placement(NamedTuple):
    """Where a short row's figures belong: the index of each key's token, None where none was printed."""

    tokens: tuple[int | None, ...]
    inferred: Mapping[CellKey, Number]


def place_short_row(
    form: Form, keys: Sequence[CellKey], printed: Sequence[Number | None], known: Mapping[CellKey, Number | None]
) -> Placement | None:
    """Find the one reading of a short row that balances.

    Args:
        form: gives the equations.
        keys: the cells of the row, in printed order.
        printed: fewer figures than keys, in printed order; None for a blank or words.
        known: the figures of all other rows.

    Returns:
        The placement when every balancing one gives the same figures, else None.
    """
    gaps = len(keys) - len(printed)
    if not 0 < gaps <= _GAPS_TRIED or any(number is None for number in printed):
        return None
    equations = [equation for equation in form.equations if set(keys) & set(equation.cells)]
    found = list(_balancing(keys, printed, known, equations))
    readings = {tuple(numbers[key] for key in keys) for _, numbers in found}
    if len(readings) != 1:
        return None
    # which of several equal zeros was swallowed cannot be known; the total, at the row's end, is the least likely
    gap, numbers = max(found, key=lambda placed: (keys[-1] not in placed[0], found.index(placed)))
    if not all(numbers[key] == 0 or _confirmed(key, {**known, **numbers}, equations) for key in gap):
        return None
    places = iter(range(len(printed)))
    tokens = tuple(None if key in gap else next(places) for key in keys)
    return Placement(tokens, {key: numbers[key] for key in gap})


def find_split(
    form: Form, keys: Sequence[CellKey], printed: Sequence[str], known: Mapping[CellKey, Number | None]
) -> int | None:
    """Where a row that prints one figure too many has one in two pieces: 2 | 0 for 20.

    Args:
        form: gives the equations.
        keys: the cells of the row, in printed order.
        printed: the texts of one more cell than keys.
        known: the figures of all other rows.

    Returns:
        The place of the first piece, where joining these two, and no other two, balances the row and the cell's column;
        else None.
    """
    if len(printed) != len(keys) + 1 or not all(text.isdecimal() for text in printed):
        return None
    equations = [equation for equation in form.equations if set(keys) & set(equation.cells)]
    found: dict[tuple[int, ...], int] = {}
    for at in (at for at in range(len(keys)) if not printed[at].startswith("0")):
        figures = tuple(map(int, (*printed[:at], printed[at] + printed[at + 1], *printed[at + 2 :])))
        numbers = {**known, **dict(zip(keys, figures, strict=True))}
        fails = any(evaluate(equation, numbers).outcome == "fails" for equation in equations)
        if not fails and _confirmed(keys[at], numbers, equations):
            found[figures] = at
    return next(iter(found.values())) if len(found) == 1 else None


def _balancing(
    keys: Sequence[CellKey],
    printed: Sequence[Number | None],
    known: Mapping[CellKey, Number | None],
    equations: Sequence[Equation],
) -> Iterator[tuple[frozenset[CellKey], dict[CellKey, Number]]]:
    for gap in combinations(keys, len(keys) - len(printed)):
        rest = [key for key in keys if key not in gap]
        numbers = {**known, **dict(zip(rest, printed, strict=True)), **dict.fromkeys(gap)}
        solved = infer(equations, numbers, gap, witnesses=1)
        numbers.update(solved)
        if len(solved) == len(gap) and all(evaluate(e, numbers).outcome != "fails" for e in equations):
            yield frozenset(gap), {key: number for key in keys if (number := numbers[key]) is not None}


def _confirmed(key: CellKey, numbers: Mapping[CellKey, Number | None], equations: Sequence[Equation]) -> bool:
    witnesses = [e for e in equations if key in e.cells and evaluate(e, numbers).outcome == "holds"]
    return len(witnesses) >= _WITNESSES


def infer(
    equations: Sequence[Equation],
    numbers: Mapping[CellKey, Number | None],
    missing: Sequence[CellKey],
    witnesses: int = _WITNESSES,
) -> dict[CellKey, Number]:
    """The missing figures that at least `witnesses` equations determine, all to the same non-negative number."""
    found: dict[CellKey, Number] = {}
    progress = True
    while progress:
        progress = False
        current = {**numbers, **found}
        for key in missing:
            if key in found:
                continue
            answers = [a for e in equations if key in e.cells and (a := _solve(e, key, current)) is not None]
            if len(answers) >= witnesses and len(set(answers)) == 1 and answers[0] >= 0:
                found[key] = answers[0]
                progress = True
    return found


def _solve(equation: Equation, key: CellKey, numbers: Mapping[CellKey, Number | None]) -> Number | None:
    """The value of `key` that makes an equation hold, when all its other cells are known."""
    if equation.identity.relation != "=" or equation.identity.kind == "advisory":
        return None
    if any(numbers.get(cell) is not None for cell in equation.unless):
        return None
    balance: Number = 0
    for sign, side in ((1, equation.right), (-1, equation.left)):
        for cell in side:
            if cell == key:
                continue
            number = numbers.get(cell)
            if number is None:
                return None
            balance += sign * number
    return balance if key in equation.left else -balance
