"""From words and lines drawn on pages to blocks: what the readers of PDF, OFD and scans share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from gongkai.read.document import Block, Grid, GridCell, Where
from gongkai.read.layout.headings import is_heading, prose_size, unwrapped
from gongkai.read.layout.joints import joined
from gongkai.read.layout.lines import Box, Word, paragraph, pieces_in_columns
from gongkai.read.layout.order import in_reading_order
from gongkai.read.layout.ruled import RuledTable
from gongkai.read.layout.rulings import Rulings
from gongkai.read.layout.running import Sheet, without_running
from gongkai.read.limits import Limits
from gongkai.read.tables import CellBudget

Line = list[Word]
RUNNING = "running"
"""The property of what is printed on every page."""


class _Page(NamedTuple):
    number: int
    height: float
    lines: Sequence[Line]
    grids: Sequence[tuple[float, Grid]]
    rulings: Rulings | None
    seen: Callable[[Box], Box]


class Pages:
    """Collects pages; :meth:`blocks` has them all in reading order."""

    def __init__(self, limits: Limits) -> None:
        self._pages: list[_Page] = []
        self._limits = limits
        self._budget = CellBudget(limits)
        self._lines = self._tables = 0

    def add(
        self,
        number: int,
        height: float,
        lines: Sequence[Line],
        tables: Sequence[RuledTable] = (),
        rulings: Rulings | None = None,
        seen: Callable[[Box], Box] = lambda box: box,
    ) -> None:
        """Add a page.

        Args:
            number: of the page, from 1. height: of the page, in points.
            lines: the words outside tables, by their places, or in the order written where there are `rulings`.
            tables: with their words filled in; if there are any, all is put in the order by height.
            seen: turns a box of the layout into one of the page as seen.
        """
        self._lines += len(lines) + len(tables)
        self._limits.check_blocks(self._lines)
        grids = [(table.box[1], self._grid(table, number, seen)) for table in tables]
        self._pages.append(_Page(number, height, lines, grids, rulings, seen))

    def blocks(self) -> tuple[tuple[Block, ...], dict[str, str]]:
        """The blocks without what is printed on every page, and that as a property."""
        own, running = without_running([Sheet(page.number, page.height, page.lines) for page in self._pages])
        prose = prose_size(line for lines in own for line in lines)
        found = [block for page, lines in zip(self._pages, own, strict=True) for block in _placed(page, lines, prose)]
        return tuple(joined(found)), {RUNNING: "\n".join(running)} if running else {}

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


def _placed(page: _Page, lines: Sequence[Line], prose: float) -> Iterator[Block]:
    """The blocks of a page in reading order. prose: the size of its print."""
    if page.rulings is not None:
        lines = in_reading_order(lines, page.rulings)
    lines = unwrapped(lines, prose)
    placed: list[tuple[float, Block]] = list(page.grids)
    for line, cells in zip(lines, pieces_in_columns(lines), strict=True):
        found = paragraph(cells, page.number, page.seen, heading=is_heading(line, prose))
        placed.append((min(word.box[1] for word in line), found))
    if page.grids:
        placed.sort(key=lambda item: item[0])
    return (block for _, block in placed)


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
