"""The order in which a header prints the columns of a table, and the columns it has beside those of the form.

Publishers move columns (总计 first), and add some of their own: 小计, 备注, 上年数. A figure belongs to the column that
its header names; where the header cannot be made out, the form's own order is all there is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from gongkai.extract import labels
from gongkai.extract.lines import Line, Token, trim
from gongkai.forms import Block, Table

Order = tuple[str | None, ...]
"""Column keys in printed order; None for a column that the form does not have, '' for one of remarks."""

_REMARKS = ""

_REMARK_HEADINGS = frozenset({"备注", "说明", "备注说明"})
_SERIAL_HEADINGS = frozenset({"序号", "编号", "代码"})
_LONGEST_HEADING = 12
_COMPARISON = re.compile(r"20\d\d年|上年|上一年|去年|同比|环比|比上")
"""What stands in the headings of columns beside the form's that tell how it was before."""


def printed_order(table: Table, block: Block, cells: Sequence[str]) -> Order | None:
    """The columns of a block with one header, as printed.

    Args:
        table, block: of the form. cells: what was read since the table before, cell by cell, in reading order.

    Returns:
        The form's own order where the header says nothing to the contrary; None where it does, but not clearly what.
    """
    found = exact_order(table, block, cells)
    if found is not None:
        return found
    form_order = tuple(column.key for column in block.columns)
    return form_order if _in_order(block, "".join(_below_corner(table, cells)[1])) else None


def exact_order(table: Table, block: Block, cells: Sequence[str]) -> Order | None:
    """The columns as printed, where each of them has a cell of the header to itself."""
    beside, header = _below_corner(table, cells)
    columns = [labels.column_named(cell, block.columns) for cell in header]
    form_order = tuple(column.key for column in block.columns)
    if sorted(filter(None, columns)) != sorted(form_order):
        return None
    own = [n for n, key in enumerate(columns) if key is not None]
    rests = [n + 1 for n in own if _goes_on(block, header[n : n + 2])]
    groups = [n for n, cell in enumerate(header) if n not in own and _is_part_of(cell, table.header_groups)]
    entries = [
        (_REMARKS if cell in _REMARK_HEADINGS else columns[n], n)
        for n, cell in enumerate(header)
        if n in own or (n not in groups and n not in rests and _heads_a_column(block, cell, n - own[0], n - own[-1]))
    ]
    return (None,) * beside + _leaves(entries, groups[-1] if groups else None, form_order)


def is_plain(block: Block, order: Order, cells: Sequence[str]) -> bool:
    """Whether most columns are the form's, and so the header too; remarks and comparisons do not count."""
    stemmed = [labels.stem(cell) for cell in cells[-len(order) :]]
    named = [cell for cell in stemmed if labels.column_named(cell, block.columns) is None]
    compared = sum(_COMPARISON.search(cell) is not None for cell in named)
    return 2 * sum(map(bool, order)) > len([key for key in order if key != _REMARKS]) - compared


def printed_orders(block: Block, cells: Sequence[str], so_far: tuple[Order, ...]) -> tuple[Order, ...] | None:
    """The columns of a one-line table, which prints them once for all or again for each of its rows.

    Args:
        block: of the form. cells: what was read since the figures before, stemmed.
        so_far: the columns of each row to come, as far as they were known before.

    Returns:
        `so_far` where the cells are no header; None where they are one, but it is unclear of which columns.
    """
    width = len(block.columns)
    by_cells = [key for cell in cells if (key := labels.column_named(cell, block.columns))]
    for keys in (labels.columns_in("".join(cells), block.columns), by_cells):  # line breaks part some labels
        printed = [tuple(keys[n : n + width]) for n in range(0, len(keys), width)]
        if 0 < len(printed) <= len(so_far) and all(len(set(order)) == width for order in printed):
            return (*printed, *(printed[-1] for _ in so_far[len(printed) :]))
    return None if by_cells and len(by_cells) % width == 0 and len(by_cells) <= width * len(so_far) else so_far


