"""What blanks may mean. Many agencies leave a zero blank; a blank that hides a figure must not pass.

Missing is never zero in the warehouse. For the question whether the printed figures contradict each other, though,
a blank is read as what the others leave for it, or else as zero; if even that does not balance, a figure is missing.
"""

from __future__ import annotations

from collections.abc import Collection

from gongkai.check.equations import Number, Numbers, Result, evaluate
from gongkai.check.finding import Suspect
from gongkai.check.locate import locate
from gongkai.forms import CellKey, Equation, Form


def contradictions(
    form: Form, numbers: Numbers, blanks: Collection[CellKey], absent: Collection[CellKey] = frozenset()
) -> list[Result]:
    """Equations that cannot be assessed for blanks, and that fail whatever the blanks may stand for.

    `absent` cells belong to rows that the sheet does not print: they count as nothing, and an equation of which a whole
    side is absent says nothing.
    """
    filled = _fill(form, numbers, blanks, absent)
    settled = {_place(e) for e in form.equations if evaluate(e, numbers).outcome != "not_assessable"}
    open_ones = [e for e in _asked(form, absent) if _place(e) not in settled]
    return [result for e in open_ones if (result := evaluate(e, filled)).outcome == "fails"]


def suspects_beside_blanks(
    form: Form, numbers: Numbers, blanks: Collection[CellKey], absent: Collection[CellKey] = frozenset()
) -> dict[Equation, Suspect]:
    """For each equation that fails with every blank as zero the one printed cell whose change mends all of them.

    A blank is never a suspect, but it competes: where to fill one would do as well, nothing is named.
    """
    zeros = {**numbers, **dict.fromkeys((*blanks, *absent), 0)}
    results = [evaluate(equation, zeros) for equation in _asked(form, absent)]
    found = locate(form, zeros, [result for result in results if result.outcome == "fails"])
    return {equation: suspect for equation, suspect in found.items() if numbers.get(suspect.key) is not None}


def assessed_share(
    form: Form, numbers: Numbers, blanks: Collection[CellKey], absent: Collection[CellKey] = frozenset()
) -> float:
    """The share of the places with equations that say anything about this report, blanks read as above."""
    filled = _fill(form, numbers, blanks, absent)
    asked = {_place(e) for e in _asked(form, absent)}
    assessed = {_place(e) for e in _asked(form, absent) if evaluate(e, filled).outcome != "not_assessable"}
    return len(assessed) / len(asked) if asked else 0.0


def _place(equation: Equation) -> tuple[str, str | None, str | None]:
    """Where an equation stands; those for several versions of a sheet stand in one place."""
    return equation.identity.name, equation.row, equation.column


def _asked(form: Form, absent: Collection[CellKey]) -> list[Equation]:
    return [
        equation
        for equation in form.equations
        if equation.identity.kind != "advisory"
        and not any(all(key in absent for key in side) for side in (equation.left, equation.right))
    ]


def _fill(
    form: Form, numbers: Numbers, blanks: Collection[CellKey], absent: Collection[CellKey]
) -> dict[CellKey, Number | None]:
    filled = {**numbers, **dict.fromkeys(absent, 0)}
    remaining = set(blanks)
    progress = True
    while progress and remaining:
        progress = False
        for equation in form.equations:
            key = _only_blank(equation, filled, remaining)
            if key is None or equation.identity.kind == "advisory":
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
    if equation.identity.relation != "=" or result.outcome == "not_assessable":
        return None
    return result.gap if key in equation.left else -result.gap
