"""The rows of a sheet as blocks: what stands alone in its row is running text, the rest are tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gongkai.read.clean import clean
from gongkai.read.document import Block, Grid, GridCell, Paragraph, Where
from gongkai.read.limits import Limits
from gongkai.read.tables import WIDEST, CellBudget

PROSE = 30  # characters; a cell that is alone in its row and longer is no label

Spans = Mapping[tuple[int, int], tuple[int, int]]
"""Upper left corner (row, column) of a merged range -> rows and columns that it covers."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet: its number from 0, and the text of its cells from column 0 on."""

    number: int
    texts: tuple[str, ...]

    @property
    def filled(self) -> list[int]:
        return [column for column, text in enumerate(self.texts) if text]


class SheetBlocks:
    """Turns the sheets of one document into blocks, under one budget of cells."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._budget = CellBudget(limits)

    def of(self, rows: Iterable[SheetRow], table: int, spans: Spans | None = None) -> list[Block]:
        """The blocks of a sheet. `table` is its number, from 1, which `where` gives for every figure of it.

        Raises:
            UnreadableError: beyond the limits.
        """
        blocks: list[Block] = []
        waiting: list[SheetRow] = []
        spans = spans or {}
        for row in rows:
            self._limits.check_blocks(len(blocks))
            filled = row.filled
            ended = bool(waiting) and not waiting[-1].filled
            if len(filled) == 1 and _is_prose(row, filled[0], spans, () if ended else waiting):
                blocks += self._table(waiting, table, spans)
                blocks += _paragraphs(row, filled[0], table)
                waiting = []
            elif filled:
                if ended:
                    blocks += self._table(waiting[:-1], table, spans)
                    waiting = []
                self._budget.spend(len(filled))
                waiting.append(row)
            elif waiting and not ended:
                waiting.append(row)  # the last of its table, unless another table follows
        return blocks + self._table(waiting, table, spans)

    def _table(self, rows: Sequence[SheetRow], table: int, spans: Spans) -> list[Block]:
        if not rows:
            return []
        first, last = rows[0].number, rows[-1].number
        filled = [column for row in rows for column in row.filled]
        left = min(filled)
        right = min(max(filled), left + WIDEST)
        self._budget.spend(len(rows) * (right - left + 1))
        covered: set[tuple[int, int]] = set()
        cells: list[GridCell] = []
        for row in rows:
            for column in range(left, right + 1):
                if (row.number, column) in covered:
                    continue
                high, wide = spans.get((row.number, column), (1, 1))
                high, wide = min(high, last - row.number + 1), min(wide, right - column + 1)
                covered.update(_covered(row.number, column, high, wide))
                text = row.texts[column] if column < len(row.texts) else ""
                where = Where(table=table, row=row.number, column=column)
                cells.append(GridCell(row.number - first, column - left, text, where, high, wide))
        return [Grid(tuple(cells), Where(table=table))]


def _covered(row: int, column: int, high: int, wide: int) -> Iterator[tuple[int, int]]:
    for below in range(high):
        for right in range(wide):
            if below or right:
                yield row + below, column + right


def _is_prose(row: SheetRow, column: int, spans: Spans, above: Sequence[SheetRow]) -> bool:
    """Whether the only cell of a row is running text: above a table, merged across it, or long and at its left edge."""
    if not above:
        return True
    wide = spans.get((row.number, column), (1, 1))[1]
    at_left_edge = all(column <= other.filled[0] for other in above)
    return (at_left_edge and len(row.texts[column]) > PROSE) or (wide > 1 and column + wide >= len(row.texts))


def _paragraphs(row: SheetRow, column: int, table: int) -> list[Block]:
    where = Where(table=table, row=row.number, column=column)
    return [Paragraph(text, where) for line in row.texts[column].split("\n") if (text := clean(line))]


def cell_text(text: str) -> str:
    """The text of a cell, its lines kept apart."""
    return "\n".join(line for piece in text.splitlines() if (line := clean(piece)))
