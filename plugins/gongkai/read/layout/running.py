"""What is printed on every page beside its text: page numbers, running heads and feet, and those of a browser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from gongkai.read.layout.lines import FIGURE, Word, union

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


class _Mark(NamedTuple):
    """A line in the margin, its figures left out: the same on every page."""

    text: str
    at_top: bool


def without_running(sheets: Sequence[Sheet]) -> tuple[list[list[Line]], list[str]]:
    """The lines of each page that are its own, and the running heads and feet in words."""
    seen: Counter[_Mark] = Counter()
    for sheet in sheets:
        seen.update({mark for line in sheet.lines if (mark := _mark(line, sheet.height))})
    marks = {mark for mark, times in seen.items() if times == len(sheets) >= FEWEST_PAGES}
    running: dict[str, None] = {}
    own: list[list[Line]] = []
    for sheet in sheets:
        own.append([])
        for line in sheet.lines:
            if _is_apart(line, sheet):
                continue
            if _mark(line, sheet.height) in marks:
                running[_text(line)] = None
            else:
                own[-1].append(line)
    return own, list(running)


def _mark(line: Line, height: float) -> _Mark | None:
    """What tells a running line; None of a line that stands in the page or holds nothing but figures."""
    _, top, _, bottom = union(word.box for word in line)
    if min(bottom, height - top) > MARGIN * height or all(FIGURE.fullmatch(word.text) for word in line):
        return None
    return _Mark(re.sub(r"\d+", "#", _text(line)), bottom < height / 2)


def _is_apart(line: Line, sheet: Sheet) -> bool:
    """Whether a line is the number of its page, or what a browser prints at its edge."""
    _, top, _, bottom = union(word.box for word in line)
    edge = min(bottom, sheet.height - top) / sheet.height if sheet.height > 0 else 1.0
    text = _text(line)
    return edge <= MARGIN and (_is_page_number(text, sheet.number, edge) or bool(OF_BROWSER.fullmatch(text)))


def _is_page_number(text: str, page: int, edge: float) -> bool:
    """`edge`: how far the line is from the page's edge, as a share of its height."""
    if DECORATED_NUMBER.fullmatch(text):
        return True
    # A number alone may be a figure of a table that reaches into the margin: it must be near the page's own number.
    return edge <= NARROW_MARGIN and bool(BARE_NUMBER.fullmatch(text)) and text != "0" and abs(page - int(text)) <= 3


def _text(line: Line) -> str:
    return " ".join(word.text for word in line)
