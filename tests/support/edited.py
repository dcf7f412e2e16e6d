"""Reports whose tables a test has edited, cell by cell, before they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from gongkai.demo.draft import Draft, make_draft
from gongkai.extract import Report, parse_bytes
from gongkai.forms import CellKey, Form
from gongkai.forms.sheet import Sheet
from tests.support.figures import Figures, as_text

AGENCY = "乌有市财政局"


@dataclass(slots=True)
class EditedCell:
    """A cell as it is printed; `key` is the address of a figure."""

    text: str
    key: CellKey | None = None
    rowspan: int = 1
    colspan: int = 1


Row = list[EditedCell]
Tables = dict[str, list[Row]]
Edit = Callable[[Tables], None]


def figures_of(row: Row) -> list[int]:
    """The places of the figures in a row."""
    return [n for n, cell in enumerate(row) if cell.key is not None]


def draw(form: Form, figures: Figures, edit: Edit, *, texts: dict[CellKey, str] | None = None) -> dict[str, bytes]:
    """The edited report as pages, as rows between tabs or blanks, and as one cell a line; by file name."""
    printed = {**as_text(form, figures), **(texts or {})}
    draft = make_draft(form, printed, agency=AGENCY, year=form.years.first)
    tables = {part.sheet.table: _rows(part.sheet) for part in draft.parts if part.sheet}
    edit(tables)
    return {
        "page.html": "\n".join(_blocks(draft, tables, "<p>{}</p>", _html)).encode(),
        "rows.txt": "\n".join(_blocks(draft, tables, "{}", _tabs)).encode(),
        "cells.txt": "\n\n".join(_blocks(draft, tables, "{}", _lines)).encode(),
        "blanks.txt": "\n".join(_blocks(draft, tables, "{}", _blanks)).encode(),
        "breaks.html": "\n".join(_blocks(draft, tables, "<p>{}</p>", _breaks)).encode(),
    }


def read_back(data: bytes, name: str) -> Report:
    (result,) = parse_bytes(data, name)
    assert result.report is not None, result.error
    return result.report


def _rows(sheet: Sheet) -> list[Row]:
    return [
        [EditedCell(c.text, c.key, c.rowspan, c.colspan) for c in sheet.in_row(row) if c.row == row]
        for row in range(sheet.row_count)
    ]


def _blocks(draft: Draft, tables: Tables, paragraph: str, table: Callable[[list[Row]], str]) -> list[str]:
    blocks = [paragraph.format(text) for text in (draft.title, draft.preamble)]
    for part in draft.parts:
        blocks += [paragraph.format(text) for text in (part.title, *part.paragraphs)]
        if part.sheet:
            blocks.append(table(tables[part.sheet.table]))
    return blocks


def _html(rows: list[Row]) -> str:
    cell = '<td rowspan="{0.rowspan}" colspan="{0.colspan}">{1}</td>'
    return "<table>{}</table>".format(
        "".join(f"<tr>{''.join(cell.format(c, escape(c.text)) for c in row)}</tr>" for row in rows)
    )


def _tabs(rows: list[Row]) -> str:
    return "\n".join("\t".join(field for c in row for field in [c.text, *[""] * (c.colspan - 1)]) for row in rows)


def _blanks(rows: list[Row]) -> str:
    return "\n".join(" ".join(cell.text for cell in row if cell.text) for row in rows)


def _breaks(rows: list[Row]) -> str:
    return f"<p>{escape(_blanks(rows)).replace(' ', '&nbsp; ').replace(chr(10), '<br>')}</p>"


def _lines(rows: list[Row]) -> str:
    return "\n\n".join(cell.text for row in rows for cell in row if cell.text)
