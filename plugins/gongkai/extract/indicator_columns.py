"""Which of the cells behind the labels of a sheet of indicators are its figures.

Beside its figures a sheet may number its rows (序号, 代码) and have several columns of counts. A column of numbers that
rise from row to row is no column of figures. Of several columns of counts the one is read whose head the form names
first: a total, the year to date rather than the period, this organ rather than the units below it, whose own reports
give the others; without a head that the form knows, the first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from gongkai.extract import labels
from gongkai.extract.lines import Token
from gongkai.extract.numbers import is_figure, read_figure
from gongkai.extract.rows import CountColumns
from gongkai.forms import Row, Table

_UNKNOWN = -1
"""The place of the figure in a sheet of several counts whose heads do not say which is which."""

_ROWS_THAT_RUN = 5
"""So many rows must bear rising numbers before these are taken for the numbers of the rows."""


@dataclass(slots=True)
class FoundRow:
    """A row of the form in the sheet, with the cells behind its label. `ends`: a heading or nothing follows."""

    row: Row
    whole_row: bool
    unit: str = ""
    tokens: list[Token] = field(default_factory=list)
    ends: bool = False


class FigureColumn:
    """Which of the cells behind a label is the figure."""

    def __init__(self, table: Table, found: list[FoundRow], head: Sequence[str], year: int | None) -> None:
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
        if heads is None:
            return False
        names = [name for name in head if name in heads.code]
        if self._width == 1:
            return bool(names) and self._rises(at)  # the figures are not filled in
        behind_label = bool(names) and head[0] not in heads.code
        if (behind_label and at == 0) or (names and not behind_label and self._is_stream and at == self._width - 1):
            return True
        return self._rises(at)

    def _rises(self, at: int) -> bool:
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
            return (places[0] if places else _UNKNOWN), None
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

    def figure(self, found: FoundRow) -> Token | None:
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

    def _in_column(self, found: FoundRow) -> Token | None:
        """The figure of a row with other cells than most; none where one of its cells may have been lost or cut."""
        filled = [n for n in range(self._width) if any(not each.tokens[n].blank for each in self._usual)]
        if len(found.tokens) <= max(filled, default=0) or any(not t.blank for t in found.tokens[self._width :]):
            return None
        return next((token for token in found.tokens if token.column == self._column), None)

    def _before_heading(self, found: FoundRow) -> Token | None:
        """A row that a heading or nothing follows is whole without the number of the next, if those bear no numbers."""
        numbered = any(len(e.tokens) == self._width and not e.tokens[-1].blank for e in self._rows if e.ends)
        return found.tokens[self._read] if found.ends and not numbered else None


def _rise(numbers: Sequence[int | Decimal]) -> bool:
    return all(one < other for one, other in pairwise(numbers))
