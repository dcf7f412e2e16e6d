"""Table rows that a page break cut in two: put together again before anybody reads half a label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from gongkai.read.document import Block, Grid, GridCell
from gongkai.read.ruled import FIGURE

NEAR = 6.0  # points by which the edges of one column may differ from page to page


def joined(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, in which a table's first row on a page that only goes on the last one of the page before is part
    of that row: its figures stand on the first page, the rest of its label on the second."""
    result = list(blocks)
    tables = [n for n, block in enumerate(result) if isinstance(block, Grid)]
    for first, second in pairwise(tables):
        above, below = result[first], result[second]
        if isinstance(above, Grid) and isinstance(below, Grid) and below.where.page == (above.where.page or 0) + 1:
            result[first], result[second] = _joined(above, below)
    return result


def _joined(above: Grid, below: Grid) -> tuple[Grid, Grid]:
    last = max(cell.row + cell.rowspan for cell in above.cells)
    ends = [cell for cell in above.cells if cell.row + cell.rowspan == last]
    begins = [cell for cell in below.cells if cell.row == 0]
    pairs = [(cell, _same_column(cell, begins)) for cell in ends]
    figures = [rest for cell, rest in pairs if FIGURE.fullmatch(cell.text.strip())]
    goes_on = bool(figures) and all(rest is not None and not rest.text.strip() for rest in figures)
    if not goes_on or not any(rest and rest.text.strip() for _, rest in pairs):
        return above, below
    rests = {cell: rest for cell, rest in pairs if rest is not None and rest.text.strip()}
    whole = tuple(c._replace(text=f"{c.text}\n{rests[c].text}") if c in rests else c for c in above.cells)
    left = tuple(c._replace(text="") if c.row == 0 else c for c in below.cells if c.row or c.rowspan > 1)
    return replace(above, cells=whole), replace(below, cells=left)


def _same_column(cell: GridCell, others: Sequence[GridCell]) -> GridCell | None:
    """The cell between the same left and right edges."""
    if cell.where.bbox is None:
        return None
    left, _, right, _ = cell.where.bbox
    for other in others:
        box = other.where.bbox
        if box and abs(box[0] - left) < NEAR and abs(box[2] - right) < NEAR:
            return other
    return None
