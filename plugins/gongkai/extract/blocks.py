"""A block of a form's table that is being read: when one begins, and which cells are its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from gongkai.extract import labels
from gongkai.extract.columns import Order, exact_order, is_plain, printed_order, printed_orders, without_foreign
from gongkai.extract.lines import Line, Token, trim
from gongkai.extract.rows import RowReading, TablesReading
from gongkai.forms import Block, CellKey, Row, Table
from gongkai.forms.parts import Labelled

_FEW_COLUMNS = 3
"""Of the small blocks of table 二: their headers, a row each, tell the forms apart."""

_ROWS_AHEAD = 3
"""How far ahead a damaged label may be recognised by likeness."""

_PLAIN_LABEL = 8
"""A first-row label of this length opens its table even when the header above it was lost."""


class OpenBlock:
    """A block whose header was seen: knows its columns in printed order and the rows that may still come."""

    def __init__(self, table: Table, block: Block, order: Order | None, orders: tuple[Order, ...] = ()) -> None:
        """`order`: the columns as printed, None where that is unclear. `orders`: of each row of a one-line table."""
        self._table, self._block, self._order, self._orders = table, block, order, orders
        self._columns = tuple(filter(None, order or (column.key for column in block.columns)))
        self._rows = list(block.rows)
        self._passed: list[Row] = []
        self._taken: dict[str, RowReading] = {}
        self._gathered: list[Token] | None = [] if table.layout == "one_line" else None
        self._read = False
        self._fillers = 0
        self._repeats: tuple[int, ...] = ()

    @property
    def _line_length(self) -> int:
        return len(self._block.rows) * len(self._block.columns)

    def expect_fillers(self, count: int, repeats: tuple[int, ...]) -> None:
        """What the merged cells of the header left, and so in each row: so many empty cells at its end, or each of its
        cells that many times."""
        if len(self._block.columns) <= _FEW_COLUMNS:
            self._fillers = count
            if len(repeats) > len(self._columns) and sum(repeats[-len(self._columns) :]) > len(self._columns):
                self._repeats = repeats[-len(self._columns) :]

    def wants_more(self, text: str, cells: Sequence[str]) -> bool:
        """Whether a one-line table still waits for figures.

        They may come in pieces, each behind its own label, or row by row, in a table of its own each.
        """
        if not self._gathered or len(self._gathered) >= self._line_length:
            return False
        begun, place = divmod(len(self._gathered), len(self._block.columns))
        if not text or labels.ends_with(text, self._block.columns[place].labels):
            return True
        if place or not labels.holds(text, self._block.rows[begun].labels):
            return False
        rest = _orders_of_rows(self._block, cells, self._orders[begun:])
        self._orders = (*self._orders[:begun], *(rest or ()))
        return rest is not None

    def take(self, text: str, line: Line, reading: TablesReading) -> bool:
        if self._gathered is not None:
            # once begun, wants_more decides
            return not self._gathered and not self._read and self.gather(text, line, reading)
        row = self._row_named(text)
        if row is None:
            return self._take_other(text, line, reading)
        blank = all(token.blank for token in line.tokens)
        if blank and (not line.words or self._is_header(line) or not labels.ends_with(text, row.labels)):
            return False
        self._leave(row)
        self._taken[row.key] = self._row_reading(self._keys(row), line)
        reading.rows.append(self._taken[row.key])
        return True

    def _keys(self, row: Row) -> tuple[CellKey, ...]:
        return tuple([CellKey(self._table.key, row.key, column) for column in self._columns])

    def _leave(self, row: Row) -> None:
        """What stands before a row in the form has been passed, and may still come where rows are swapped."""
        if row in self._passed:
            self._passed.remove(row)
            return
        at = self._rows.index(row)
        self._passed += self._rows[:at]
        del self._rows[: at + 1]

    def expects(self, text: str) -> bool:
        """Whether a text ends with the label of a row that may come."""
        return self._gathered is None and any(labels.ends_with(text, row.labels) for row in self._rows)

    def _row_reading(self, keys: tuple[CellKey, ...], line: Line) -> RowReading:
        """The cells in columns of the form; all of them where the header does not tell which those are."""
        if self._order is None:
            return RowReading(keys, ())
        own = without_foreign(self._order, line)
        if own is None:
            return RowReading(keys, tuple(line.tokens), mixed=True)
        wanted, tokens = len(self._columns), self._once_each(own)
        if self._fillers and line.whole_row and len(tokens) == wanted and any(token.blank for token in tokens):
            return RowReading(keys, ())  # a cell is missing, and the last may be no figure
        filled = self._fillers and len(tokens) == wanted + self._fillers and all(t.blank for t in tokens[wanted:])
        return RowReading(keys, tokens[:wanted] if filled else tokens)

    def _once_each(self, tokens: Sequence[Token]) -> tuple[Token, ...]:
        """The cells of a row without those that a merged one left behind it, which print the same."""
        if len(tokens) != sum(self._repeats):
            return tuple(tokens)
        ends = tuple(accumulate(self._repeats))
        merged = [tokens[end - length : end] for end, length in zip(ends, self._repeats, strict=True)]
        if any(token.text != cells[0].text for cells in merged for token in cells):
            return tuple(tokens)
        return tuple(cells[0] for cells in merged)

    def gather(self, text: str, line: Line, reading: TablesReading) -> bool:
        """Take the figures of a one-line table; the line is read when there are as many as the form has."""
        all_blank = all(token.blank for token in line.tokens)
        if self._gathered is None:
            return False
        header = self._is_header(line) and len(line.tokens) < self._line_length
        if all_blank and (header or not self._may_be_blank(text, len(line.tokens))):
            return False
        self._gathered.extend(self._of_one_row(text, line))
        if len(self._gathered) >= self._line_length:
            reading.rows.extend(self.leftovers())
        return True

    def _of_one_row(self, text: str, line: Line) -> Sequence[Token]:
        """The figures of a line; where it has the label of one row, without the empty cells of a wider table."""
        begun, place = divmod(len(self._gathered or ()), len(self._block.columns))
        if place or not line.words or not labels.ends_with(text, self._block.rows[begun].labels):
            return line.tokens
        own = trim(line.tokens, len(self._block.columns))
        return own if own and all(token.blank for token in line.tokens[len(own) :]) else line.tokens

    def _may_be_blank(self, text: str, count: int) -> bool:
        """Whether so many blanks are figures left blank: all of them, or those of a row, right behind its label."""
        begun, place = divmod(len(self._gathered or ()), len(self._block.columns))
        if place or count % len(self._block.columns):
            return False
        row, last = self._block.rows[begun], self._block.columns[-1]
        return count >= self._line_length or labels.ends_with(text, row.labels) or labels.ends_with(text, last.labels)

    def leftovers(self) -> Iterator[RowReading]:
        if not self._gathered:
            return
        rows = zip(self._block.rows, self._orders, strict=True)
        keys = tuple(CellKey(self._table.key, row.key, column) for row, order in rows for column in order if column)
        tokens, self._gathered, self._read = tuple(self._gathered), [], True
        yield RowReading(keys, tokens)

    def _is_header(self, line: Line) -> bool:
        """Whether a row names columns: a header that is printed once more, and ends like a row."""
        names = [labels.column_named(labels.stem(word), self._block.columns) for word in line.words]
        return len(set(filter(None, names))) > 1

    def _row_named(self, text: str) -> Row | None:
        for rows in (self._rows, self._passed):
            exact = [row for row in rows if labels.ends_with(text, row.labels)]
            if exact:
                return max(exact, key=lambda row: max(len(s) for s in labels.stems(row.labels) if text.endswith(s)))
        if not text or any(labels.ends_with(text, group.labels) for group in self._table.groups):
            return None
        if self._row_repeated(text) is not None:
            return None  # rows have labels alike: this is no damaged one of another row
        ahead = self._rows[:_ROWS_AHEAD]
        scored = [(labels.similarity(text, row.labels), -n) for n, row in enumerate(ahead)]
        best = max(scored, default=(0.0, 0))
        return ahead[-best[1]] if best[0] >= labels.FUZZY_ENOUGH else None

    def _row_repeated(self, text: str) -> Row | None:
        """The row read before whose whole label stands here once more; short labels end those of other rows, too."""
        for row in self._block.rows:
            long = [stem for stem in labels.stems(row.labels) if len(stem) >= _PLAIN_LABEL]
            if row.key in self._taken and text.endswith(tuple(long)):
                return row
        return None

    def _take_other(self, text: str, line: Line, reading: TablesReading) -> bool:
        """A row that the form does not have: a group's subtotal, one of the publisher's own, or one printed twice."""
        if not text or not self._rows or all(token.blank for token in line.tokens):
            return False
        for group in self._table.groups:
            if labels.ends_with(text, group.labels):
                keys = tuple(CellKey(self._table.key, group.key, column) for column in self._columns)
                reading.subtotals[self._table.key, group.key] = self._row_reading(keys, line)
                return True
        if len(line.tokens) < len(self._columns):
            return False
        again = self._row_repeated(text)
        if again is not None and self._row_reading(self._keys(again), line).figures != self._taken[again.key].figures:
            reading.differing_rows.add((self._table.key, again.key))
        reading.unknown.append((self._table.key, labels.after_ordinal(text)[-40:], line))
        return True


def open_block(
    table: Table, block: Block, text: str, row_labels: tuple[str, ...], cells: Sequence[str]
) -> OpenBlock | None:
    """The block, where these words end its header; `cells`: those that stand above its first row."""
    if table.layout == "one_line":
        return _open_one_line(table, block, text, cells)
    if not text.endswith(row_labels):
        return None
    if len(block.columns) <= _FEW_COLUMNS:
        return _open_by_header(table, block, text, cells)
    if any(labels.ends_with(text, column.labels) for column in block.columns):
        return None  # 其他 and 总计: the header itself, or a row deep in the table
    opens_plainly = any(len(s) >= _PLAIN_LABEL and text.endswith(s) for s in labels.stems(block.rows[0].labels))
    if opens_plainly or shows_most(text, block.columns):
        return OpenBlock(table, block, printed_order(table, block, cells))
    return None


def _open_by_header(table: Table, block: Block, text: str, cells: Sequence[str]) -> OpenBlock | None:
    if not any(labels.ends_with(text, row.labels) for row in block.rows):
        return None
    exact = exact_order(table, block, cells)
    if exact is not None:
        return OpenBlock(table, block, exact) if is_plain(block, exact, cells) else None
    found = labels.find_columns(text, block.columns)
    if found is None:
        return None
    order, begin, end = found
    before, after = text[:begin], text[end:]
    corners = labels.stems(table.corner)
    if any(corner in before for corner in corners) and not before.endswith(corners):
        return None  # other labels stand between the corner and these: another form's header
    if not any(after == stem for row in block.rows for stem in labels.stems(row.labels)):
        return None
    return OpenBlock(table, block, order)


def shows_most(text: str, labelled: Sequence[Labelled]) -> bool:
    """Whether a stemmed text has more than half of some labels: the columns of a header, or the rows of a block."""
    return 2 * sum(labels.holds(text, each.labels) for each in labelled) > len(labelled)


def _open_one_line(table: Table, block: Block, text: str, cells: Sequence[str]) -> OpenBlock | None:
    shown = [labels.holds(text, row.labels) for row in block.rows]
    if not shown[0] and 2 * sum(shown) <= len(shown):
        return None
    shows_all = all(labels.holds(text, column.labels) for column in block.columns)
    starts = shows_all or labels.ends_with(text, block.columns[0].labels)
    if (starts and shown[0]) or (2 * sum(shown) > len(shown) and shows_most(text, block.columns)):
        form_order = tuple(column.key for column in block.columns)
        orders = _orders_of_rows(block, cells, (form_order,) * len(block.rows))
        return OpenBlock(table, block, None, orders) if orders else None
    return None


def _orders_of_rows(block: Block, cells: Sequence[str], so_far: tuple[Order, ...]) -> tuple[Order, ...] | None:
    """The columns of rows that are still to come; without a header of their own, those known so far."""
    return printed_orders(block, [labels.stem(cell) for cell in cells], so_far)
