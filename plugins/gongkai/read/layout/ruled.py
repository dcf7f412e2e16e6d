"""Geometry of ruled tables: from the boxes that lines enclose to rows, columns, spans and the words in them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import pairwise
from typing import Any

from gongkai.read.layout.lines import FIGURE, Box, Word

NEAR = 3.0  # points within which two rulings are one
GAP = 4.5  # points: what is no wider is the gap between two frames and no cell
PART_OF_FIGURE = re.compile(r"[-+−]?[\d,.]+")
SET_APART = 0.2  # of a line's height: a blank is wider
CELL_MARGINS = 14.0  # points, left and right of a cell's text together, at most


@dataclass(frozen=True, slots=True)
class RuledCell:
    """A cell with its text; `box` is what the lines enclose."""

    row: int
    column: int
    rowspan: int
    colspan: int
    text: str
    box: Box


class RuledTable:
    """A table made of enclosed boxes."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        cells = [box for box in boxes if min(box[2] - box[0], box[3] - box[1]) > GAP]
        boxes = self._boxes = sorted(cells or boxes, key=lambda box: (box[1], box[0]))
        self._words: list[list[Word]] = [[] for _ in boxes]
        self._columns = _rulings([edge for box in boxes for edge in (box[0], box[2])])
        self._rows = _rulings([edge for box in boxes for edge in (box[1], box[3])])
        self._column_at = cache(partial(_index, self._columns))
        self._row_at = cache(partial(_index, self._rows))
        self.box: Box = (self._columns[0], self._rows[0], self._columns[-1], self._rows[-1])

    def split(self, words: Iterable[Word]) -> tuple[list[Word], list[Word]]:
        """The words within the table, and the others."""
        inside: list[Word] = []
        outside: list[Word] = []
        left, top, right, bottom = self.box
        for word in words:
            x0, y0, x1, y1 = word.box
            within = left - 1 <= (x0 + x1) / 2 <= right + 1 and top - 1 <= (y0 + y1) / 2 <= bottom + 1
            (inside if within else outside).append(word)
        return inside, outside

    def fill(self, words: Iterable[Word]) -> None:
        """Put words, in the order in which they were written, into their cells.

        Where a ruling is missing, mostly at a page's end, a cell is made for them.
        """
        runs: list[tuple[int, list[Word]]] = []
        for word in words:
            index = self._box_at(*_centre(word.box))
            if runs and runs[-1][0] == index:
                runs[-1][1].append(word)
            else:
                runs.append((index, [word]))
        times = Counter(index for index, _ in runs)
        owner = above = -1
        for n, (index, run) in enumerate(runs):
            overflows = times[index] > 1 and above >= 0 and self._overflows(above, runs[n:])
            owner, above = (owner if overflows else index), index
            self._words[owner] += run

    def _box_at(self, x: float, y: float) -> int:
        """The smallest box around a point; a new one between the rulings around it where there is none."""
        row = max(1, min(bisect_left(self._rows, y), len(self._rows) - 1)) - 1
        found = [index for x0, top, x1, bottom, index in self._in_row[row] if x0 <= x <= x1 and top <= y <= bottom]
        if found:
            return found[0] if len(found) == 1 else min(found, key=lambda index: _area(self._boxes[index]))
        column = max(1, min(bisect_left(self._columns, x), len(self._columns) - 1)) - 1
        box = self._columns[column], self._rows[row], self._columns[column + 1], self._rows[row + 1]
        index = len(self._boxes)
        self._boxes.append(box)
        self._words.append([])
        self._in_row[row].append((*_with_margin(box), index))
        return index

    @cached_property
    def _in_row(self) -> list[list[tuple[float, float, float, float, int]]]:
        """The boxes that reach into each row, with a margin, and the index of each."""
        rows: list[list[tuple[float, float, float, float, int]]] = [[] for _ in self._rows[1:]]
        for index, box in enumerate(self._boxes):
            _, top, _, bottom = box
            first, last = self._row_at(top), self._row_at(bottom)
            for row in range(max(0, first - 1), min(len(rows), last + 1)):
                if top - 1 <= self._rows[row + 1] and self._rows[row] <= bottom + 1:
                    rows[row].append((*_with_margin(box), index))
        return rows

    def _overflows(self, above: int, runs: Sequence[tuple[int, list[Word]]]) -> bool:
        """Whether the first run is text of the cell `above` that did not fit: what belongs there is printed over it."""
        index, run = runs[0]
        box, other = self._boxes[index], self._boxes[above]
        if abs(box[1] - other[3]) > NEAR or min(box[2], other[2]) <= max(box[0], other[0]):
            return False
        own = next((words for at, words in runs[1:] if at == index), None)
        return own is not None and own[0].box[1] < run[-1].box[3] and own[0].box[0] < run[0].box[2]

    def rules_cells(self) -> bool:
        """Whether the lines part the words into cells: in more than one column, and no two rows in one."""
        return len(self._columns) > 2 and not any(
            _holds_rows(box, words) for box, words in zip(self._boxes, self._words, strict=True) if len(words) > 1
        )

    def leaves_open(self, points: Sequence[tuple[float, float]]) -> bool:
        """Whether one of the points, where something unread stands, is in a cell of one row without words.

        Such a cell may hold a figure; those merged downwards are headings.
        """
        return any(
            _contains(box, x, y)
            for x, y in points
            for box, words in zip(self._boxes, self._words, strict=True)
            if all(FIGURE.fullmatch(word.text) for word in words)
            and _index(self._rows, box[3]) - _index(self._rows, box[1]) == 1
        )

    def cells(self) -> list[RuledCell]:
        """The cells by row, then column."""
        found = [self._cell(box, words) for box, words in zip(self._boxes, self._words, strict=True)]
        return sorted(found, key=lambda cell: (cell.row, cell.column))

    def _cell(self, box: Box, words: list[Word]) -> RuledCell:
        column, right = self._column_at(box[0]), self._column_at(box[2])
        row, bottom = self._row_at(box[1]), self._row_at(box[3])
        text = words[0].text if len(words) == 1 else _text(words)
        return RuledCell(row, column, max(1, bottom - row), max(1, right - column), text, box)


