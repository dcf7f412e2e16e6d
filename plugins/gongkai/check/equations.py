"""Three-valued evaluation of the form's equations: holds, fails, or cannot be assessed because a figure is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from gongkai.forms import CellKey, Equation

Number = int | Decimal
Numbers = Mapping[CellKey, Number | None]
"""The figures of a report; a missing one is None or absent, never zero."""

Outcome = Literal["holds", "fails", "not_assessable"]


@dataclass(frozen=True, slots=True)
class Result:
    """What one equation says about one report. `left` and `right` are None where a figure is missing."""

    equation: Equation
    outcome: Outcome
    left: Number | None
    right: Number | None

    @property
    def gap(self) -> Number:
        """right - left of an assessable equation."""
        if self.left is None or self.right is None:
            raise ValueError(f"{self.equation.identity.name} is not assessable and has no gap")
        return self.right - self.left


def evaluate(equation: Equation, numbers: Numbers) -> Result:
    """Evaluate one equation; missing figures make it not assessable, neither passed nor failed."""
    left, right = total(equation.left, numbers), total(equation.right, numbers)
    of_another_sheet = any(numbers.get(key) is not None for key in equation.unless)
    if left is None or right is None or of_another_sheet:
        return Result(equation, "not_assessable", left, right)
    holds = left == right if equation.identity.relation == "=" else left <= right
    return Result(equation, "holds" if holds else "fails", left, right)


def total(keys: Iterable[CellKey], numbers: Numbers) -> Number | None:
    """The sum of some cells; None when one of them is missing."""
    added: Number = 0
    for key in keys:
        number = numbers.get(key)
        if number is None:
            return None
        added += number
    return added
