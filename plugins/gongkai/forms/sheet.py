"""The tables of a form as they stand on paper: physical cells with their spans, made from the form's data alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeVar

from gongkai.forms.parts import Block, CellKey, Column, Row, Table

Kind = Literal["caption", "label", "figure"]
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One physical cell; rows and columns count from 0. `key` is the address of a figure."""

    row: int
    column: int
    text: str
    kind: Kind
    rowspan: int = 1
    colspan: int = 1
    key: CellKey | None = None

    @property
    def bottom(self) -> int:
        """The first row below the cell."""
        return self.row + self.rowspan


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed table.

    widths: relative widths of its columns. header_rows: rows above the first figure. stub: columns on the left that
    hold labels only.
    """

    table: str
    row_count: int
    widths: tuple[float, ...]
    cells: tuple[SheetCell, ...]
    header_rows: int
    stub: int

    def in_row(self, row: int) -> list[SheetCell]:
        """The cells that touch a row, merged ones from above included, from left to right."""
        touching = [cell for cell in self.cells if cell.row <= row < cell.bottom]
        return sorted(touching, key=lambda cell: cell.column)


class CountColumns(NamedTuple):
    """How a table of indicators is made wider than it must be.

    serial: a column that numbers the rows, before the labels. code: one behind the units. heads: several columns of
    counts in place of the one; `counted` is the place of the figures, the others hold figures of somebody else.
    """

    serial: bool = False
    code: bool = False
    heads: tuple[str, ...] = ()
    counted: int = 0


AS_THE_FORM = CountColumns()


class Printer(NamedTuple):
    """How the labels and figures of one report are printed."""

    label: Callable[[Sequence[str]], str]
    """Chooses among the printings of a label (the form's own first)."""
    figure: Callable[[CellKey], str]
    columns: CountColumns = AS_THE_FORM
    beside: Callable[[int, int], str] = lambda row, column: ""
    """A figure of somebody else's, in a column beside those of the form."""


def lay_out(table: Table, printer: Printer) -> Sheet:
    """The sheet of a table: captioned blocks (table 二), grouped rows (table 三), one line of figures (table 四), or a
    list of indicators (the sheets of 2008 to 2018)."""
    if table.layout == "one_line":
        return _one_line(table, printer)
    if table.layout == "indicators":
        return _indicators(table, printer)
    if any(block.caption for block in table.blocks):
        return _captioned(table, printer)
    return _grouped(table, printer)


def _captioned(table: Table, printer: Printer) -> Sheet:
    width = 1 + max(len(block.columns) for block in table.blocks)
    cells: list[SheetCell] = []
    row = 0
    for block in table.blocks:
        if block.caption:
            cells.append(SheetCell(row, 0, block.caption.zh, "caption", colspan=width))
            row += 1
        cells.append(SheetCell(row, 0, printer.label(table.corner), "label"))
        cells += _spread(row, block.columns, width, lambda column: (printer.label(column.labels), "label", None))
        for at, line in enumerate(block.rows, start=row + 1):
            cells.append(SheetCell(at, 0, printer.label(line.labels), "label"))
            cells += _spread(at, block.columns, width, _figure_of(table, line, printer))
        row += 1 + len(block.rows)
    return Sheet(table.key, row, (1.4, *[1.0] * (width - 1)), tuple(cells), 2, 1)


Content = tuple[str, Kind, CellKey | None]


def _figure_of(table: Table, row: Row, printer: Printer) -> Callable[[Column], Content]:
    def figure(column: Column) -> Content:
        key = CellKey(table.key, row.key, column.key)
        return printer.figure(key), "figure", key

    return figure


def _spread(
    row: int, columns: Sequence[Column], width: int, content: Callable[[Column], Content], *, start: int = 1
) -> Iterator[SheetCell]:
    """The cells of a block's columns; the last one is merged up to the right edge of the table."""
    for at, column in enumerate(columns, start=start):
        text, kind, key = content(column)
        colspan = width - at if column is columns[-1] else 1
        yield SheetCell(row, at, text, kind, colspan=colspan, key=key)


class _Line(NamedTuple):
    """A row of a grouped table with what stands left of it: (text, rows it is printed beside) or None to continue."""

    row: Row
    heading: tuple[str, int] | None
    group: tuple[str, int] | None
    depth: int


def _grouped(table: Table, printer: Printer) -> Sheet:
    (block,) = table.blocks
    labels = 3
    width = labels + len(block.columns)
    cells = list(_grouped_header(table, block, labels, printer))
    header_rows = max(cell.bottom for cell in cells)
    for at, line in enumerate(_lines(table, block, printer), start=header_rows):
        if line.heading:
            cells.append(SheetCell(at, 0, line.heading[0], "label", rowspan=line.heading[1]))
        if line.group:
            cells.append(SheetCell(at, 1, line.group[0], "label", rowspan=line.group[1]))
        text = _with_ordinal(line.row.ordinal, line.depth, printer.label(line.row.labels))
        cells.append(SheetCell(at, line.depth, text, "label", colspan=labels - line.depth))
        cells += _spread(at, block.columns, width, _figure_of(table, line.row, printer), start=labels)
    row_count = header_rows + len(block.rows)
    return Sheet(table.key, row_count, (0.7, 1.1, 3.2, *[1.0] * (width - labels)), tuple(cells), header_rows, labels)


def _grouped_header(table: Table, block: Block, labels: int, printer: Printer) -> Iterator[SheetCell]:
    """Three header rows: what the columns are, single columns and the group in the middle, the group's columns."""
    applicants = table.corner[-1]
    (group,) = table.header_groups
    last = len(block.columns) - 1
    yield SheetCell(0, 0, table.corner_note or table.corner[0], "label", rowspan=3, colspan=labels)
    yield SheetCell(0, labels, applicants, "label", colspan=last + 1)
    for n, column in enumerate(block.columns):
        if n == 1:
            yield SheetCell(1, labels + 1, group, "label", colspan=last - 1)
        alone = n in (0, last)
        text = printer.label(column.labels)
        yield SheetCell(1 if alone else 2, labels + n, text, "label", rowspan=2 if alone else 1)


def _with_ordinal(ordinal: str | None, depth: int, text: str) -> str:
    """A label with its ordinal as the form prints it: 一、… at the margin, （一）… inside, 1.… inside a group."""
    if ordinal is None:
        return text
    return (f"{ordinal}、{text}", f"（{ordinal}）{text}", f"{ordinal}.{text}")[depth]


def _lines(table: Table, block: Block, printer: Printer) -> Iterator[_Line]:
    """The rows with their headings. Under a heading they count from 一 again; the first to break the count ends it."""
    groups = {group.key: group for group in table.groups}
    rows = block.rows
    start, end = _nested_range(rows, {group.key: group.ordinal for group in table.groups})
    for n, row in enumerate(rows):
        heading = None
        if n == start and table.row_headings:
            heading = (f"{NUMERALS[start]}、{printer.label(table.row_headings)}", end - start)
        group = None
        if row.group is not None and (n == 0 or rows[n - 1].group != row.group):
            size = sum(1 for other in rows if other.group == row.group)
            found = groups[row.group]
            group = (f"（{found.ordinal}）{printer.label(found.labels)}", size)
        depth = 2 if row.group is not None else 1 if start <= n < end else 0
        yield _Line(row, heading, group, depth)


def _nested_range(rows: Sequence[Row], group_ordinals: Mapping[str, str]) -> tuple[int, int]:
    ordinals = [group_ordinals[row.group] if row.group is not None else row.ordinal or "" for row in rows]
    start = next((n for n in range(1, len(rows)) if ordinals[n] == NUMERALS[0]), len(rows))
    end = start + 1
    while end < len(rows) and NUMERALS.index(ordinals[end]) - NUMERALS.index(ordinals[end - 1]) in (0, 1):
        end += 1
    return start, min(end, len(rows))


def _one_line(table: Table, printer: Printer) -> Sheet:
    """Table 四: the first row of the form as one block of columns, the others side by side under the header group."""
    (block,) = table.blocks
    first, *others = block.rows
    width = len(block.columns)
    cells = [SheetCell(0, 0, printer.label(first.labels), "label", colspan=width)]
    cells.append(SheetCell(0, width, table.header_groups[0], "label", colspan=width * len(others)))
    for n, row in enumerate(block.rows):
        if row is not first:
            cells.append(SheetCell(1, n * width, printer.label(row.labels), "label", colspan=width))
        for m, column in enumerate(block.columns, start=n * width):
            top, rowspan = (1, 2) if row is first else (2, 1)
            cells.append(SheetCell(top, m, printer.label(column.labels), "label", rowspan=rowspan))
            key = CellKey(table.key, row.key, column.key)
            cells.append(SheetCell(3, m, printer.figure(key), "figure", key=key))
    return Sheet(table.key, 4, (1.0,) * (width * len(block.rows)), tuple(cells), 3, 0)


_NO_FIGURE = "——"
"""What the sheet prints behind a heading that has no figure."""


def _indicators(table: Table, printer: Printer) -> Sheet:
    """A header, then a row an indicator: label, unit, figure; a heading before the first row of its group."""
    (block,) = table.blocks
    wide = printer.columns
    (column,) = block.columns
    heads = wide.heads or (printer.label(column.labels),)
    rows = [_row_texts(wide, *_head_texts(table, printer), heads)]
    first = len(rows[0]) - len(heads)
    cells = [SheetCell(0, n, text, "label") for n, text in enumerate(rows[0])]
    for at, (label, row) in enumerate(_indicator_lines(table, block, printer), start=1):
        unit = row.measure(column).unit if row else _NO_FIGURE
        number = f"{block.rows.index(row) + 1:02}" if row else ""
        others = tuple(printer.beside(at, n) if row else _NO_FIGURE for n in range(len(heads)))
        rows.append(_row_texts(wide, number, label, unit, number, others))
        cells += [SheetCell(at, n, text, "label") for n, text in enumerate(rows[at])]
        if row:
            key = CellKey(table.key, row.key, column.key)
            place = first + wide.counted - len(rows[at])
            cells[place] = replace(cells[place], text=printer.figure(key), kind="figure", key=key)
    widths = _row_texts(wide, 0.5, 6.0, 0.8, 0.7, (1.2,) * len(heads))
    return Sheet(table.key, len(rows), widths, tuple(cells), 1, first)


def _head_texts(table: Table, printer: Printer) -> tuple[str, str, str, str]:
    """The heads of the numbers, the labels, the units and the codes."""
    heads = table.heads
    if heads is None:
        raise ValueError(f"table {table.key} has no heads; see forms/stat_2014.yaml")
    return heads.code[-2], printer.label(table.corner), printer.label(heads.unit), heads.code[0]


T = TypeVar("T")


def _row_texts(wide: CountColumns, serial: T, label: T, unit: T, code: T, counts: tuple[T, ...]) -> tuple[T, ...]:
    return (*([serial] if wide.serial else []), label, unit, *([code] if wide.code else []), *counts)


def _indicator_lines(table: Table, block: Block, printer: Printer) -> Iterator[tuple[str, Row | None]]:
    waiting = {group.key: group for group in table.groups}
    for row in block.rows:
        if row.group is not None and (group := waiting.pop(row.group, None)):
            yield group.ordinal + printer.label(group.labels), None
        yield (row.ordinal or "") + printer.label(row.labels), row
