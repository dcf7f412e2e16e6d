"""Table rows that a page break cut in two: put together again before anybody reads half a label."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from gongkai.read.document import Block, Grid, GridCell

WORDS = re.compile(r"[^\W\d_]")  # what headings begin with, and figures (with a unit), ordinals and strokes do not
ORDINAL = re.compile(r"[（(]?[\d一二三四五六七八九十]{1,3}[)）.．、]")  # what begins a label, and so is no rest of one
OPEN = ("（", "(")  # what an ordinal begins with: cut behind it, the rest of the label looks like one that begins
NEAR = 6.0  # points by which the edges of one column may differ from page to page
_CUT_CELLS = 2  # so many cells of a header must be cut before its pieces are put together


def joined(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, in which a table's first row on a page that only goes on the last one of the page before is part
    of that row: its figures stand on the first page, the rest of its label on the second; or both are of a header.
    So is the rest of a heading beside rows of both pages. A header that is printed once more may stand above the rest.
    """
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
    first = _rows_repeated(above, below)
    begins = [cell for cell in below.cells if cell.row == first]
    pairs = [(cell, _same_column(cell, begins)) for cell in ends]
    rests = {cell: rest for cell, rest in pairs if rest is not None and rest.text.strip()}
    headings = {cell: rest for cell, rest in rests.items() if _is_rest_of_heading(cell, rest, ends)}
    of_row = [pair for pair in pairs if pair[0] not in headings]
    if _is_rest_of_label(above, of_row) or (first == 0 and _is_rest_of_header(above, begins, rests)):
        return _with_rests(above, rests), _without(below, rests, first)
    return _with_rests(above, headings), _without(below, headings)


def _with_rests(above: Grid, rests: Mapping[GridCell, GridCell]) -> Grid:
    whole = (c._replace(text=f"{c.text}\n{rests[c].text}") if c in rests else c for c in above.cells)
    return replace(above, cells=tuple(whole)) if rests else above


def _without(below: Grid, rests: Mapping[GridCell, GridCell], row: int | None = None) -> Grid:
    """The table without the text of the cells that are the rest of others; `row`: nor the row that is nothing else."""
    moved = set(rests.values())
    left = (
        c._replace(text="") if c in moved else c
        for c in below.cells
        if c.row != row or c.rowspan > 1 or (c.text.strip() and c not in moved)
    )
    return replace(below, cells=tuple(left)) if rests else below


def _rows_repeated(above: Grid, below: Grid) -> int:
    """How many rows at the top of both are the same: a header that is printed on every page."""
    pairs = zip(above.rows(), below.rows(), strict=False)
    return sum(1 for _ in takewhile(lambda rows: _are_same(*(list(map(_printed, row)) for row in rows)), pairs))


def _printed(cell: GridCell) -> str:
    """What a cell says, without blanks and line breaks."""
    return "".join(cell.text.split())


def _are_same(row: Sequence[str], again: Sequence[str]) -> bool:
    """Whether two rows say the same, and say something; one may print less of a long text."""
    pairs = list(zip(row, again, strict=False))
    are_alike = all(bool(a) == bool(b) and (a.startswith(b) or b.startswith(a)) for a, b in pairs)
    return any(row) and len(row) == len(again) and row[-1:] == again[-1:] and are_alike


def _is_rest_of_heading(cell: GridCell, rest: GridCell, row: Sequence[GridCell]) -> bool:
    """Whether a cell with an ordinal, beside a label of the row, goes on: the page cut the heading of several rows."""
    begun, going_on = _printed(cell), _printed(rest)
    beside = any(other.column > cell.column and WORDS.search(other.text) for other in row)
    return beside and not _begins_label(begun, going_on) and ORDINAL.match(begun + going_on) is not None


def _begins_label(above: str, text: str) -> bool:
    """Whether a text begins with an ordinal that is whole: `above` it, none was begun."""
    return ORDINAL.match(text) is not None and not above.endswith(OPEN)


def _is_rest_of_label(above: Grid, pairs: Sequence[tuple[GridCell, GridCell | None]]) -> bool:
    """Nothing goes on below the figures, and no label begins: neither one with an ordinal, nor, among labels without,
    that of a row of blanks."""
    behind = max((cell.column for cell, _ in pairs if WORDS.search(cell.text)), default=-1)
    figures = [(cell, rest) for cell, rest in pairs if cell.column > behind]
    if not figures or any(rest is None or rest.text.strip() for _, rest in figures):
        return False
    labels = [(cell, rest) for cell, rest in pairs if rest is not None and rest.text.strip()]
    if any(_begins_label(cell.text.strip(), rest.text.strip()) for cell, rest in labels):
        return False
    blanks = [cell for cell in above.cells if not cell.text.strip()]
    zeros_are_blanks = any(_same_column(cell, blanks) is not None for cell, _ in figures)
    return not zeros_are_blanks or any(ORDINAL.match(cell.text.strip()) for cell, _ in labels)


def _is_rest_of_header(above: Grid, begins: Sequence[GridCell], rests: Mapping[GridCell, GridCell]) -> bool:
    """Several cells go on below, where both rows hold words only, and the header is not printed once more."""
    going_on = [cell for cell in rests if cell.text.strip()]
    texts = [text for cell in (*begins, *going_on) if (text := _printed(cell))]
    repeated = any(_is_printed_above(cell, above) for cell in begins if cell.text.strip())
    return len(going_on) >= _CUT_CELLS and not repeated and all(map(WORDS.match, texts))


def _is_printed_above(cell: GridCell, above: Grid) -> bool:
    """Whether a table says the same in the same column; in another one it may be half of a label that is alike."""
    return _same_column(cell, [other for other in above.cells if _printed(other) == _printed(cell)]) is not None


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
