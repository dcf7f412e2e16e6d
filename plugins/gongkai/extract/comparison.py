"""Two reports beside each other: facts and cells that differ, and, of two years running, what carries over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from gongkai.check import (
    Finding,
    Incomparable,
    Number,
    Pair,
    Repetition,
    align_forms,
    check_continuity,
    repetition,
    total,
)
from gongkai.check.finding import as_number
from gongkai.extract.cells import numbers_of
from gongkai.extract.labels import fold
from gongkai.extract.report import Cell, Report
from gongkai.forms import CellKey, form_by_id

PROSE_REPEATED = "prose_repeated"
_FACTS: tuple[Literal["agency", "year", "scope", "form"], ...] = ("agency", "year", "scope", "form")


class Said(NamedTuple):
    """What one report says in a cell, or in several that are added up: `state` is that of the one cell, else None."""

    value: Number | None
    text: str | None
    state: str | None

    def to_json(self) -> dict[str, Any]:
        return {"value": as_number(self.value), "text": self.text, "state": self.state}


class CellDifference(NamedTuple):
    """A pair of cells that do not say the same."""

    pair: Pair
    a: Said
    b: Said

    @property
    def change(self) -> Number | None:
        """b - a; None where one of them is no figure."""
        return None if self.a.value is None or self.b.value is None else self.b.value - self.a.value


@dataclass(frozen=True, slots=True)
class Comparison:
    """What :func:`compare` finds. facts: (name, in a, in b) of those that differ.

    compared: how many pairs of cells were. continuity, repeated: None where `b` is not the year after `a`.
    """

    facts: tuple[tuple[str, str | int | None, str | int | None], ...]
    compared: int
    cells: tuple[CellDifference, ...]
    incomparable: tuple[Incomparable, ...]
    continuity: tuple[Finding, ...] | None
    repeated: Repetition | None

    @property
    def same(self) -> bool:
        """Whether the two say the same."""
        return not (self.facts or self.cells)


def compare(a: Report, b: Report, prose_a: Sequence[str], prose_b: Sequence[str]) -> Comparison:
    """Compare two reports; their prose is given as sentences (see :mod:`gongkai.extract.prose`)."""
    form_a, form_b = form_by_id(a.form), form_by_id(b.form)
    alignment = align_forms(form_a, form_b)
    continuity, repeated = None, None
    if a.year is not None and b.year == a.year + 1:
        found = check_continuity(form_a, numbers_of(a.cells), form_b, numbers_of(b.cells))
        repeated = repetition(prose_a, prose_b)
        continuity = (*found, *_repeated_finding(repeated))
    return Comparison(
        facts=tuple(_facts(a, b)),
        compared=len(alignment.pairs),
        cells=tuple(_differences(alignment.pairs, a, b)),
        incomparable=alignment.incomparable,
        continuity=continuity,
        repeated=repeated,
    )


def _facts(a: Report, b: Report) -> Iterator[tuple[str, str | int | None, str | int | None]]:
    for name in _FACTS:
        in_a, in_b = getattr(a, name), getattr(b, name)
        if fold(str(in_a)) != fold(str(in_b)):
            yield name, in_a, in_b


def _differences(pairs: Sequence[Pair], a: Report, b: Report) -> Iterator[CellDifference]:
    numbers_a, numbers_b = numbers_of(a.cells), numbers_of(b.cells)
    for pair in pairs:
        in_a, in_b = _said(pair.a, a.cells, numbers_a), _said(pair.b, b.cells, numbers_b)
        if _differ(in_a, in_b):
            yield CellDifference(pair, in_a, in_b)


def _said(keys: Sequence[CellKey], cells: Mapping[CellKey, Cell], numbers: Mapping[CellKey, Number | None]) -> Said:
    if len(keys) == 1:
        cell = cells[keys[0]]
        return Said(numbers[cell.key], cell.text, cell.state.value)
    return Said(total(keys, numbers), None, None)


def _differ(a: Said, b: Said) -> bool:
    """Figures differ by value; what is no figure by its state (missing is never zero), words by what they say."""
    if a.value is not None and b.value is not None:
        return a.value != b.value
    return (a.value, a.state, fold(a.text or "")) != (b.value, b.state, fold(b.text or ""))


def _repeated_finding(repeated: Repetition) -> Iterator[Finding]:
    if not repeated.too_much or repeated.share is None:
        return
    share = round(100 * repeated.share)
    yield Finding(
        identity=PROSE_REPEATED,
        kind="advisory",
        table=None,
        row=None,
        column=None,
        left=repeated.repeated,
        right=repeated.characters,
        fault="publisher",
        suspect=None,
        message_zh=f"本年正文有 {share}% 与上年逐字相同（{repeated.repeated}/{repeated.characters} 字，不计套话）。",
        message_en=f"{share} % of this year's prose stands word for word in last year's "
        f"({repeated.repeated} of {repeated.characters} characters, boilerplate apart).",
    )
