"""A picture of a page made ready: upright, straight, grey; and the lines drawn on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from gongkai.read.layout.rulings import Rulings
from gongkai.read.scan.ocr import find_lines, read_lines

if TYPE_CHECKING:
    from gongkai.read.scan.ocr import Corners, Image

SAMPLE = 4  # lines by which a page's upper edge is found
LONG = 2  # heights of a line that is surely one of several characters
LONGEST_SAMPLE = 10  # heights of a line
STEEPEST = 8.0  # degrees that a page may lie askew
LEAST_ASKEW = 0.03  # degrees that matter over the width of a page
LONGEST_STROKE = 19.0  # points: the strokes of the largest characters of a report; rulings are longer
WHITE = 255


class Upright(NamedTuple):
    """A picture that reads from left to right, and where text stands in it: four corners a line."""

    image: Image
    lines: list[Corners]


def make_upright(image: Image) -> Upright:
    """The picture turned so that its text reads from left to right, and straight."""
    page = Upright(image, find_lines(image))
    if not page.lines:
        return page
    if _lies_on_its_side(page):
        page = _turned(page, 1)
    longest = sorted(page.lines, key=_width, reverse=True)[:SAMPLE]
    crops = [_shortened(cut_out(page.image, line)) for line in longest]
    if _sense([crop[::-1, ::-1] for crop in crops]) > _sense(crops):
        page = _turned(page, 2)
    return _straightened(page)


def _lies_on_its_side(page: Upright) -> bool:
    """Whether more lines are much higher than wide than the other way; single digits are a little higher than wide."""
    high = sum(_height(line) > LONG * _width(line) for line in page.lines)
    wide = sum(_width(line) > LONG * _height(line) for line in page.lines)
    return high > wide


def _turned(page: Upright, quarters: int) -> Upright:
    """Turned clockwise by quarters of a turn."""
    import numpy as np

    height, width = page.image.shape[:2]
    if quarters == 1:
        lines = [np.stack([height - line[:, 1], line[:, 0]], axis=1) for line in page.lines]
    else:
        lines = [np.stack([width - line[:, 0], height - line[:, 1]], axis=1) for line in page.lines]
    return Upright(np.ascontiguousarray(np.rot90(page.image, -quarters)), [_clockwise(line) for line in lines])


def _clockwise(corners: Corners) -> Corners:
    """Corners in order, from the upper left one."""
    sums, differences = corners.sum(axis=1), corners[:, 1] - corners[:, 0]
    order = [sums.argmin(), differences.argmin(), sums.argmax(), differences.argmax()]
    ordered: Corners = corners[order]
    return ordered


def _shortened(crop: Image) -> Image:
    return crop[:, : LONGEST_SAMPLE * crop.shape[0]]


def _sense(crops: Sequence[Image]) -> float:
    return sum(reading.sure * len(reading.text) for reading in read_lines(crops))


def _straightened(page: Upright) -> Upright:
    """Turned by the slope of its rulings, or else of its lines of text."""
    import cv2
    import numpy as np

    height, width = page.image.shape[:2]
    slopes = _ruling_slopes(page.image) or [_slope(line) for line in page.lines if _width(line) > 5 * _height(line)]
    askew = median(slopes) if slopes else 0.0
    if not LEAST_ASKEW < abs(askew) < STEEPEST:
        return page
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), askew, 1.0)
    turned = cv2.warpAffine(page.image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=WHITE)
    return Upright(turned, [np.asarray(line) @ matrix[:, :2].T + matrix[:, 2] for line in page.lines])


def _ruling_slopes(image: Image) -> list[float]:
    import cv2
    import numpy as np

    width = image.shape[1]
    found = cv2.HoughLinesP(
        ink_of(image), 1, np.pi / 1800, threshold=width // 6, minLineLength=width // 4, maxLineGap=width // 100
    )
    if found is None:
        return []
    slopes = (math.degrees(math.atan2(y1 - y0, x1 - x0)) for x0, y0, x1, y1 in found.reshape(-1, 4))
    return [slope for slope in slopes if abs(slope) < STEEPEST]


def ink_of(image: Image) -> Image:
    """Black on white as white on black, whatever the light on the page."""
    import cv2

    ink: Image = cv2.adaptiveThreshold(image, WHITE, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15)
    return ink


def rulings_of(ink: Image, scale: float) -> Rulings:
    """The lines drawn on a page, in points; `scale` is how many pixels make one."""
    import cv2

    rulings = Rulings()
    length = round(LONGEST_STROKE * scale)
    for kernel, thicken in (((length, 1), (1, 3)), ((1, length), (3, 1))):
        thick = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_RECT, thicken))
        lines = cv2.morphologyEx(thick, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, kernel))
        count, _, stats, _ = cv2.connectedComponentsWithStats(lines)
        for x, y, width, height, _ in stats[1:count].tolist():
            _add_ruling(rulings, [n / scale for n in (x, y, x + width, y + height)])
    return rulings


def _add_ruling(rulings: Rulings, edges: Sequence[float]) -> None:
    """A long stroke as a line, however thick; one that slopes a little is thicker than it was drawn."""
    x0, top, x1, bottom = edges
    across, upright = (top + bottom) / 2, (x0 + x1) / 2
    if x1 - x0 > 4 * (bottom - top):
        rulings.add((x0, across, x1, across))
    elif bottom - top > 4 * (x1 - x0):
        rulings.add((upright, top, upright, bottom))


def cut_out(image: Image, corners: Corners) -> Image:
    """The part of a picture within four corners, which may lie askew, with its upper edge on top."""
    import cv2
    import numpy as np

    width, height = max(1, round(_width(corners))), max(1, round(_height(corners)))
    to = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(corners, np.float32), to)
    cut: Image = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=WHITE)
    return cut


def _width(corners: Any) -> float:
    return math.dist(corners[0], corners[1])


def _height(corners: Any) -> float:
    return math.dist(corners[0], corners[3])


def _slope(corners: Any) -> float:
    (x0, y0), (x1, y1) = corners[0], corners[1]
    return math.degrees(math.atan2(y1 - y0, x1 - x0))
