"""From drawn lines to the boxes that they enclose: the cells of ruled tables, whatever file the lines stand in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from gongkai.read.layout.lines import Box

NEAR = 2.5  # points within which two lines are one
THIN = 3.0  # points; a drawn box that is thinner is a line
SHORTEST = 4.0  # points; a shorter line rules nothing
DOT_STEP = 5.0  # points from one dot of a line to the next, at most
BEYOND = 6.0  # points by which the lines of a table that is open at a side reach past the last line across
MOST_LINES = 3_000  # on one page; a page of a report has some 200
MOST_PLACES = 20_000  # in the grid of one table


class Ruling(NamedTuple):
    """A line along one axis: where it stands on the other one, where it begins and ends."""

    at: float
    begin: float
    end: float


@dataclass(slots=True)
class Rulings:
    """The lines drawn on a page: `across` from left to right, `upright` from top to bottom; `dots` may make up more."""

    across: list[Ruling] = field(default_factory=list)
    upright: list[Ruling] = field(default_factory=list)
    dots: list[tuple[float, float]] = field(default_factory=list)

    def add(self, box: Box) -> bool:
        """Take in a thin box as a line; whether it was one."""
        x0, top, x1, bottom = box
        width, height = x1 - x0, bottom - top
        if height < THIN and width > SHORTEST:
            self.across.append(Ruling((top + bottom) / 2, x0, x1))
        elif width < THIN and height > SHORTEST:
            self.upright.append(Ruling((x0 + x1) / 2, top, bottom))
        elif width < THIN and height < THIN:
            self.dots.append(((x0 + x1) / 2, (top + bottom) / 2))
        return min(width, height) < THIN

    def take_dots(self) -> None:
        """Take in the lines that the dots so far make up."""
        self.across += _dotted((y, x) for x, y in self.dots)
        self.upright += _dotted(self.dots)
        self.dots.clear()

    def tables(self) -> list[list[Box]]:
        """The enclosed boxes, table by table, the smallest table first; frames around a single box are no tables."""
        self.take_dots()
        if not self.across or not self.upright or len(self.across) + len(self.upright) > MOST_LINES:
            return []
        parts = _connected(_joined(self.across), _joined(self.upright))
        tables = (Rulings(_levelled(part.across), _levelled(part.upright)) for part in parts)
        found = [boxes for table in tables if len(boxes := _boxes(table)) > 1]
        return sorted(found, key=_area)


def _dotted(dots: Iterable[tuple[float, float]]) -> Iterator[Ruling]:
    """Lines of dots: close together along one axis, at the same place on the other."""
    at: dict[float, list[float]] = {}
    for place, along in dots:
        at.setdefault(round(place, 1), []).append(along)
    for place, found in at.items():
        begin = end = None
        for along in (*sorted(found), math.inf):
            if end is not None and along > end + DOT_STEP:
                if begin is not None and end - begin > SHORTEST:
                    yield Ruling(place, begin, end)
                begin = along
            begin, end = along if begin is None else begin, along


def _joined(rulings: Iterable[Ruling]) -> list[Ruling]:
    """Lines that lie on one another or go on one from the other put together."""
    joined: list[Ruling] = []
    for cluster in _clusters(rulings):
        for run in _runs(cluster):
            at = sorted(run)[len(run) // 2].at
            joined.append(Ruling(at, run[0].begin, max(ruling.end for ruling in run)))
    return joined


def _clusters(rulings: Iterable[Ruling]) -> list[list[Ruling]]:
    """Lines by the place where they stand, from one end of the axis to the other."""
    clusters: list[list[Ruling]] = []
    for ruling in sorted(rulings):
        if clusters and ruling.at - clusters[-1][0].at <= NEAR:
            clusters[-1].append(ruling)
        else:
            clusters.append([ruling])
    return clusters


def _runs(cluster: Iterable[Ruling]) -> Iterator[list[Ruling]]:
    """Lines at one place, by those that leave no gap."""
    run: list[Ruling] = []
    end = 0.0
    for ruling in sorted(cluster, key=lambda ruling: ruling.begin):
        if run and ruling.begin > end + THIN:
            yield run
            run = []
        end = max(end, ruling.end) if run else ruling.end
        run.append(ruling)
    yield run


def _levelled(rulings: Iterable[Ruling]) -> list[Ruling]:
    """The lines of one table, those that stand near one another at one place.

    Not those of a page: where two tables have lines 2 points apart, the one would take the place of the other.
    """
    return [
        Ruling(cluster[len(cluster) // 2].at, begin, end) for cluster in _clusters(rulings) for _, begin, end in cluster
    ]


def _connected(across: list[Ruling], upright: list[Ruling]) -> list[Rulings]:
    """The lines by the tables they make up: those that touch belong together."""
    parent = list(range(len(across) + len(upright)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    for n, line in enumerate(across):
        top, bottom, left, right = line.at + NEAR, line.at - NEAR, line.begin - NEAR, line.end + NEAR
        for m, other in enumerate(upright, start=len(across)):
            if left <= other.at <= right and other.begin <= top and other.end >= bottom:
                parent[root(m)] = root(n)
    parts: dict[int, Rulings] = {}
    for n, line in enumerate(across):
        parts.setdefault(root(n), Rulings()).across.append(line)
    for m, line in enumerate(upright, start=len(across)):
        parts.setdefault(root(m), Rulings()).upright.append(line)
    return [part for part in parts.values() if part.across and part.upright]


def _boxes(part: Rulings) -> list[Box]:
    """The boxes that connected lines enclose. Where the table is open at a side, its lines' ends close it."""
    across, upright = _closed(part.across, part.upright), _closed(part.upright, part.across)
    xs, ys = sorted({line.at for line in upright}), sorted({line.at for line in across})
    if (len(xs) - 1) * (len(ys) - 1) > MOST_PLACES:
        return []
    left_walls, top_walls = _walls(upright, xs, ys), _walls(across, ys, xs)
    boxes: list[Box] = []
    seen: set[tuple[int, int]] = set()
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            if (row, column) not in seen:
                places = _flood(row, column, left_walls, top_walls, (len(ys) - 1, len(xs) - 1))
                seen |= places
                boxes += _outline(places, xs, ys)
    return boxes


