"""Walks a document's lines along one form and says which cells belong to which row of it.

A label is matched by state (the open table, the rows that may still come), never by bare text: 其他 is a column and a
row, 总计 a row and a column, and 二、三、四、 number both the sections and the rows of table 三.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from gongkai.extract import labels
from gongkai.extract.columns import Order, exact_order, is_plain, printed_order, printed_orders, without_foreign
from gongkai.extract.indicators import read_indicators
from gongkai.extract.lines import Fields, Line, Token, trim
from gongkai.extract.numbers import read_figure
from gongkai.extract.rows import RowReading, TablesReading
from gongkai.forms import Block, CellKey, Form, Row, Table
from gongkai.forms.model import Labelled

_WORDS_KEPT = 900
"""Characters of label text remembered before a row; the longest header of a form has some 200."""

_CELLS_KEPT = 60
"""Cells remembered before a row; the longest header of a form has 20."""

_FEW_COLUMNS = 3
"""Of the small blocks of table 二: their headers, a row each, tell the forms apart."""

_ROWS_AHEAD = 3
"""How far ahead a damaged label may be recognised by likeness."""

_LABELS_EXPECTED = 0.2
"""Share of its row labels that a document must have for a form to be tried."""

_PLAIN_LABEL = 8
"""A first-row label of this length opens its table even when the header above it was lost."""


def read_tables(
    form: Form, fields: Sequence[Fields], lines: Iterable[Line], text: str, year: int | None
) -> TablesReading:
    """Match a document against the tables of one form.

    Args:
        fields, lines: the document, as rows of cells and as lines of a table. text: all of it, folded.
        year: of the report, where it is known: some heads name it.
    """
    reading = TablesReading(form)
    if not _shows(form, text):
        return reading
    for table in form.tables:
        if table.layout == "indicators":
            read_indicators(table, fields, year, reading)
    if any(table.layout != "indicators" for table in form.tables):
        walk = _Walk(reading)
        for line in lines:
            walk.take(line)
        walk.finish()
    return reading


def _has_figures(line: Line) -> bool:
    return any(read_figure(token.text).value is not None for token in line.tokens)


def _shows(form: Form, text: str) -> bool:
    """Whether a text has enough of a form's labels for a walk to be worth its time."""
    rows = [row for table in form.tables for block in table.blocks for row in block.rows if not row.optional]
    return sum(labels.holds(text, row.labels) for row in rows) >= _LABELS_EXPECTED * len(rows)


class _Walk:
    def __init__(self, reading: TablesReading) -> None:
        self.reading = reading
        form = reading.form
        self._words = ""
        self._cells: deque[str] = deque(maxlen=_CELLS_KEPT)
        self._fillers = 0
        self._open: _OpenBlock | None = None
        self._into = reading
        self._again: list[TablesReading] = []
        self._done: list[tuple[Table, Block]] = []
        self._left: list[tuple[Table, Block]] = [(table, block) for table in form.tables for block in table.blocks]
        self._row_labels = tuple(
            stem for _, block in self._left for row in block.rows for stem in labels.stems(row.labels)
        )

    def take(self, line: Line) -> None:
        above = labels.without_open_note(self._words) if line.whole_row else self._words
        if line.if_blank and self._open and self._open.expects(labels.stem(above + line.if_blank.label)):
            line = line.if_blank
        self._words = (above + line.label)[-_WORDS_KEPT:]
        if line.tokens and self._place(line):
            self._words = ""
            self._cells.clear()
        elif line.whole_row and line.words and _has_figures(line):
            self._words = above  # a row that the form does not have is no part of a header
        else:
            self._cells.extend(line.words)
            if line.whole_row and line.label:
                self._fillers = sum(token.blank for token in line.tokens)

    def finish(self) -> None:
        """Take what is left, and hold the tables that stand there twice against each other."""
        self._close()
        if not self._again:
            return
        printed = {row.keys: row.figures for row in self.reading.rows}
        for row in (row for again in self._again for row in again.rows):
            if row.figures != printed.get(row.keys, row.figures):
                self.reading.differing.add(row.keys[0].table)

    def _close(self) -> None:
        if self._open is not None:
            self._into.rows.extend(self._open.leftovers())

    def _place(self, line: Line) -> bool:
        text = labels.stem(self._words)
        if self._open is not None and self._open.wants_more(text, (*self._cells, *line.words)):
            return self._open.gather(text, line, self._into)
        if self._opens(text, line, self._left, self.reading):
            return True
        if self._open is not None and self._open.take(text, line, self._into):
            return True
        return self._opens(text, line, self._done, TablesReading(self.reading.form))

    def _opens(self, text: str, line: Line, blocks: Sequence[tuple[Table, Block]], into: TablesReading) -> bool:
        """Whether the words before these figures end a header, so that one of the blocks begins here."""
        for table, block in blocks:
            above = (*self._cells, *line.words) if table.layout == "one_line" else tuple(self._cells)
            opened = _open_block(table, block, text, self._row_labels, above)
            if opened is None:
                continue
            if len(block.columns) <= _FEW_COLUMNS:
                opened.fillers = self._fillers
            if opened.take(text, line, into):
                self._close()
                if into is self.reading:
                    self._left.remove((table, block))
                    self._done.append((table, block))
                else:
                    self._again.append(into)
                self._open, self._into = opened, into
                return True
        return False


