"""Text that a page places by coordinates, as converters of PDF files write it: put back into lines and rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from lxml import etree

from gongkai.read.clean import clean

LENGTH = re.compile(r"(left|top|bottom)\s*:\s*(-?\d+(?:\.\d+)?)\s*(px|pt|em|rem|%)?", re.IGNORECASE)
ABSOLUTE = re.compile(r"position\s*:\s*absolute", re.IGNORECASE)
ABSOLUTE_WORDS = ("absolute", "ABSOLUTE", "Absolute")  # told in no time, where the pattern takes some
RULE = re.compile(r"\.([\w-]{1,40})\s*\{([^{}]{0,500})\}")
WIDTH = re.compile(r"width\s*:\s*(\d+(?:\.\d+)?)px", re.IGNORECASE)
PIXELS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "%": 10.0}
LEAST_PIECES = 20
CHARACTER = 16.0  # pixels a Chinese character is wide, where the page does not say
WIDE_SPACE = 2 * CHARACTER  # within a piece: such a space parts two cells
CLOSE_BELOW = 1.6  # characters: how far a label's next line is at most
LOOK_BACK = 40  # texts: those of the lines just above
LONGEST_LINE = 24  # characters of a label's line; more is prose
ORDINAL = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]")
FIGURE = re.compile(r"[\d.,/\s—-]*[件条项个次万元]*")
SAME_LINE = 0.5  # of a character: pieces no further apart in height stand on one line
SAME_CELL = 0.6  # of a character: pieces with no wider gap are one text


class _Piece(NamedTuple):
    """A text and where it stands, in pixels from the upper left corner of its page."""

    left: float
    top: float
    text: str


def places_text(markup: str) -> bool:
    """Whether a page may place text by coordinates."""
    return any(word in markup for word in ABSOLUTE_WORDS) and ABSOLUTE.search(markup) is not None


def draw_lines(root: etree._Element) -> None:
    """Turn text placed by coordinates below `root` into paragraphs and tables, line by line."""
    styles = _class_styles(root)
    placed = {e: at for e in root.iter("div", "span", "p") if (at := _place(e, styles)) is not None}
    for element in list(placed):
        for ancestor in element.iterancestors():
            placed.pop(ancestor, None)  # a page or a frame: only what stands within it is text
    if len(placed) < LEAST_PIECES:
        return
    by_page: dict[etree._Element, list[_Piece]] = {}
    for element, (left, top) in placed.items():
        page = element.getparent()
        if page is not None:
            by_page.setdefault(page, []).extend(_pieces(element, left, top, styles))
            page.remove(element)
    for page, pieces in by_page.items():
        page.extend(_drawn(_lines(pieces)))


def _class_styles(root: etree._Element) -> Mapping[str, str]:
    """The declarations of each class, from the page's style sheets."""
    return {name: body for style in root.iter("style") for name, body in RULE.findall(style.text or "")}


def _style(element: etree._Element, styles: Mapping[str, str]) -> str:
    own = element.get("style") or ""
    classes = (element.get("class") or "").split() if styles else ()
    return ";".join([*(styles.get(name, "") for name in classes), own])


def _place(element: etree._Element, styles: Mapping[str, str]) -> tuple[float, float] | None:
    """Where an element stands, if by coordinates: left and top. A distance from the bottom counts downward too."""
    style = _style(element, styles)
    if not ABSOLUTE.search(style):
        return None
    at = {name.lower(): float(n) * PIXELS[(unit or "px").lower()] for name, n, unit in LENGTH.findall(style)}
    top = at.get("top", -at["bottom"] if "bottom" in at else None)
    return (at["left"], top) if "left" in at and top is not None else None


def _pieces(element: etree._Element, left: float, top: float, styles: Mapping[str, str]) -> Iterator[_Piece]:
    """The texts of an element: parted where an empty span as wide as a few characters stands between them."""
    text = element.text or ""
    for child in element:
        width = max((float(n) for n in WIDTH.findall(_style(child, styles))), default=0.0)
        inner = "".join(map(str, child.itertext()))
        if not inner.strip() and width > WIDE_SPACE:
            yield from _piece(left, top, text)
            left += _width(text) + width
            text = ""
        text += inner + (child.tail or "")
    yield from _piece(left, top, text)


def _piece(left: float, top: float, text: str) -> Iterator[_Piece]:
    if text := clean(text):
        yield _Piece(left, top, text)


def _stacked(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Short texts closely below each other as one, in the middle of their height: a label of several lines."""
    stacks: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.top):
        above = next((stack for stack in stacks[-LOOK_BACK:] if _goes_on(stack[-1], piece)), None)
        if above is None:
            stacks.append([piece])
        else:
            above.append(piece)
    for stack in stacks:
        yield _Piece(stack[0].left, (stack[0].top + stack[-1].top) / 2, "".join(piece.text for piece in stack))


def _goes_on(above: _Piece, piece: _Piece) -> bool:
    if not 0.5 * CHARACTER < piece.top - above.top < CLOSE_BELOW * CHARACTER:
        return False
    if max(len(above.text), len(piece.text)) > LONGEST_LINE or FIGURE.fullmatch(above.text + piece.text):
        return False
    middles = above.left + _width(above.text) / 2, piece.left + _width(piece.text) / 2
    in_column = min(abs(piece.left - above.left), abs(middles[1] - middles[0])) < CHARACTER / 2
    return in_column and not ORDINAL.match(piece.text) and not FIGURE.fullmatch(piece.text)


def _lines(pieces: Iterable[_Piece]) -> Iterator[list[str]]:
    """The texts of each line from left to right; pieces that touch are one text."""
    lines: list[list[_Piece]] = []
    for piece in sorted(_stacked(pieces), key=lambda piece: piece.top):
        if lines and piece.top - lines[-1][0].top < SAME_LINE * CHARACTER:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    yield from (_cells(line) for line in lines)


def _cells(line: list[_Piece]) -> list[str]:
    line.sort(key=lambda piece: piece.left)
    texts = [line[0].text]
    for before, piece in pairwise(line):
        gap = (piece.left - before.left - _width(before.text)) / CHARACTER
        if gap < SAME_CELL and (gap > -1 or not FIGURE.fullmatch(piece.text)):
            texts[-1] += piece.text
        else:
            texts.append(piece.text)
    return texts


def _width(text: str) -> float:
    return sum(CHARACTER if character > "\u2e80" else CHARACTER / 2 for character in text)


def _drawn(lines: Iterable[Sequence[str]]) -> Iterator[etree._Element]:
    """Lines of one text as paragraphs, lines of several as the rows of a table."""
    for is_row, run in groupby(lines, key=lambda texts: len(texts) > 1):
        if not is_row:
            yield from (_element("p", text) for (text,) in run)
            continue
        table = etree.Element("table")
        for texts in run:
            row = etree.SubElement(table, "tr")
            row.extend(_element("td", text) for text in texts)
        yield table


def _element(tag: str, text: str) -> etree._Element:
    element = etree.Element(tag)
    element.text = text
    return element