def _closed(lines: list[Ruling], others: list[Ruling]) -> list[Ruling]:
    first, last = min(line.begin for line in others), max(line.end for line in others)
    begin, end = min(line.begin for line in lines), max(line.end for line in lines)
    added = []
    if first < min(line.at for line in lines) - BEYOND:
        added.append(Ruling(first, begin, end))
    if last > max(line.at for line in lines) + BEYOND:
        added.append(Ruling(last, begin, end))
    return [*lines, *added]


def _walls(lines: list[Ruling], stands: list[float], steps: list[float]) -> list[set[int]]:
    """For each place where lines stand, the steps along the other axis that they cover."""
    number = {at: n for n, at in enumerate(stands)}
    walls: list[set[int]] = [set() for _ in stands]
    middles = [(begin + end) / 2 for begin, end in pairwise(steps)]
    for line in lines:
        walls[number[line.at]].update(n for n, middle in enumerate(middles) if line.begin <= middle <= line.end)
    return walls


def _flood(
    row: int, column: int, left_walls: list[set[int]], top_walls: list[set[int]], size: tuple[int, int]
) -> set[tuple[int, int]]:
    """The places of the grid that no line parts from a place."""
    places, waiting = {(row, column)}, [(row, column)]
    while waiting:
        r, c = waiting.pop()
        for place, wall in (
            ((r, c - 1), r in left_walls[c]),
            ((r, c + 1), r in left_walls[c + 1]),
            ((r - 1, c), c in top_walls[r]),
            ((r + 1, c), c in top_walls[r + 1]),
        ):
            if not wall and 0 <= place[0] < size[0] and 0 <= place[1] < size[1] and place not in places:
                places.add(place)
                waiting.append(place)
    return places


def _outline(places: set[tuple[int, int]], xs: list[float], ys: list[float]) -> Iterator[Box]:
    """The box around places that make up a rectangle; each for itself where they do not."""
    rows, columns = [row for row, _ in places], [column for _, column in places]
    top, bottom, left, right = min(rows), max(rows), min(columns), max(columns)
    if len(places) == (bottom - top + 1) * (right - left + 1):
        yield xs[left], ys[top], xs[right + 1], ys[bottom + 1]
    else:
        yield from ((xs[c], ys[r], xs[c + 1], ys[r + 1]) for r, c in sorted(places))


def _area(boxes: list[Box]) -> float:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    area: float = (max(rights) - min(lefts)) * (max(bottoms) - min(tops))
    return area
