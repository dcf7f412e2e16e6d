"""Sheets of a workbook, written row by row: strings as strings, numbers as numbers, nothing as a formula or a link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any, NamedTuple

from gongkai.show.words import defused, encodable

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
"""For xlsxwriter. In constant memory each row is written before the next."""

_LONGEST_TEXT = 32_767
"""Characters that a cell may hold."""

_LINE_HEIGHT, _MOST_LINES = 15, 27
"""Points of a line; lines of the highest row that a workbook may have (409 points)."""

Value = str | int | float | None


class Formats(NamedTuple):
    """The looks of cells; `suspect`, `involved` and `advice` are those of marked figures."""

    title: Any
    head: Any
    text: Any
    figure: Any
    suspect: Any
    involved: Any
    advice: Any


def make_formats(book: Any) -> Formats:
    """The formats of a workbook."""
    cell = {"border": 1, "border_color": "#C9D1D9", "valign": "top"}
    figure = {**cell, "align": "right"}
    return Formats(
        title=book.add_format({"bold": True}),
        head=book.add_format({**cell, "bold": True, "bg_color": "#F0F2F0", "text_wrap": True}),
        text=book.add_format({**cell, "align": "left", "text_wrap": True}),
        figure=book.add_format(figure),
        suspect=book.add_format({**figure, "bold": True, "bg_color": "#FDEAEA", "font_color": "#A61B1B"}),
        involved=book.add_format({**figure, "bg_color": "#FDEAEA"}),
        advice=book.add_format({**figure, "bg_color": "#FFF4DC"}),
    )


def add_sheet(book: Any, name: str) -> Any:
    """A sheet whose first row stays, and that prints on A4, as wide as the page, with page numbers."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
    return sheet


def add_list(
    book: Any, formats: Formats, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Value]]
) -> None:
    """A sheet with a filter and a row an entry; `columns` are titles and widths in characters."""
    sheet, widths = add_sheet(book, name), [width for _, width in columns]
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    put_row(sheet, 0, [title for title, _ in columns], widths, formats.head)
    last = 0
    for last, row in enumerate(rows, start=1):
        put_row(sheet, last, row, widths, formats.text)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    sheet.repeat_rows(0)


def put_row(sheet: Any, at: int, values: Sequence[Value], widths: Sequence[int], style: Any) -> None:
    """Write one row, as high as its text needs: not every program finds that out for itself."""
    set_height(sheet, at, values, widths)
    for column, value in enumerate(values):
        put(sheet, at, column, value, style)


def set_height(sheet: Any, at: int, values: Sequence[Value], widths: Sequence[int]) -> None:
    """Make a row as high as these values need in columns of these widths; to be called before it is written."""
    lines = max(_lines(value, width) for value, width in zip(values, widths, strict=True))
    sheet.set_row(at, _LINE_HEIGHT * min(lines, _MOST_LINES))


def _lines(value: Value, width: int) -> int:
    """Lines that a text takes in a column so many characters wide; a Chinese one is as wide as two."""
    parts = str("" if value is None else value)[:_LONGEST_TEXT].split("\n")
    return sum(max(1, ceil(sum(1 + (c > "\u2e7f") for c in part) / width)) for part in parts)


def put(sheet: Any, row: int, column: int, value: Value, style: Any) -> None:
    """Write one cell: a number as a number, all else as a string that no spreadsheet takes for a formula."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, defused(encodable(value))[:_LONGEST_TEXT], style)
    else:
        sheet.write_number(row, column, value, style)
