"""What is printed in a cell: a number with its unit, a note, a blank, a stroke, or words."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from gongkai.extract.report import State
from gongkai.forms import Column

_NOT_APPLICABLE = frozenset({"/", "\\", "-", "--", "—", "——", "———", "–", "无", "不适用", "∕", "-/-", "*"})
_YUAN = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000), "千元": Decimal(1000)}
_WAN = Decimal(10_000)
UNITS = ("亿元", "万元", "千元", "元", "件", "条", "项", "个", "次", "份", "部", "人次", "人")
"""Units that stand behind a figure or in a column of their own; one that ends with another comes first."""

_NUMBER = re.compile(
    r"""(?P<sign>[-+−减增]|减少|增加)?
        (?P<digits>\d{1,3}(?:,\d{3})+|\d+)
        (?P<fraction>\.\d+)?
        (?P<about>余|多)?
        (?P<unit>UNITS)?
        (?P<about_after>左右|余)?
        (?P<note>\(.*\))?$""".replace("UNITS", "|".join(UNITS)),
    re.VERBOSE,
)
_LONGEST_NUMBER = 40


class Figure(NamedTuple):
    """One cell's content. `value` is None unless the state says that there is a number."""

    state: State
    value: int | Decimal | None
    unit: str | None


def _squeeze(text: str) -> str:
    return re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text))


def read_figure(text: str) -> Figure:
    """Read a cell's text as printed; amounts are not yet brought to yuan (see :func:`in_column_unit`)."""
    squeezed = _squeeze(text)
    if not squeezed:
        return Figure(State.BLANK, None, None)
    if squeezed in _NOT_APPLICABLE:
        return Figure(State.NOT_APPLICABLE, None, None)
    match = _NUMBER.match(squeezed) if len(squeezed) <= _LONGEST_NUMBER else None
    if match is None:
        return Figure(State.TEXT, None, None)
    value = _number(match)
    if match["about"] or match["about_after"]:
        return Figure(State.APPROXIMATE, value, match["unit"])
    return Figure(State.VALUE if value else State.ZERO, value, match["unit"])


def _number(match: re.Match[str]) -> int | Decimal:
    digits = match["digits"].replace(",", "")
    value: int | Decimal = Decimal(digits + match["fraction"]) if match["fraction"] else int(digits)
    return -value if match["sign"] and match["sign"][0] in "-−减" else value


def is_figure(text: str) -> bool:
    """Whether a text can be the content of a cell of figures (a blank is not)."""
    return read_figure(text).state not in (State.TEXT, State.BLANK)


def in_column_unit(figure: Figure, column: Column) -> Figure:
    """Bring an amount to the unit the warehouse keeps it in: yuan, or 万元 where the form prints 万元."""
    if figure.value is None or column.is_count:
        return figure
    in_wan = column.value == "amount_wan_yuan"
    unit = figure.unit or (column.unit if in_wan else None)  # the header of such a column prints its unit
    factor = _YUAN.get(unit or "")
    if factor is None:
        return figure
    value = Decimal(figure.value) * factor / (_WAN if in_wan else 1)
    return figure._replace(value=_plain(value), unit=unit)


def _plain(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value.normalize()
