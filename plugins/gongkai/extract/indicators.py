"""Reads a table of indicators: a label, a unit and a figure a row.

Beside its figures a sheet may number its rows (序号, 代码) and have several columns of counts. A column of numbers that
rise from row to row is no column of figures. Of several columns of counts the one is read whose head the form names
first: a total, the year to date rather than the period, this organ rather than the units below it, whose own reports
give the others; without a head that the form knows, the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from gongkai.extract import labels
from gongkai.extract.lines import Fields, Line, Token
from gongkai.extract.numbers import UNITS, is_figure, read_figure
from gongkai.extract.rows import CountColumns, RowReading, TablesReading
from gongkai.forms import CellKey, Row, Table

_UNKNOWN = -1
"""The place of the figure in a sheet of several counts whose heads do not say which is which."""

_ROWS_THAT_RUN = 5
"""So many rows must bear rising numbers before these are taken for the numbers of the rows."""

_ORDINAL = re.compile(r"\(?(?:\d+|[一二三四五六七八九十]+)[).、]")
_WORDS_KEPT = 300
_LONGEST_LABEL = 60


def read_indicators(table: Table, fields: Sequence[Fields], year: int | None, reading: TablesReading) -> None:
    """Match rows and lines of cells against a table of indicators; what is found goes into `reading`."""
    walk = _Walk(table)
    for each in fields:
        walk.take(each)
    walk.write(reading, year)


@dataclass(slots=True)
class _Found:
    """A row of the form in the sheet, with the cells behind its label. `ends`: a heading or nothing follows."""

    row: Row
    whole_row: bool
    unit: str = ""
    tokens: list[Token] = field(default_factory=list)
    ends: bool = False


class _Walk:
    def __init__(self, table: Table) -> None:
        self._table = table
        (block,) = table.blocks
        self._rows = block.rows
        (self._column,) = block.columns
        self._labels: dict[str, list[int]] = {}
        for at, row in enumerate(self._rows):
            for stem in labels.stems(row.labels):
                self._labels.setdefault(stem, []).append(at)
        self._lengths = sorted({len(stem) for stem in self._labels}, reverse=True)
        self._units = {*UNITS, *(row.measure(self._column).unit for row in self._rows)}
        self._groups = tuple(stem for group in table.groups for stem in labels.stems(group.labels)) or ("\n",)
        self._words = ""
        self._open: _Found | None = None
        self._found: dict[int, _Found] = {}
        self._at = -1
        self._head: list[str] = []
        self._in_head, self._last_words = False, ""
        self._strays: list[str] = []
        self._unknown: list[tuple[int, str, Line]] = []
        self._unknown_label = ""
        self._ended = False

    def take(self, fields: Fields) -> None:
        """One row or line of cells."""
        tokens = fields.tokens
        if fields.whole_row:
            self._open = None
        elif len(tokens) > 1 and (numbers := _numbers_in_front(tokens)):
            tokens = tokens[numbers:]
        for token in tokens:
            if self._ended:
                return
            self._take(token, fields.whole_row)
        if fields.whole_row and self._words:
            self._settle(whole_row=True, unless_found=True)

    def _take(self, token: Token, whole_row: bool) -> None:
        if token.blank:
            if whole_row and self._words:
                self._settle(whole_row=True, unless_found=True)
            if self._open is not None and not self._words:
                self._open.tokens.append(token)
        elif is_figure(token.text):
            self._settle(whole_row=whole_row)
            if self._open is not None:
                self._open.tokens.append(token)
            else:
                self._take_stray_figure(token)
        else:
            self._take_words(token, whole_row)

    def _take_words(self, token: Token, whole_row: bool) -> None:
        text = labels.fold(token.text)
        if text in self._units and (self._words or self._open):
            self._settle(whole_row=whole_row, unit=text)
        elif whole_row and self._open is not None:
            self._open.tokens.append(token)  # a remark
        else:
            self._words = (self._words + token.text)[-_WORDS_KEPT:]
            if not self._found:
                self._take_head(text)

    def _take_head(self, text: str) -> None:
        """The heads begin with that of the labels, or of the numbers before it, and end with the first row or group."""
        heads = self._table.heads
        if heads is not None and text.endswith(heads.label):
            self._head = [self._last_words] if self._last_words in heads.code else []
            self._in_head = True
        elif self._in_head and (_ORDINAL.match(text) or self._begins_rows(text)):
            self._in_head = False
        if self._in_head:
            self._head.append(text)
        self._last_words = text

    def _begins_rows(self, text: str) -> bool:
        stem = labels.stem(text)
        return stem.endswith(self._groups) or self._match(stem)[0] is not None

    def _settle(self, *, whole_row: bool, unit: str = "", unless_found: bool = False) -> None:
        """A label ends here: open its row. With `unless_found` words that are no label may still become one."""
        if not self._words:
            if unit and self._open is not None:
                self._open.unit = unit
            return
        text = labels.stem(self._words)
        at, label, glued = self._match(text)
        if at is None and unless_found:
            return
        self._words, self._open = "", None
        if at is None:
            self._stray(text)
            return
        if self._found:
            self._strays.append(text.removesuffix(glued).removesuffix(label))
        self._at = at
        self._open = self._found[at] = _Found(self._rows[at], whole_row, unit or glued)

    def _stray(self, text: str) -> None:
        """Words that are no label of a row: a heading, or a row that the form does not have."""
        self._strays.append(text)
        is_heading = text.endswith(self._groups)
        if is_heading and self._found:
            self._found[self._at].ends = True
        self._unknown_label = "" if is_heading else text[-_LONGEST_LABEL:]

    def _take_stray_figure(self, token: Token) -> None:
        if self._unknown_label and self._found and read_figure(token.text).value is not None:
            line = Line(self._unknown_label, token.where, [token])
            self._unknown.append((len(self._found), self._unknown_label, line))
            self._unknown_label = ""

    def _match(self, text: str) -> tuple[int | None, str, str]:
        """The row that a text ends with the label of, that label, and the unit printed right behind it."""
        for unit in ("", *self._units):
            if not text.endswith(unit):
                continue
            bare = text.removesuffix(unit)
            for length in self._lengths:
                label = bare[-length:] if len(bare) >= length else ""
                if (positions := self._labels.get(label)) and (at := self._next(positions)) is not None:
                    return at, label, unit
        return None, "", ""

    def _next(self, positions: list[int]) -> int | None:
        """Of the rows of one label the next that may come; one that has no twin may also come out of its order."""
        free = [at for at in positions if at not in self._found and self._may_come(self._rows[at])]
        later = [at for at in free if at > self._at]
        if not free and self._found and positions[0] == next(iter(self._found)):
            self._ended = True  # the first row again: another sheet begins
        if later:
            return later[0]
        return free[0] if free and len(positions) == 1 else None

    def _may_come(self, row: Row) -> bool:
        return row.under is None or any(found.row.key == row.under for found in self._found.values())

    def write(self, reading: TablesReading, year: int | None) -> None:
        """What was found, with the figures of one column of counts."""
        if not self._found:
            return
        self._found[self._at].ends = True
        sheet = _Columns(self._table, list(self._found.values()), self._head, year)
        reading.counts = sheet.counts
        for found in self._found.values():
            key = CellKey(self._table.key, found.row.key, self._column.key)
            if (token := sheet.figure(found)) is not None:
                reading.rows.append(RowReading((key,), (self._with_unit(found, token),)))
            elif any(is_figure(token.text) for token in found.tokens):
                reading.rows.append(RowReading((key,), tuple(found.tokens), mixed=True))
        for found_before, text, line in self._unknown:
            if found_before < len(self._found):  # what follows the last row is not of the table
                reading.unknown.append((self._table.key, labels.after_ordinal(text), line))
        reading.absent.update(self._absent([text for _, text, _ in self._unknown]))

    def _with_unit(self, found: _Found, token: Token) -> Token:
        """An amount whose unit is not the form's takes along what the sheet says."""
        measure = found.row.measure(self._column)
        if measure.is_count or found.unit in ("", measure.unit) or token.blank:
            return token
        return token._replace(text=token.text + found.unit)

    def _absent(self, unknown: Sequence[str]) -> list[CellKey]:
        """The optional rows that the sheet does not print; one whose label may be there, damaged, is not among them."""
        strays = "\n".join(self._strays)
        return [
            CellKey(self._table.key, row.key, self._column.key)
            for at, row in enumerate(self._rows)
            if row.optional
            and at not in self._found
            and not any(stem in strays for stem in labels.stems(row.labels))
            and not any(labels.is_like(text, row.labels) for text in unknown)
        ]


