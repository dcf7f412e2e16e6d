"""Reports as spreadsheets: the text in rows of their own, the tables with the merged cells of the form."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from gongkai.demo.draft import Draft, lines_of
from gongkai.forms.sheet import Sheet, SheetCell

_CREATED = datetime(2020, 1, 1)


def xlsx(draft: Draft) -> bytes:
    """A workbook of one sheet; plain figures are numbers, others text."""
    import xlsxwriter

    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"title": draft.title, "author": draft.agency, "created": _CREATED})
        page = book.add_worksheet("年度报告")
        row, width = 0, max(len(part.sheet.widths) for part in draft.parts if part.sheet)
        for block in _blocks(draft):
            if isinstance(block, str):
                page.merge_range(row, 0, row, width - 1, block)
                row += 1
            else:
                for cell in block.cells:
                    _write(page, cell, row, draft)
                row += block.row_count
    return buffer.getvalue()


def csv_table(draft: Draft) -> bytes:
    """Comma-separated values as Excel saves them: a merged cell is its text and empty values."""
    buffer = StringIO(newline="")
    rows = csv.writer(buffer)
    for block in _blocks(draft):
        if isinstance(block, str):
            rows.writerow([block])
        else:
            rows.writerows(_csv_rows(block, draft))
    return buffer.getvalue().encode("utf-8-sig")


def _blocks(draft: Draft) -> Iterator[str | Sheet]:
    if draft.noise.with_title:
        yield draft.title
    yield draft.preamble
    for part in draft.parts:
        yield part.title
        yield from part.paragraphs
        if part.sheet:
            yield part.sheet


def _text(cell: SheetCell, draft: Draft) -> str:
    return "\n".join(lines_of(cell, draft.noise))


def _write(page: Any, cell: SheetCell, top: int, draft: Draft) -> None:
    row, text = top + cell.row, _text(cell, draft)
    if cell.rowspan > 1 or cell.colspan > 1:
        page.merge_range(row, cell.column, row + cell.rowspan - 1, cell.column + cell.colspan - 1, "")
    if cell.kind == "figure" and text.isascii() and text.isdigit():
        page.write_number(row, cell.column, int(text))
    else:
        page.write_string(row, cell.column, text)


def _csv_rows(sheet: Sheet, draft: Draft) -> list[list[str]]:
    rows = [[""] * len(sheet.widths) for _ in range(sheet.row_count)]
    for cell in sheet.cells:
        rows[cell.row][cell.column] = _text(cell, draft)
    return rows