def without_foreign(order: Order, line: Line) -> Sequence[Token] | None:
    """The cells of a row that stand in columns of the form; None where it is unclear which do."""
    if all(order):
        return line.tokens
    printed = tuple(token for token in line.tokens if not token.blank)
    tokens = printed if len(printed) == len(order) else trim(line.tokens, len(order))
    if tokens is not None:
        return [token for token, key in zip(tokens, order, strict=True) if key]
    without_remarks = tuple(key for key in order if key != _REMARKS)
    only_remarks_follow = all(without_remarks) and order[: len(without_remarks)] == without_remarks
    wanted = len(without_remarks)
    return line.tokens if only_remarks_follow and not line.whole_row and len(line.tokens) == wanted else None


def _below_corner(table: Table, cells: Sequence[str]) -> tuple[int, list[str]]:
    """How many serial numbers stand within the corner, and what follows it, stemmed."""
    stemmed = [labels.stem(cell) for cell in cells]
    corners = [n for n, cell in enumerate(cells) if any(corner in labels.fold(cell) for corner in table.corner)]
    if not corners:
        return 0, stemmed
    numbers = sum(cell in _SERIAL_HEADINGS for cell in stemmed[corners[0] : corners[-1]])
    if stemmed[max(corners[0] - 1, 0)] in _SERIAL_HEADINGS:
        numbers = 0  # they stand before it, once a row of the header
    return numbers, stemmed[corners[-1] + 1 :]


def _is_part_of(cell: str, names: tuple[str, ...]) -> bool:
    return any(cell in stem for stem in labels.stems(names)) if cell and names else False


def _heads_a_column(block: Block, cell: str, after_first: int, after_last: int) -> bool:
    """Whether a cell that names no column of the form names another: among them, or right behind.

    A piece of a broken label does not. Before the form's columns only headings that all know count.
    """
    if cell in _REMARK_HEADINGS:
        return True
    if after_first < 0 or after_last > 1 or not 0 < len(cell) <= _LONGEST_HEADING:
        return False
    return not any(_is_part_of(labels.after_ordinal(cell), row.labels) for row in block.rows)


def _goes_on(block: Block, cells: Sequence[str]) -> bool:
    """Whether the second of two cells is the rest of the label of a column that has a shorter one, too: …数, 量."""
    whole = labels.column_named("".join(cells), block.columns)
    return len(cells) > 1 and whole is not None and whole == labels.column_named(cells[0], block.columns)


def _leaves(entries: list[tuple[str | None, int]], group: int | None, form_order: tuple[str, ...]) -> Order:
    """The columns from left to right: below a group heading stand the inner ones, beside it those of the rows above."""
    own = [n for key, n in entries if key]
    outer_first = [key for key, _ in entries if key][:2] == [form_order[0], form_order[-1]]
    if outer_first and (group is None or group < own[0]):
        group = own[1]  # the heading was read before, or together with the corner: it parts the first from the last
    if group is None:
        return tuple(key for key, _ in entries)
    first_inner = next((n for key, n in entries if key in form_order[1:-1]), group)
    above = [(key, n) for key, n in entries if n < own[0]]  # beside the heading over all columns
    left = [(key, n) for key, n in entries if own[0] <= n < min(group, first_inner)]
    right = [(key, n) for key, n in entries if group <= n < first_inner]
    inner = [(key, n) for key, n in entries if n >= max(first_inner, own[0])]
    return tuple(key for key, _ in (*left, *inner, *right, *above))


def _in_order(block: Block, text: str) -> bool:
    """Whether the labels that can be found stand in the form's order; the outer ones may stand in a row above."""
    stems = (stem for column in block.columns[1:-1] for stem in labels.stems(column.labels) if len(stem) > 2)
    found = [place for stem in stems if (place := text.rfind(stem)) >= 0]
    return all(before < after for before, after in pairwise(found))
