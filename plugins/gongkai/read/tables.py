"""Tables as HTML and Word write them: rows of cells that span, cells that hold paragraphs or tables of their own.

Portals also use tables to lay out a page. Such a table is no data: its content is handed on as running blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from gongkai.read.document import Block, Grid, GridCell, Paragraph, Where
from gongkai.read.limits import Limits

WIDEST = 1_000  # columns; browsers stop there too
LONG_CELL = 1_500  # characters; more is an article and not a cell
NESTED_CELLS = 4  # a nested table of fewer cells is part of its cell's text


@dataclass(slots=True)
class Cell:
    """A cell being read."""

    row: int
    column: int
    rowspan: int
    colspan: int
    blocks: list[Block] = field(default_factory=list)

    @property
    def text(self) -> str:
        if len(self.blocks) == 1 and isinstance(paragraph := self.blocks[0], Paragraph):
            return paragraph.text  # as most cells have it
        return "\n".join([block.text for block in self.blocks if isinstance(block, Paragraph) and block.text])

    @property
    def weight(self) -> int:
        """Characters in it, nested tables included."""
        return _weight(self.blocks[0]) if len(self.blocks) == 1 else sum(map(_weight, self.blocks))

    @property
    def is_article(self) -> bool:
        return self.holds_table or self.weight > LONG_CELL

    @property
    def holds_table(self) -> bool:
        blocks = self.blocks
        return type(blocks[0]) is Grid if len(blocks) == 1 else Grid in map(type, blocks)


def _weight(block: Block) -> int:
    if isinstance(block, Grid):
        return sum(len(cell.text) for cell in block.cells)
    return len(block.text)


class CellBudget:
    """Counts the cells of all tables of one document."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._spent = 0

    def spend(self, cells: int) -> None:
        self._spent += cells
        if self._spent > self._limits.table_cells:
            self._limits.check_cells(self._spent)


class Table:
    """A table being read, row by row. `number` is its place among the tables of the document, from 1."""

    def __init__(self, number: int, budget: CellBudget) -> None:
        self.number = number
        self._budget = budget
        self._cells: list[Cell] = []
        self._row = -1
        self._column = 0
        self._last_at: dict[int, Cell] = {}
        self._free_from: dict[int, int] = {}  # column -> first row in which no cell from above covers it

    def start_row(self) -> None:
        self._row += 1
        self._column = 0

    def skip_columns(self, count: int) -> None:
        """Leave columns of the current row empty."""
        self._column = min(self._column + max(count, 0), WIDEST)

    def start_cell(self, rowspan: int = 1, colspan: int = 1) -> Cell:
        """A new cell at the next free place of the current row. `rowspan` of 0 reaches to the end of the table."""
        if self._row < 0:
            self.start_row()
        begin = column = self._column
        row, free_from = self._row, self._free_from
        while free_from.get(column, 0) > row:
            column += 1
        colspan = max(1, min(colspan, WIDEST - column))
        self._column = column + colspan
        self._budget.spend(self._column - begin)
        cell = Cell(row, column, rowspan, colspan)
        until = row + rowspan if rowspan > 0 else 1 << 30
        for covered in range(column, self._column):
            free_from[covered] = until
        self._cells.append(cell)
        self._last_at[column] = cell
        return cell

    def widen_cell(self, colspan: int) -> Cell | None:
        """Let the cell before the next place reach over more columns; None if the row has none yet."""
        before = self._cells[-1] if self._cells else None
        if before is None or before.row != self._row or before.column + before.colspan != self._column:
            return None
        colspan = max(0, min(colspan, WIDEST - self._column))
        self._budget.spend(colspan)
        before.colspan += colspan
        for column in range(self._column, self._column + colspan):
            self._free_from[column] = self._row + before.rowspan
        self._column += colspan
        return before

    def continue_cell(self, colspan: int) -> Cell | None:
        """Lengthen by a row the cell above the next place; None if there is none (a merge goes on that never began)."""
        above = self._last_at.get(self._column)
        if above is None or above.row + above.rowspan != self._row:
            return None
        above.rowspan += 1
        self._budget.spend(1)
        self.skip_columns(max(1, colspan))
        return above

    def finish(self) -> list[Block]:
        """The table as blocks: a grid, followed by the tables nested in it; or what a layout table holds."""
        rows = self._row + 1
        for cell in self._cells:
            if cell.rowspan != 1:
                cell.rowspan = rows - cell.row if cell.rowspan <= 0 else min(cell.rowspan, rows - cell.row)
            if cell.holds_table:
                _absorb_small_tables(cell)
        if not self._cells:
            return []
        weights = [cell.weight for cell in self._cells]
        articles = sum(cell.weight for cell in self._cells if cell.is_article) if self._may_lay_out(weights) else 0
        if articles and articles > sum(weights) - articles:
            return list(self._laid_out())
        return self._data(self._cells)

    def _may_lay_out(self, weights: Sequence[int]) -> bool:
        return max(weights) > LONG_CELL or any(cell.holds_table for cell in self._cells)

    def _data(self, cells: list[Cell]) -> list[Block]:
        if len({cell.column for cell in cells}) == 1:
            return [block for cell in cells for block in cell.blocks]
        grid = Grid(tuple(map(self._grid_cell, cells)), Where(table=self.number))
        nested = [block for cell in cells if cell.holds_table for block in cell.blocks if isinstance(block, Grid)]
        return [grid, *nested]

    def _grid_cell(self, cell: Cell) -> GridCell:
        where = Where(None, self.number, cell.row, cell.column)
        return GridCell(cell.row, cell.column, cell.text, where, cell.rowspan, cell.colspan)

    def _laid_out(self) -> Iterator[Block]:
        """Rows with an article become its blocks; the rows between them stay tables."""
        with_article = {cell.row for cell in self._cells if cell.is_article}
        for is_article, cells in groupby(self._cells, key=lambda cell: cell.row in with_article):
            if is_article:
                yield from (block for cell in cells for block in cell.blocks)
            else:
                yield from self._data(list(cells))


def _absorb_small_tables(cell: Cell) -> None:
    """Turn tables of a few cells within a cell into paragraphs: they frame a figure, they do not tabulate."""
    blocks: list[Block] = []
    for block in cell.blocks:
        if isinstance(block, Grid) and len(block.cells) < NESTED_CELLS:
            blocks += [Paragraph(inner.text, inner.where) for inner in block.cells if inner.text]
        else:
            blocks.append(block)
    cell.blocks = blocks
