"""What is printed in a cell: a number with its unit, a note, a blank, a stroke, or words."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from gongkai.extract.report import State
from gongkai.forms import Column
from gongkai.read.clean import INVISIBLE

_NOT_APPLICABLE = frozenset({"无", "不适用", "不涉及", "无此项", "N/A", "n/a"})
_STROKES = re.compile(r"[-—–―－_/∕\\*]{1,8}")
_ZERO = frozenset({"零", "〇"})
_YUAN = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000), "千元": Decimal(1000)}
_WAN = Decimal(10_000)
UNITS = ("亿元", "万元", "千元", "元", "件", "条", "项", "个", "次", "份", "部", "人次", "人", "起", "宗", "家", "篇")
"""Units that stand behind a figure or in a column of their own; one that ends with another comes first."""

_NUMBER = re.compile(
    r"""(?P<about_before>约|近)?
        (?P<sign>[-+−△▲]|减少?|增加?|下降|上升|负)?
        (?:人民币)?[¥$]?
        (?P<digits>\d{1,3}(?:[,'’]\d{3})+|\d+)
        (?P<fraction>\.\d+)?
        (?P<about>余|多)?
        (?P<unit>UNITS)?
        (?P<about_after>左右|余)?
        (?P<note>\((?!\d+\)$).*\))?$""".replace("UNITS", "|".join(UNITS)),
    re.VERBOSE,
)
_MINUS = ("-", "−", "△", "▲", "减", "下降", "负")
_REFERENCE = re.compile(
    r"(?<=\S)(?:[\u2460-\u2473\u24ea\u2776-\u277f\u00b2\u00b3\u00b9\u2070-\u2079*※#]|\[\d{1,2}\]|〔\d{1,2}〕|【\d{1,2}】)+$"
)
"""A mark of a footnote behind a figure; folding would make a digit of some."""

_GROUPED = re.compile(r"\d{1,3}(?:[^\S\n]+\d{3})+|\d(?:[^\S\n]+\d)*")
_GAP = re.compile(r"\d\s+\d")
_LONGEST_NUMBER = 40


class Figure(NamedTuple):
    """One cell's content. `value` is None unless the state says that there is a number."""

    state: State
    value: int | Decimal | None
    unit: str | None


def _squeeze(text: str) -> str:
    text = unicodedata.normalize("NFKC", _REFERENCE.sub("", INVISIBLE.sub("", text).strip()))
    return "".join(text.split()).rstrip(".。、,;")


@lru_cache(maxsize=4_096)  # a report prints few different figures, and each is looked at several times
def read_figure(text: str) -> Figure:
    """Read a cell's text as printed; amounts are not yet brought to yuan (see :func:`in_column_unit`).

    Digits that a blank parts are one number only where it groups them by thousands, or parts all of them; digits in two
    lines never are.
    """
    squeezed = _squeeze(text)
    if not squeezed:
        return Figure(State.BLANK if not text.strip() else State.TEXT, None, None)
    if squeezed in _NOT_APPLICABLE or _STROKES.fullmatch(squeezed):
        return Figure(State.NOT_APPLICABLE, None, None)
    if squeezed in _ZERO:
        return Figure(State.ZERO, 0, None)
    match = _NUMBER.match(squeezed) if len(squeezed) <= _LONGEST_NUMBER else None
    if match is None or (_GAP.search(text) and not _may_be_one_number(text)):
        return Figure(State.TEXT, None, None)
    value = _number(match)
    if match["about"] or match["about_after"] or match["about_before"]:
        return Figure(State.APPROXIMATE, value, match["unit"])
    return Figure(State.VALUE if value else State.ZERO, value, match["unit"])


def _may_be_one_number(text: str) -> bool:
    figure = re.split(r"[(（]", unicodedata.normalize("NFKC", text))[0]
    runs = re.findall(r"\d[\d\s]*\d|\d", figure)
    return all(_GROUPED.fullmatch(run) or run.isdigit() for run in runs)


def _number(match: re.Match[str]) -> int | Decimal:
    digits = re.sub("[,'’]", "", match["digits"])
    value: int | Decimal = Decimal(digits + match["fraction"]) if match["fraction"] else int(digits)
    return -value if match["sign"] and match["sign"].startswith(_MINUS) else value


def is_figure(text: str) -> bool:
    """Whether a text can be the content of a cell of figures (a blank is not)."""
    return read_figure(text).state not in (State.TEXT, State.BLANK)


def in_column_unit(figure: Figure, column: Column) -> Figure:
    """Bring an amount to the unit the warehouse keeps it in: yuan, or 万元 where the form prints 万元.

    An amount of money is no figure in a column of counts.
    """
    if figure.value is None:
        return figure
    if column.is_count:
        return Figure(State.TEXT, None, None) if figure.unit in _YUAN else figure
    in_wan = column.value == "amount_wan_yuan"
    unit = figure.unit or (column.unit if in_wan else None)  # the header of such a column prints its unit
    factor = _YUAN.get(unit or "")
    if factor is None:
        return figure
    value = Decimal(figure.value) * factor / (_WAN if in_wan else 1)
    return figure._replace(value=_plain(value), unit=unit)


def _plain(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value.normalize()
