"""What is printed on every page beside its text: page numbers, running heads and feet, and those of a browser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from gongkai.read.layout.lines import FIGURE, Word

Line = list[Word]
MARGIN = 0.1  # of the page's height, above and below, in which all this stands
NARROW_MARGIN = 0.075  # the same for a number without dashes, which could be a figure
FEWEST_PAGES = 2

DECORATED_NUMBER = re.compile(r"[-—–－―·•~]\s*\d{1,4}\s*[-—–－―·•~]|第\s*\d{1,4}\s*页.{0,12}|\d{1,4}\s*[/／]\s*\d{1,4}")
BARE_NUMBER = re.compile(r"\d{1,4}")
OF_BROWSER = re.compile(
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? (?:[上下]午)?\d{1,2}:\d{2}(?: [AP]M)?(?: .*)?"  # when, and the page's title
    r"|(?:(?:https?|file)://|about:)\S+(?: \d{1,4}/\d{1,4})?"
)


class Sheet(NamedTuple):
    """The lines of a page outside its tables. height: of the page, in points."""

    number: int
    height: float
    lines: Sequence[Line]


class _InMargin(NamedTuple):
    """A line in the margin.

    edge: how far it is from the page's edge, as a share of its height.
    mark: its text without its figures, and whether it is at the top: what is the same on every page; None of a line of
    nothing but figures. is_apart: it is the number of the page, or what a browser prints at its edge.
    """

    text: str
    edge: float
    mark: tuple[str, bool] | None
    is_apart: bool = False


def without_running(sheets: Sequence[Sheet]) -> tuple[list[list[Line]], list[str]]:
    """The lines of each page that are its own, and the running heads and feet in words."""
    margins = [{n: edge for n, line in enumerate(s.lines) if (edge := _in_margin(line, s))} for s in sheets]
    seen = Counter(mark for found in margins for mark in {each.mark for each in found.values() if not each.is_apart})
    marks = {mark for mark, times in seen.items() if mark and times == len(sheets) >= FEWEST_PAGES}
    running: dict[str, None] = {}
    own: list[list[Line]] = []
    for sheet, found in zip(sheets, margins, strict=True):
        running.update((each.text, None) for each in found.values() if each.mark in marks)
        # of lines that say the same, the outermost: a title may stand below a running head
        outwards = sorted(found.items(), key=lambda line: line[1].edge, reverse=True)
        outermost = {each.mark: n for n, each in outwards if each.mark in marks}
        dropped = {n for n, each in found.items() if each.is_apart} | set(outermost.values())
        own.append([line for n, line in enumerate(sheet.lines) if n not in dropped])
    return own, list(running)


def _in_margin(line: Line, sheet: Sheet) -> _InMargin | None:
    """What a line in the margin is; None of one that stands in the page."""
    _, top, _, bottom = line[0].box
    edge = min(bottom, sheet.height - top) / sheet.height if sheet.height > 0 else 1.0
    if edge > MARGIN:
        return None
    text = " ".join(word.text for word in line)
    if _is_page_number(text, sheet.number, edge) or OF_BROWSER.fullmatch(text):
        return _InMargin(text, edge, None, is_apart=True)
    only_figures = all(FIGURE.fullmatch(word.text) for word in line)
    return _InMargin(text, edge, None if only_figures else (re.sub(r"\d+", "#", text), bottom < sheet.height / 2))


def _is_page_number(text: str, page: int, edge: float) -> bool:
    """`edge`: how far the line is from the page's edge, as a share of its height."""
    if DECORATED_NUMBER.fullmatch(text):
        return True
    # A number alone may be a figure of a table that reaches into the margin: it must be near the page's own number.
    return edge <= NARROW_MARGIN and bool(BARE_NUMBER.fullmatch(text)) and text != "0" and abs(page - int(text)) <= 3
