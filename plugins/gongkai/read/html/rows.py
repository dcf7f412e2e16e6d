"""Tables that a page draws with rows of div or list elements: rewritten in the tree as the tables they look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from lxml import etree

ROWS = frozenset(("div", "ul", "ol", "dl", "section", "li"))
CELLS = frozenset(("div", "li", "p", "dd", "dt", "section"))
CELL_OF_SPANS = re.compile(r"table-cell|inline-block|\bt[dh]\b|\bcol(?:umn)?[\b_-]?\d*\b|\bcell\b", re.IGNORECASE)
MOST_CELLS = 40  # a row of a report has 16; more is a column of paragraphs
LONGEST_CELL = 200  # characters; more is a paragraph of an article
LEAST_ROWS = 2


def draw_rows(root: etree._Element) -> None:
    """Turn the rows of div, list and styled span elements below `root` into tables."""
    for parent in list(root.iter("div", "section", "ul", "li", "body", "article", "main")):
        if len(parent) >= LEAST_ROWS:
            _wrap_rows(parent)


def _wrap_rows(parent: etree._Element) -> None:
    for is_row, run in groupby(list(parent), key=_is_row):
        rows = list(run)
        if not is_row or sum(len(row) > 1 for row in rows) < LEAST_ROWS or _are_tables(rows):
            continue
        table = etree.Element("table")
        rows[0].addprevious(table)
        for row in rows:
            table.append(row)  # with its tail, which is blank
            row.tag = "tr"
            for cell in row:
                cell.tag = "td"


def _are_tables(elements: Sequence[etree._Element]) -> bool:
    """Whether what looks like rows of cells are small tables one below another, whose own rows have cells."""
    children = [child for element in elements for child in element]
    return 2 * sum(len(child) > 1 and _is_row(child) for child in children) > len(children)


def _is_row(element: etree._Element) -> bool:
    return (
        element.tag in ROWS
        and 0 < len(element) <= MOST_CELLS
        and _is_blank(element.text)
        and _is_blank(element.tail)
        and all(_is_cell(child) for child in element)
    )


def _is_cell(element: etree._Element) -> bool:
    if element.tag not in CELLS and not (element.tag == "span" and _is_styled_as_cell(element)):
        return False
    if not _is_blank(element.tail) or (
        len(element) and next(element.iter("table", "ul", "ol", "h1"), None) is not None
    ):
        return False
    return sum(map(len, element.itertext())) <= LONGEST_CELL


def _is_styled_as_cell(element: etree._Element) -> bool:
    return CELL_OF_SPANS.search(f"{element.get('class') or ''} {element.get('style') or ''}") is not None


def _is_blank(text: str | None) -> bool:
    return text is None or not text.strip()
