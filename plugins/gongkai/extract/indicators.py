"""Reads a table of indicators: a label, a unit and a figure a row, wherever in its row the figure stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gongkai.extract import labels
from gongkai.extract.indicator_columns import FigureColumn, FoundRow
from gongkai.extract.lines import Fields, Line, Token
from gongkai.extract.numbers import UNITS, is_figure, read_figure
from gongkai.extract.rows import RowReading, TablesReading
from gongkai.forms import CellKey, Row, Table

_ORDINAL = re.compile(r"\(?(?:\d+|[一二三四五六七八九十]+)[).、]")
_WORDS_KEPT = 300
_LONGEST_LABEL = 60


def read_indicators(table: Table, fields: Sequence[Fields], year: int | None, reading: TablesReading) -> None:
    """Match rows and lines of cells against a table of indicators; what is found goes into `reading`."""
    walk = _Walk(table)
    for each in fields:
        walk.take(each)
    walk.write(reading, year)


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
        self._open: FoundRow | None = None
        self._found: dict[int, FoundRow] = {}
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
        if fields.whole_row or (self._open and self._open.whole_row):
            self._open = None  # a line below a row of a table, a page number, is none of its cells
        if not fields.whole_row and len(tokens) > 1 and (numbers := _numbers_in_front(tokens)):
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
        self._open = self._found[at] = FoundRow(self._rows[at], whole_row, unit or glued)

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
                positions = self._labels.get(label, [])
                if positions and (at := self._next(positions)) is not None:
                    return at, label, unit
                if positions and self._found.keys() >= set(positions):
                    return None, "", ""  # printed twice: what it ends with is the label of another row
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
        sheet = FigureColumn(self._table, list(self._found.values()), self._head, year)
        reading.counts = sheet.counts
        for found in self._found.values():
            key = CellKey(self._table.key, found.row.key, self._column.key)
            if (token := sheet.figure(found)) is not None:
                reading.rows.append(RowReading((key,), (self._with_unit(found, token),)))
            elif any(is_figure(token.text) for token in found.tokens):
                reading.rows.append(RowReading((key,), tuple(found.tokens), mixed=True))
        for found_before, text, line in self._unknown:
            again = self._repeated(text, found_before)
            if again is not None and line.tokens[0].text.strip() not in [token.text.strip() for token in again.tokens]:
                reading.differing_rows.add((self._table.key, again.row.key))
            if found_before < len(self._found):  # what follows the last row is not of the table
                reading.unknown.append((self._table.key, labels.after_ordinal(text), line))
        reading.absent.update(self._absent([text for _, text, _ in self._unknown]))

    def _repeated(self, text: str, found_before: int) -> FoundRow | None:
        """The row whose label stands there once more: of twins the one that was found last, so many rows before."""
        for length in self._lengths:
            if (positions := self._labels.get(text[-length:])) is not None:
                found = [at for at in list(self._found)[:found_before] if at in positions]
                return self._found[found[-1]] if found else None
        return None

    def _with_unit(self, found: FoundRow, token: Token) -> Token:
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
