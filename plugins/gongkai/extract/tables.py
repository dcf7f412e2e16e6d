"""Walks a document's lines along one form and says which cells belong to which row of it.

A label is matched by state (the open table, the rows that may still come), never by bare text: 其他 is a column and a
row, 总计 a row and a column, and 二、三、四、 number both the sections and the rows of table 三.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from gongkai.extract import labels
from gongkai.extract.blocks import OpenBlock, open_block, shows_most
from gongkai.extract.indicators import read_indicators
from gongkai.extract.lines import Fields, Line
from gongkai.extract.numbers import read_figure
from gongkai.extract.rows import TablesReading
from gongkai.forms import Block, Form, Table

_WORDS_KEPT = 900
"""Characters of label text remembered before a row; the longest header of a form has some 200."""

_CELLS_KEPT = 60
"""Cells remembered before a row; the longest header of a form has 20."""

_LABELS_EXPECTED = 0.2
"""Share of its row labels that a document must have for a form to be tried."""


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
        self._repeats: tuple[int, ...] = ()
        self._skipped: list[tuple[str, Line]] = []
        self._open: OpenBlock | None = None
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
            self._skipped.append((above, line))
        else:
            self._cells.extend(line.words)
            if line.whole_row and line.label:
                self._fillers = sum(token.blank for token in line.tokens)
                self._repeats = line.repeats

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
            opened = open_block(table, block, text, self._row_labels, above)
            if opened is None:
                continue
            opened.expect_fillers(self._fillers, self._repeats)
            if opened.take(text, line, into):
                self._close()
                if into is self.reading:
                    self._left.remove((table, block))
                    self._done.append((table, block))
                else:
                    self._again.append(into)
                self._open, self._into = opened, into
                self._report_skipped(table, block)
                return True
        return False

    def _report_skipped(self, table: Table, block: Block) -> None:
        """Rows of the publisher's own between the header of a block and its first row."""
        for above, line in self._skipped:
            if shows_most(labels.stem(above), block.columns):
                self._into.unknown.append((table.key, labels.after_ordinal(labels.stem(line.label)), line))
        self._skipped.clear()
