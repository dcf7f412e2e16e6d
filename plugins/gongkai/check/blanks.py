"""What blanks may mean. Many agencies leave a zero blank; a blank that hides a figure must not pass.

Missing is never zero in the warehouse. For the question whether the printed figures contradict each other, though,
a blank is read as what the others leave for it, or else as zero; if even that does not balance, a figure is missing.
"""

from __future__ import annotations

from collections.abc import Collection

from gongkai.check.equations import Number, Numbers, Result, evaluate
from gongkai.forms import CellKey, Equation, Form


def contradictions(form: Form, numbers: Numbers, blanks: Collection[CellKey]) -> list[Result]:
    """Equations that cannot be assessed for blanks, and that fail whatever the blanks may stand for."""
    filled = _fill(form, numbers, blanks)
    open_ones = [e for e in form.equations if evaluate(e, numbers).outcome == "not_assessable"]
    return [result for e in open_ones if (result := evaluate(e, filled)).outcome == "fails"]


def assessed_share(form: Form, numbers: Numbers, blanks: Collection[CellKey]) -> float:
    """The share of the form's equations that say anything about this report, blanks read as above."""
    filled = _fill(form, numbers, blanks)
    assessed = sum(evaluate(e, filled).outcome != "not_assessable" for e in form.equations)
    return assessed / len(form.equations)


def _fill(form: Form, numbers: Numbers, blanks: Collection[CellKey]) -> dict[CellKey, Number | None]:
    filled = dict(numbers)
    remaining = set(blanks)
    progress = True
    while progress and remaining:
        progress = False
        for equation in form.equations:
            key = _only_blank(equation, filled, remaining)
            if key is None:
                continue
            value = _value_left(equation, key, filled)
            if value is not None and value >= 0:
                filled[key] = value
                remaining.discard(key)
                progress = True
    filled.update(dict.fromkeys(remaining, 0))
    return filled


def _only_blank(equation: Equation, numbers: Numbers, blanks: Collection[CellKey]) -> CellKey | None:
    missing = [key for key in equation.cells if numbers.get(key) is None]
    return missing[0] if len(missing) == 1 and missing[0] in blanks else None


def _value_left(equation: Equation, key: CellKey, numbers: Numbers) -> Number | None:
    result = evaluate(equation, {**numbers, key: 0})
    if equation.identity.relation != "=":
        return None
    return result.gap if key in equation.left else -result.gap
