"""Words of a picture of a page: cell by cell where lines rule a table, line by line elsewhere.

Detectors of text miss single digits, so the cells are cut out along the lines drawn, and each is read for itself.
A figure is read twice, at two sizes: only when both readings agree and are sure does it stand without a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gongkai.read.layout.lines import Box, Word, union
from gongkai.read.layout.rulings import Rulings
from gongkai.read.scan.ocr import Reading, read_lines
from gongkai.read.scan.picture import WHITE, cut_out, ink_of, make_upright, rulings_of

if TYPE_CHECKING:
    from gongkai.read.scan.ocr import Corners, Image

UNSURE = "〔?〕"
"""Behind a figure that the recogniser is not sure of: no figure, so that nobody takes it for one."""

SURE, HARDLY = 0.95, 0.7
LIKE_FIGURE = re.compile(r"[\dOo〇○Il|.,，-]{1,14}")
ZERO = str.maketrans("Oo〇○", "0000")
STEM = re.compile(r"[Il|]")  # letters that may be a one, or the ink of a ruling
STROKE = re.compile(r"[-—–一_]+")
SMALLEST = 1.6  # points, in one direction; what is smaller is dirt
SPECK = 1.0  # square points; less ink is dirt
EDGE = 1.2  # points beside a ruling that may still be its ink
TALL = 1.2  # heights of a character that one line of text has at most


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A page in points: its words, line by line, and the lines drawn on it."""

    width: float
    height: float
    lines: list[list[Word]]
    rulings: Rulings


def read_picture(image: Image, scale: float) -> ScannedPage:
    """Read a grey picture of a page; `scale` is how many of its pixels make one point."""
    image, found = make_upright(image)
    ink = ink_of(image)
    rulings = rulings_of(ink, scale)
    cells = [box for table in rulings.tables() for box in table]
    words = _cell_words(image, _ink_by_cell(ink, cells, scale), scale)
    words += _text_words(image, found, cells, scale)
    height, width = image.shape[:2]
    return ScannedPage(width / scale, height / scale, [[word] for word in words], rulings)


def _text_words(image: Image, found: Sequence[Corners], cells: Sequence[Box], scale: float) -> list[Word]:
    """The lines of text outside tables, from top to bottom."""
    boxes = [_box_of(corners, scale) for corners in found]
    outside = [(box, corners) for box, corners in zip(boxes, found, strict=True) if not _is_within(box, cells)]
    outside.sort(key=lambda line: line[0][1])
    readings = read_lines([cut_out(image, corners) for _, corners in outside])
    return [Word(r.text, box) for (box, _), r in zip(outside, readings, strict=True) if r.text.strip()]


def _box_of(corners: Corners, scale: float) -> Box:
    (x0, top), (x1, bottom) = (corners.min(axis=0) / scale).tolist(), (corners.max(axis=0) / scale).tolist()
    return x0, top, x1, bottom


def _is_within(box: Box, cells: Sequence[Box]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(cell[0] <= x <= cell[2] and cell[1] <= y <= cell[3] for cell in cells)


def _cell_words(image: Image, strokes: Sequence[Sequence[Box]], scale: float) -> list[Word]:
    """The lines of text within cells, given the strokes of ink in each."""
    heights = sorted(box[3] - box[1] for cell in strokes for box in cell)
    usual = heights[len(heights) * 3 // 4] if heights else 0.0
    boxes = [line for cell in strokes for line in _in_lines(cell, usual)]
    readings = read_lines([_cropped(image, box, scale, 1.5) for box in boxes])
    figures = [n for n, reading in enumerate(readings) if LIKE_FIGURE.fullmatch(reading.text.replace(" ", ""))]
    again = read_lines([_smaller(_cropped(image, boxes[n], scale, 3.0)) for n in figures])
    texts = [reading.text for reading in readings]
    for n, second in zip(figures, again, strict=True):
        texts[n] = _agreed(readings[n], second)
    for n, reading in enumerate(readings):
        if not reading.text.strip():
            texts[n] = UNSURE  # there is ink, but nothing that can be read
        elif STROKE.fullmatch(reading.text):
            texts[n] = "—"
    return [Word(text, box) for text, box in zip(texts, boxes, strict=True)]


def _agreed(first: Reading, second: Reading) -> str:
    """A figure that two readings agree on and are sure of; else the first reading with a mark."""
    texts = [reading.text.replace(" ", "").translate(ZERO) for reading in (first, second)]
    low, high = sorted((first.sure, second.sure))
    is_sure = low >= HARDLY and high >= SURE and not STEM.search(texts[0])
    return texts[0] if is_sure and texts[0] == texts[1] else texts[0] + UNSURE


def _ink_by_cell(ink: Image, cells: Sequence[Box], scale: float) -> list[list[Box]]:
    """The boxes of the strokes in each cell, in points, without dirt and what is left of rulings."""
    return [list(_strokes(ink, cell, scale)) for cell in cells]


def _strokes(ink: Image, cell: Box, scale: float) -> Iterator[Box]:
    import cv2

    x0, top, x1, bottom = cell
    left, upper = max(0, round((x0 + EDGE) * scale)), max(0, round((top + EDGE) * scale))
    part = ink[upper : round((bottom - EDGE) * scale), left : round((x1 - EDGE) * scale)]
    if not part.size:
        return
    count, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    for x, y, width, height, area in stats[1:count].tolist():
        is_dirt = area < SPECK * scale * scale or max(width, height) < SMALLEST * scale
        if not is_dirt and not _is_border((x, y, width, height), part.shape):
            box = (x + left, y + upper, x + left + width, y + upper + height)
            yield box[0] / scale, box[1] / scale, box[2] / scale, box[3] / scale


def _is_border(component: tuple[int, int, int, int], shape: tuple[int, ...]) -> bool:
    """Whether ink is what is left of a ruling: along an edge of the cell, and nearly as long as it."""
    x, y, width, height = component
    at_side = x == 0 or x + width == shape[1]
    at_end = y == 0 or y + height == shape[0]
    return (at_side and height > 0.8 * shape[0]) or (at_end and width > 0.8 * shape[1])


def _in_lines(strokes: Sequence[Box], usual: float) -> list[Box]:
    """Strokes put together to lines of text: those that overlap in height, and the loose ones of 二 and 三.

    `usual` is the height of a character.
    """
    lines: list[Box] = []
    for stroke in sorted(strokes, key=lambda box: box[1]):
        together = union((lines[-1], stroke)) if lines else stroke
        if lines and (stroke[1] <= lines[-1][3] or together[3] - together[1] <= TALL * usual):
            lines[-1] = together
        else:
            lines.append(stroke)
    return lines


def _cropped(image: Image, box: Box, scale: float, margin: float) -> Image:
    """A line of text with a white margin of so many points around."""
    import cv2

    x0, top, x1, bottom = box
    left, upper = max(0, round(x0 * scale) - 1), max(0, round(top * scale) - 1)
    part = image[upper : round(bottom * scale) + 1, left : round(x1 * scale) + 1]
    edge = round(margin * scale)
    framed: Image = cv2.copyMakeBorder(part, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=WHITE)
    return framed


def _smaller(image: Image) -> Image:
    import cv2

    height, width = image.shape[:2]
    size = (max(8, round(width * 0.8)), max(8, round(height * 0.8)))
    smaller: Image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return smaller
