"""Geometry of ruled tables: from the boxes that lines enclose to rows, columns, spans and the words in them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.read.lines import Box, Word

NEAR = 3.0  # points within which two rulings are one


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
        self._boxes = sorted(boxes, key=lambda box: (box[1], box[0]))
        self._words: list[list[Word]] = [[] for _ in boxes]
        self._columns = _rulings([edge for box in boxes for edge in (box[0], box[2])])
        self._rows = _rulings([edge for box in boxes for edge in (box[1], box[3])])
        self.box: Box = (self._columns[0], self._rows[0], self._columns[-1], self._rows[-1])

    def split(self, words: Iterable[Word]) -> tuple[list[Word], list[Word]]:
        """The words within the table, and the others."""
        inside: list[Word] = []
        outside: list[Word] = []
        for word in words:
            (inside if _holds(self.box, word.box) else outside).append(word)
        return inside, outside

    def fill(self, words: Iterable[Word]) -> None:
        """Put words into their cells. Where a ruling is missing, mostly at a page's end, make a cell for them."""
        astray: list[Word] = []
        for word in words:
            x, y = _centre(word.box)
            found = [
                index
                for index, (x0, top, x1, bottom) in enumerate(self._boxes)
                if x0 - 1 <= x <= x1 + 1 and top - 1 <= y <= bottom + 1
            ]
            if found:
                self._words[min(found, key=lambda index: _area(self._boxes[index]))].append(word)
            else:
                astray.append(word)
        for place, strays in self._places(astray).items():
            self._boxes.append(place)
            self._words.append(strays)

    def _places(self, words: Iterable[Word]) -> dict[Box, list[Word]]:
        """Words by the box between the nearest rulings."""
        places: dict[Box, list[Word]] = {}
        for word in words:
            x, y = _centre(word.box)
            column = max(1, min(bisect_left(self._columns, x), len(self._columns) - 1))
            row = max(1, min(bisect_left(self._rows, y), len(self._rows) - 1))
            place = (self._columns[column - 1], self._rows[row - 1], self._columns[column], self._rows[row])
            places.setdefault(place, []).append(word)
        return places

    def cells(self) -> list[RuledCell]:
        """The cells by row, then column."""
        found = [self._cell(box, words) for box, words in zip(self._boxes, self._words, strict=True)]
        return sorted(found, key=lambda cell: (cell.row, cell.column))

    def _cell(self, box: Box, words: list[Word]) -> RuledCell:
        column, right = _index(self._columns, box[0]), _index(self._columns, box[2])
        row, bottom = _index(self._rows, box[1]), _index(self._rows, box[3])
        text = "\n".join(" ".join(word.text for word in line) for line in lines_of(words))
        return RuledCell(row, column, max(1, bottom - row), max(1, right - column), text, box)


def ruled_tables(found: Iterable[Any]) -> list[RuledTable]:
    """The tables that pdfplumber found, those inside another left out."""
    tables = [RuledTable([tuple(map(float, cell)) for cell in table.cells]) for table in found if table.cells]  # type: ignore[misc]
    return sorted(tables, key=lambda table: (table.box[1], table.box[0]))


def lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words put together to lines, from top to bottom and left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (_centre(word.box)[1], word.box[0])):
        if lines and _same_line(lines[-1][-1].box, word.box):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.box[0]) for line in lines]


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
    return min(range(len(rulings)), key=lambda index: abs(rulings[index] - edge))


def _holds(box: Box, inner: Box) -> bool:
    x, y = _centre(inner)
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