def _text(words: list[Word]) -> str:
    text = "\n".join(map(_line_text, lines_of(words)))
    return re.sub(r"(?<=\d)\n(?=\d)", "", text)  # a figure too wide for its cell


def _line_text(line: Sequence[Word]) -> str:
    """The words of a line with blanks between, but not between the digits of a figure that are set apart."""
    text = line[0].text
    for before, word in pairwise(line):
        height = min(before.box[3] - before.box[1], word.box[3] - word.box[1])
        spaced = word.box[0] - before.box[2] < SET_APART * height and PART_OF_FIGURE.fullmatch(before.text + word.text)
        text += word.text if spaced else " " + word.text
    return text


def ruled_tables(found: Iterable[Any]) -> list[RuledTable]:
    """The tables that pdfplumber found, the smallest first."""
    tables = [RuledTable([tuple(map(float, cell)) for cell in table.cells]) for table in found if table.cells]  # type: ignore[misc]
    return sorted(tables, key=lambda table: _area(table.box))


def lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words put together to lines, from top to bottom and left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (_centre(word.box)[1], word.box[0])):
        if lines and _same_line(lines[-1][-1].box, word.box):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.box[0]) for line in lines]


def _holds_rows(box: Box, words: list[Word]) -> bool:
    """Whether figures stand one below another in a box, though each would have had room for more digits."""
    lines = lines_of(words)
    if len(lines) < 2 or not all(FIGURE.fullmatch(word.text) for word in words):
        return False
    room = box[2] - box[0] - CELL_MARGINS
    digit = max((word.box[2] - word.box[0]) / len(word.text) for word in words)
    return all(line[-1].box[2] - line[0].box[0] + 1.5 * digit < room for line in lines)


def _same_line(box: Box, other: Box) -> bool:
    height = min(box[3] - box[1], other[3] - other[1])
    return abs(_centre(box)[1] - _centre(other)[1]) < height * 0.5


def _rulings(edges: list[float]) -> list[float]:
    """Edges that are one ruling put together."""
    rulings: list[float] = []
    for edge in sorted(edges):
        if not rulings or edge - rulings[-1] > NEAR:
            rulings.append(edge)
    return rulings if len(rulings) > 1 else [*rulings, rulings[0] + NEAR]


def _index(rulings: list[float], edge: float) -> int:
    after = bisect_left(rulings, edge)
    around = range(max(0, after - 1), min(len(rulings), after + 1))
    return min(around, key=lambda index: abs(rulings[index] - edge))


def _with_margin(box: Box) -> Box:
    return box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1


def _contains(box: Box, x: float, y: float) -> bool:
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
