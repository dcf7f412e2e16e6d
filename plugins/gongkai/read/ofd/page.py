"""The content of an OFD page (GB/T 33190): characters with their places, lines drawn, pictures. Units become points."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

from lxml import etree

from gongkai.read.clean import INVISIBLE
from gongkai.read.layout.lines import Box, Word
from gongkai.read.layout.turn import quarter

POINTS = 72 / 25.4  # in a millimetre
ASCENT, DESCENT = 0.88, 0.12  # of the size of a font, above and below the line that the text stands on
NARROW = 0.5  # of the size: the width of a character that is not Chinese
STEP = re.compile(r"[MSLCBQA]|-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
NUMBERS_OF = {"M": 2, "S": 2, "L": 2, "C": 0, "B": 6, "Q": 4, "A": 7}
Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(slots=True)
class OfdContent:
    """What stands on a page as it is seen.

    glyphs: characters, blanks left out. turns: of each, how far to turn the page clockwise for it to stand upright.
    lines: boxes of lines and of the sides of rectangles. pictures: the resource and the box of each.
    """

    glyphs: list[Word] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)
    lines: list[Box] = field(default_factory=list)
    pictures: list[tuple[str, Box]] = field(default_factory=list)

    def extend(self, other: OfdContent) -> None:
        self.glyphs += other.glyphs
        self.turns += other.turns
        self.lines += other.lines
        self.pictures += other.pictures


def content_of(page: etree._Element) -> OfdContent:
    """The visible objects of a page or template, in the order in which they are drawn."""
    content = OfdContent()
    for thing in page.iter("{*}TextObject", "{*}PathObject", "{*}ImageObject"):
        if thing.get("Visible", "true") == "false" or thing.get("Alpha") == "0":
            continue
        kind = etree.QName(thing).localname
        if kind == "TextObject":
            _add_text(content, thing)
        elif kind == "PathObject":
            _add_path(content, thing)
        else:
            box = _box_of(_points_of(thing, [(0, 0), (1, 1)]))
            content.pictures.append((thing.get("ResourceID", ""), box))
    return content


def numbers(text: str | None) -> list[float]:
    """The finite numbers of an attribute; none for what is missing or is no number."""
    found = []
    for part in (text or "").split():
        try:
            number = float(part)
        except ValueError:
            continue
        if math.isfinite(number):
            found.append(number)
    return found


def box_in_points(text: str | None) -> Box | None:
    """A box given as x, y, width, height in millimetres."""
    given = numbers(text)
    if len(given) != 4:
        return None
    x, y, width, height = (number * POINTS for number in given)
    return x, y, x + width, y + height


def _matrix_of(thing: etree._Element) -> Matrix:
    """From the coordinates of an object to millimetres on the page."""
    given = numbers(thing.get("CTM"))
    a, b, c, d, e, f = given if len(given) == 6 else IDENTITY
    boundary = numbers(thing.get("Boundary"))
    x, y = boundary[:2] if len(boundary) == 4 else (0.0, 0.0)
    return a, b, c, d, e + x, f + y


def _points_of(thing: etree._Element, points: Sequence[Point]) -> list[Point]:
    a, b, c, d, e, f = _matrix_of(thing)
    return [((a * x + c * y + e) * POINTS, (b * x + d * y + f) * POINTS) for x, y in points]


def _box_of(points: Sequence[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _add_text(content: OfdContent, thing: etree._Element) -> None:
    size = next(iter(numbers(thing.get("Size"))), 0.0)
    scale = next(iter(numbers(thing.get("HScale"))), 1.0)
    a, b, *_ = _matrix_of(thing)
    turn = quarter(-math.atan2(b, a))
    x = y = 0.0
    for code in thing.iterchildren("{*}TextCode"):
        x = next(iter(numbers(code.get("X"))), x)
        y = next(iter(numbers(code.get("Y"))), y)
        for character, at, width in _placed(code, (x, y), size * scale):
            text = INVISIBLE.sub("", character)
            if text.strip():
                corners = [(at[0], at[1] - ASCENT * size), (at[0] + width, at[1] + DESCENT * size)]
                content.glyphs.append(Word(text, _box_of(_points_of(thing, corners))))
                content.turns.append(turn)


def _placed(code: etree._Element, at: Point, size: float) -> Iterator[tuple[str, Point, float]]:
    """The characters of a piece of text: where each begins on its line, and how wide it is."""
    text = (code.text or "").strip("\r\n")
    x, y = at
    steps = zip(_deltas(code.get("DeltaX")), _deltas(code.get("DeltaY")), strict=False)
    for character in text:
        natural = size * (1.0 if ord(character) > 0x2E7F else NARROW)
        right, down = next(steps, (None, None))
        step = right if right else natural if down is None or not down else 0.0
        yield character, (x, y), min(natural, step) if step > 0 else natural
        x, y = x + step, y + (down or 0.0)


def _deltas(text: str | None) -> Iterator[float | None]:
    """The steps from one character to the next; `g 3 5` stands for three steps of 5. None after the last."""
    parts = iter((text or "").split())
    for part in parts:
        if part == "g":
            count, step = next(parts, ""), numbers(next(parts, ""))
            if count.isdigit() and step:
                for _ in range(int(count)):
                    yield step[0]
        else:
            yield from numbers(part)
    while True:
        yield None


def _add_path(content: OfdContent, thing: etree._Element) -> None:
    data = next(thing.iterchildren("{*}AbbreviatedData"), None)
    strokes = thing.get("Stroke", "true") != "false"
    for corners in _outlines("" if data is None or data.text is None else data.text):
        points = _points_of(thing, corners)
        box = _box_of(points)
        if min(box[2] - box[0], box[3] - box[1]) < 3 or not strokes:
            content.lines.append(box)
        else:
            content.lines += [_box_of(ends) for ends in pairwise(points)]


def _outlines(data: str) -> Iterator[list[Point]]:
    """The corners of the outlines of a path; one with a curve stops before it."""
    outline: list[Point] = []
    steps = (match.group() for match in STEP.finditer(data))
    for step in steps:
        if step not in NUMBERS_OF:
            continue
        given = [float(n) for n in islice(steps, NUMBERS_OF[step]) if n not in NUMBERS_OF]
        if step in "MS" and outline:
            yield outline
        if step in "MS":
            outline = []
        if step == "C" and outline:
            outline.append(outline[0])
        elif step in "MSL" and len(given) == 2 and all(map(math.isfinite, given)):
            outline.append((given[0], given[1]))
    if outline:
        yield outline
