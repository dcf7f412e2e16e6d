"""What blanks may mean. Many agencies leave a zero blank; a blank that hides a figure must not pass.

Missing is never zero in the warehouse. For the question whether the printed figures contradict each other, though,
a blank total is read as the sum of its parts where these are all printed, and any other blank as zero; if even that
does not balance, a figure is missing. A stroke says that there is nothing, of a total too.
"""

from __future__ import annotations

from collections.abc import Collection

from gongkai.check.equations import Number, Numbers, Result, evaluate
from gongkai.check.finding import Suspect
from gongkai.check.locate import locate
from gongkai.forms import CellKey, Equation, Form


def contradictions(
    form: Form,
    numbers: Numbers,
    blanks: Collection[CellKey],
    absent: Collection[CellKey] = frozenset(),
    strokes: Collection[CellKey] = frozenset(),
) -> list[Result]:
    """Equations that cannot be assessed for blanks, and that fail whatever the blanks may stand for.

    `absent` cells belong to rows that the sheet does not print: they count as nothing, and an equation of which a whole
    side is absent says nothing. `strokes`: cells that print one.
    """
    filled = _fill(form, numbers, blanks, absent, strokes)
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
    form: Form,
    numbers: Numbers,
    blanks: Collection[CellKey],
    absent: Collection[CellKey] = frozenset(),
    strokes: Collection[CellKey] = frozenset(),
) -> float:
    """The share of the places with equations that say anything about this report, blanks read as above."""
    filled = _fill(form, numbers, blanks, absent, strokes)
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
    form: Form, numbers: Numbers, blanks: Collection[CellKey], absent: Collection[CellKey], strokes: Collection[CellKey]
) -> dict[CellKey, Number | None]:
    sums = [equation for equation in _asked(form, absent) if equation.is_sum]
    totals = {equation.right[0] for equation in sums}.intersection(blanks)
    filled = {**numbers, **dict.fromkeys((*absent, *strokes), 0)}
    progress = True
    while progress and totals:
        progress = False
        for equation in sums:
            total = equation.right[0]
            result = evaluate(equation, {**filled, total: 0}) if total in totals else None
            if result and result.outcome != "not_assessable":
                filled[total] = result.left
                totals.discard(total)
                progress = True
    return {**filled, **dict.fromkeys((key for key in blanks if filled.get(key) is None), 0)}
