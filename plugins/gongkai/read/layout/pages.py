"""From words and lines drawn on pages to blocks: what the readers of PDF, OFD and scans share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gongkai.read.document import Block, Grid, GridCell, Where
from gongkai.read.layout.lines import Box, Word, paragraph
from gongkai.read.layout.page_numbers import is_page_number
from gongkai.read.layout.ruled import RuledTable
from gongkai.read.limits import Limits
from gongkai.read.tables import CellBudget

Line = list[Word]


class Pages:
    """Collects the blocks of the pages, in reading order."""

    def __init__(self, limits: Limits) -> None:
        self.blocks: list[Block] = []
        self._limits = limits
        self._budget = CellBudget(limits)
        self._tables = 0

    def add(
        self,
        number: int,
        height: float,
        lines: Sequence[Line],
        tables: Sequence[RuledTable] = (),
        seen: Callable[[Box], Box] = lambda box: box,
    ) -> None:
        """Add a page.

        Args:
            number: of the page, from 1. height: of the page, in points.
            lines: the words outside tables, in reading order.
            tables: with their words filled in; if there are any, all is put in the order by height.
            seen: turns a box of the layout into one of the page as seen.
        """
        placed: list[tuple[float, Block]] = []
        for line in lines:
            found = paragraph(line, number)
            box = found.where.bbox
            if box and not is_page_number(found.text, number, box[1], box[3], height):
                placed.append((box[1], paragraph(line, number, seen)))
        placed += [(table.box[1], self._grid(table, number, seen)) for table in tables]
        if tables:
            placed.sort(key=lambda item: item[0])
        self.blocks += [block for _, block in placed]
        self._limits.check_blocks(len(self.blocks))

    def _grid(self, table: RuledTable, page: int, seen: Callable[[Box], Box]) -> Grid:
        cells = table.cells()
        self._budget.spend(sum(cell.colspan for cell in cells))
        self._tables += 1
        number = self._tables
        grid = tuple(
            GridCell(
                cell.row,
                cell.column,
                cell.text,
                Where(page=page, table=number, row=cell.row, column=cell.column, bbox=seen(cell.box)),
                cell.rowspan,
                cell.colspan,
            )
            for cell in cells
        )
        return Grid(grid, Where(page=page, table=number, bbox=seen(table.box)))


def set_in_tables(lines: Sequence[Line], tables: Sequence[RuledTable]) -> tuple[list[Line], list[RuledTable]]:
    """Put words into the tables that they stand in.

    Args:
        lines: of a page. tables: the smallest first, so that a table within a frame gets its own words.

    Returns:
        The lines without those words, and the tables that are some: a frame around text rules no cells, nor do lines
        that leave several rows of figures in one cell.
    """
    rest, kept = list(lines), []
    for table in tables:
        inside, outside = [], []
        for line in rest:
            within, without = table.split(line)
            inside += within
            outside.append(without)
        table.fill(inside)
        if inside and table.rules_cells():
            rest = [line for line in outside if line]
            kept.append(table)
    return rest, kept
