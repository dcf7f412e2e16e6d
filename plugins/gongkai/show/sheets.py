"""A report's tables as they stand on the form, each cell with its labels, its source and the findings about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from gongkai.check import Finding
from gongkai.check.finding import as_number
from gongkai.extract import Cell, Report, State
from gongkai.forms import CellKey, Form, Table
from gongkai.forms.sheet import Printer, Sheet, SheetCell, lay_out
from gongkai.show.words import STATES, Words, cells_of, figure, place

Mark = Literal["suspect", "involved", "advice"]
_GRAVEST_FIRST: tuple[Mark, ...] = ("suspect", "involved", "advice")


class Note(NamedTuple):
    """A finding about a cell: its number in the report from 1, how it marks the cell, what would balance."""

    number: int
    mark: Mark
    balances: str | None


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a shown table: a label in both languages, or a figure with its notes and what its source says."""

    at: SheetCell
    text: str
    en: str
    scope: str | None
    notes: tuple[Note, ...]
    source: str

    @property
    def mark(self) -> Mark | None:
        """The gravest mark."""
        marks = {note.mark for note in self.notes}
        return next((mark for mark in _GRAVEST_FIRST if mark in marks), None)


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table of the form, filled in, by rows; `zh`, `en` are its titles."""

    zh: str
    en: str
    sheet: Sheet
    rows: tuple[tuple[ShownCell, ...], ...]


def shown_tables(form: Form, report: Report) -> Iterator[ShownTable]:
    """Every table of the form with the report's figures and marks."""
    notes = notes_of(form, report.findings)
    printer = Printer(lambda printings: printings[0], lambda key: "")
    for table in form.tables:
        sheet = lay_out(table, printer)
        shown = [_shown(table, sheet, cell, report.cells, notes) for cell in sheet.cells]
        rows = tuple(tuple(cell for cell in shown if cell.at.row == row) for row in range(sheet.row_count))
        yield ShownTable(table.zh, table.en, sheet, rows)


def notes_of(form: Form, findings: Sequence[Finding]) -> dict[CellKey, tuple[Note, ...]]:
    """The notes at each cell: a finding marks its suspect cell, or else every cell that it is about."""
    notes: dict[CellKey, tuple[Note, ...]] = {}
    for number, finding in enumerate(findings, start=1):
        mark: Mark = "advice" if finding.kind == "advisory" else "suspect" if finding.suspect else "involved"
        balances = str(as_number(finding.suspect.balances)) if finding.suspect else None
        for key in (finding.suspect.key,) if finding.suspect else cells_of(form, finding):
            notes[key] = (*notes.get(key, ()), Note(number, mark, balances))
    return notes


def source_of(cell: Cell) -> Words:
    """What the source says in a cell, and where."""
    where = place(cell.where)
    if cell.text is None or cell.state is State.INFERRED:
        said = STATES[cell.state] if cell.state in STATES else Words("", "")
    else:
        said = Words(f"“{cell.text.strip()}”", f"“{cell.text.strip()}”")
    return Words("，".join(filter(None, (said.zh, where.zh))), ", ".join(filter(None, (said.en, where.en))))


def _shown(
    table: Table,
    sheet: Sheet,
    cell: SheetCell,
    cells: Mapping[CellKey, Cell],
    notes: Mapping[CellKey, tuple[Note, ...]],
) -> ShownCell:
    if cell.key is None:
        if cell.kind == "figure":  # no figure is asked for here
            return ShownCell(cell, "", "", None, (), "")
        scope = "row" if cell.column < sheet.stub and cell.row >= sheet.header_rows else "col"
        wide = (cell.rowspan if scope == "row" else cell.colspan) > 1
        english = _english(table, sheet, cell, scope)
        return ShownCell(cell, cell.text, english, f"{scope}group" if wide else scope, (), "")
    found = cells[cell.key]
    return ShownCell(cell, figure(found), "", None, notes.get(cell.key, ()), source_of(found).zh)


def _english(table: Table, sheet: Sheet, cell: SheetCell, scope: str) -> str:
    """The English of a printed label. One Chinese label may name several rows, or a row and a column: place decides."""
    blocks = table.blocks
    beside = {other.key.row for other in sheet.cells if other.row == cell.row and other.key}
    own = [row.en for block in blocks for row in block.rows if row.key in beside and cell.text.endswith(row.zh)]
    if scope == "row" and own:
        return own[0]
    captions = {block.caption.zh: block.caption.en for block in blocks if block.caption}
    columns = {column.zh: column.en for block in blocks for column in block.columns}
    rows = {row.zh: row.en for block in blocks for row in block.rows} | {group.zh: group.en for group in table.groups}
    labels = {**columns, **rows} if scope == "row" or cell.column == 0 else {**rows, **columns}
    labels |= captions
    known = [zh for zh in labels if cell.text.endswith(zh)]  # an ordinal stands before it
    return labels[max(known, key=len)] if known else ""