def _numbers_in_front(tokens: Sequence[Token]) -> int:
    """How many numbers stand in a line before its words: numbers of the row."""
    return next((n for n, token in enumerate(tokens) if not is_figure(token.text)), 0)


class _Columns:
    """Which of the cells behind a label is the figure."""

    def __init__(self, table: Table, found: list[_Found], head: Sequence[str], year: int | None) -> None:
        self._table, self._year, self._rows = table, year, found
        widths = Counter(len(each.tokens) for each in found if each.tokens)
        self._width = widths.most_common(1)[0][0] if widths else 0
        self._usual = [each for each in found if len(each.tokens) == self._width]
        self._running = [at for at in range(self._width) if self._runs(at, head)]
        self._read, self.counts = self._choose(head)
        placed = self._usual if self._width and self._read != _UNKNOWN else []
        columns = Counter(each.tokens[self._read].column for each in placed)
        self._column = columns.most_common(1)[0][0] if columns else None

    def _runs(self, at: int, head: Sequence[str]) -> bool:
        """Whether a place holds the numbers of the rows: by its head, or because they rise from row to row."""
        heads = self._table.heads
        if self._width == 1 or heads is None:
            return False
        names = [name for name in head if name in heads.code]
        behind_label = bool(names) and head[0] not in heads.code
        if (behind_label and at == 0) or (names and not behind_label and self._is_stream and at == self._width - 1):
            return True
        values = [read_figure(each.tokens[at].text).value for each in self._usual]
        numbers = [value for value in values if value is not None]
        return len(values) >= _ROWS_THAT_RUN and len(numbers) >= len(values) - 1 and _rise(numbers)

    @property
    def _is_stream(self) -> bool:
        return not any(each.whole_row for each in self._usual)

    def _choose(self, head: Sequence[str]) -> tuple[int, CountColumns | None]:
        """The place of the figure among the cells of a usual row."""
        places = [at for at in range(self._width) if at not in self._running]
        filled = [at for at in places if any(is_figure(each.tokens[at].text) for each in self._usual)]
        heads = self._table.heads
        if not filled or heads is None:
            return 0, None
        others = {*heads.label, *heads.unit, *heads.code, *heads.remarks}
        # in a narrow column a head breaks over two lines: a part of one is none of the counts
        names = [name for name in head if not any(name in other for other in others)]
        if any(name in heads.remarks for name in head) or len(names) < len(places):
            places = filled
        if len(filled) == 1:
            return filled[0], None
        if len(names) < len(places) or (self._is_stream and len(names) > len(places)):
            return _UNKNOWN, None  # in a stream an empty cell leaves no trace
        names = names[-len(places) :]
        chosen = self._preferred(names)
        return places[chosen], CountColumns(self._table.key, tuple(names), names[chosen])

    def _preferred(self, names: Sequence[str]) -> int:
        for label in self._table.blocks[0].columns[0].variants:
            wanted = labels.fold(label.format(year=self._year))
            for at, name in enumerate(names):
                if wanted in name:
                    return at
        return 0

    def figure(self, found: _Found) -> Token | None:
        """The cell of a row that holds its figure; None where it cannot be told which."""
        if self._read == _UNKNOWN:
            return None
        if len(found.tokens) == self._width and self._width:
            return found.tokens[self._read]
        if self._column is not None:
            return self._in_column(found)
        if self._running[-1:] == [self._width - 1] and len(found.tokens) == self._width - 1:
            return self._before_heading(found)
        return None

    def _in_column(self, found: _Found) -> Token | None:
        """The figure of a row with other cells than most; none where one of its cells may have been lost or cut."""
        filled = [n for n in range(self._width) if any(not each.tokens[n].blank for each in self._usual)]
        if len(found.tokens) <= max(filled, default=0) or any(not t.blank for t in found.tokens[self._width :]):
            return None
        return next((token for token in found.tokens if token.column == self._column), None)

    def _before_heading(self, found: _Found) -> Token | None:
        """A row that a heading or nothing follows is whole without the number of the next, if those bear no numbers."""
        numbered = any(len(e.tokens) == self._width and not e.tokens[-1].blank for e in self._rows if e.ends)
        return found.tokens[self._read] if found.ends and not numbered else None


def _rise(numbers: Sequence[int | Decimal]) -> bool:
    return all(one < other for one, other in pairwise(numbers))