class _OpenBlock:
    """A block whose header was seen: knows its columns in printed order and the rows that may still come."""

    def __init__(self, table: Table, block: Block, order: Order | None, orders: tuple[Order, ...] = ()) -> None:
        """`order`: the columns as printed, None where that is unclear. `orders`: of each row of a one-line table."""
        self._table, self._block, self._order, self._orders = table, block, order, orders
        self._columns = tuple(filter(None, order or (column.key for column in block.columns)))
        self._rows = list(block.rows)
        self._passed: list[Row] = []
        self._gathered: list[Token] | None = [] if table.layout == "one_line" else None
        self._read = False
        self.fillers = 0
        """Empty cells that a merged heading left at the end of the header, and so of each row."""

    @property
    def _line_length(self) -> int:
        return len(self._block.rows) * len(self._block.columns)

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
        if blank and (self._is_header(line) or not labels.ends_with(text, row.labels)):
            return False
        self._leave(row)
        keys = tuple([CellKey(self._table.key, row.key, column) for column in self._columns])
        reading.rows.append(self._row_reading(keys, line))
        return True

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
        wanted, tokens = len(self._columns), tuple(own)
        if self.fillers and line.whole_row and len(tokens) == wanted and any(token.blank for token in tokens):
            return RowReading(keys, ())  # a cell is missing, and the last may be no figure
        filled = self.fillers and len(tokens) == wanted + self.fillers and all(t.blank for t in tokens[wanted:])
        return RowReading(keys, tokens[:wanted] if filled else tokens)

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
        ahead = self._rows[:_ROWS_AHEAD]
        scored = [(labels.similarity(text, row.labels), -n) for n, row in enumerate(ahead)]
        best = max(scored, default=(0.0, 0))
        return ahead[-best[1]] if best[0] >= labels.FUZZY_ENOUGH else None

    def _take_other(self, text: str, line: Line, reading: TablesReading) -> bool:
        """A row that the form does not have: a group's subtotal, or one of the publisher's own."""
        if not text or not self._rows or all(token.blank for token in line.tokens):
            return False
        for group in self._table.groups:
            if labels.ends_with(text, group.labels):
                keys = tuple(CellKey(self._table.key, group.key, column) for column in self._columns)
                reading.subtotals[self._table.key, group.key] = self._row_reading(keys, line)
                return True
        if len(line.tokens) < len(self._columns):
            return False
        reading.unknown.append((self._table.key, labels.after_ordinal(text)[-40:], line))
        return True


def _open_block(
    table: Table, block: Block, text: str, row_labels: tuple[str, ...], cells: Sequence[str]
) -> _OpenBlock | None:
    if table.layout == "one_line":
        return _open_one_line(table, block, text, cells)
    if not text.endswith(row_labels):
        return None
    if len(block.columns) <= _FEW_COLUMNS:
        return _open_by_header(table, block, text, cells)
    if any(labels.ends_with(text, column.labels) for column in block.columns):
        return None  # 其他 and 总计: the header itself, or a row deep in the table
    opens_plainly = any(len(s) >= _PLAIN_LABEL and text.endswith(s) for s in labels.stems(block.rows[0].labels))
    if opens_plainly or _shows_most(text, block.columns):
        return _OpenBlock(table, block, printed_order(table, block, cells))
    return None


def _open_by_header(table: Table, block: Block, text: str, cells: Sequence[str]) -> _OpenBlock | None:
    if not any(labels.ends_with(text, row.labels) for row in block.rows):
        return None
    exact = exact_order(table, block, cells)
    if exact is not None:
        return _OpenBlock(table, block, exact) if is_plain(block, exact, cells) else None
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
    return _OpenBlock(table, block, order)


def _shows_most(text: str, labelled: Sequence[Labelled]) -> bool:
    return 2 * sum(labels.holds(text, each.labels) for each in labelled) > len(labelled)


def _open_one_line(table: Table, block: Block, text: str, cells: Sequence[str]) -> _OpenBlock | None:
    shown = [labels.holds(text, row.labels) for row in block.rows]
    if not shown[0] and 2 * sum(shown) <= len(shown):
        return None
    shows_all = all(labels.holds(text, column.labels) for column in block.columns)
    starts = shows_all or labels.ends_with(text, block.columns[0].labels)
    if (starts and shown[0]) or (2 * sum(shown) > len(shown) and _shows_most(text, block.columns)):
        form_order = tuple(column.key for column in block.columns)
        orders = _orders_of_rows(block, cells, (form_order,) * len(block.rows))
        return _OpenBlock(table, block, None, orders) if orders else None
    return None


def _orders_of_rows(block: Block, cells: Sequence[str], so_far: tuple[Order, ...]) -> tuple[Order, ...] | None:
    """The columns of rows that are still to come; without a header of their own, those known so far."""
    return printed_orders(block, [labels.stem(cell) for cell in cells], so_far)
