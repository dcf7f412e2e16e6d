"""What is drawn on a PDF page besides text: lines, and pictures that cover it."""

from __future__ import annotations

import ctypes
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from gongkai.errors import UnreadableError
from gongkai.read.layout.lines import Box
from gongkai.read.layout.turn import quarter

MOST_OBJECTS = 30_000  # on a page; a full page of a report has some 2,000
DEEPEST = 4  # forms within forms
PLAIN_PATH = 6  # points of a line or a rectangle, at most
MOST_POINTS = 5_000  # of one path
INVISIBLE_MODE = 3
COVERING = 0.6  # of the page, by one picture
WHITE = 250
NO_CURVE = (pdfium.FPDF_SEGMENT_MOVETO, pdfium.FPDF_SEGMENT_LINETO)
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


class Unembedded(NamedTuple):
    """A text object, where it begins, and how far to turn the page clockwise for it to stand upright."""

    handle: Any
    place: tuple[float, float]
    turn: int


@dataclass(slots=True)
class Drawings:
    """Boxes are left, bottom, right, top in points of the PDF page.

    lines: boxes of lines and of the sides of frames. pictures: boxes of images.
    unembedded: the text objects in fonts that the file only names.
    areas: filled boxes that are not white. text_objects: how many; of them, `invisible` print nothing and `covered`
    were printed before a picture that covers most of the page.
    """

    lines: list[Box] = field(default_factory=list)
    areas: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    text_objects: int = 0
    invisible: int = 0
    unembedded: list[Unembedded] = field(default_factory=list)
    covered: int = 0


def drawings_of(page: Any, number: int, sheet: float) -> Drawings:
    """Everything drawn on a page of `sheet` square points.

    Raises:
        UnreadableError: there is no end of it.
    """
    return _Collector(number, sheet).collect(page)


class _Collector:
    def __init__(self, number: int, sheet: float) -> None:
        self._found = Drawings()
        self._left = MOST_OBJECTS
        self._number = number
        self._sheet = sheet
        self._embedded: dict[int, bool] = {}
        self._edges = [ctypes.c_float() for _ in range(4)]
        self._references = [ctypes.byref(edge) for edge in self._edges]

    def collect(self, page: Any) -> Drawings:
        count = pdfium.FPDFPage_CountObjects(page)
        self._check(count)
        get = pdfium.FPDFPage_GetObject
        for n in range(count):
            self._take(get(page, n), IDENTITY, 0)
        return self._found

    def _check(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise UnreadableError(f"page {self._number} of the PDF has more than {MOST_OBJECTS} drawings")

    def _take(self, thing: Any, matrix: Matrix, depth: int) -> None:
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            self._text(thing, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._path(thing, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            self._picture(self._bounds(thing, matrix))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
            self._form(thing, matrix, depth)

    def _text(self, text: Any, matrix: Matrix) -> None:
        self._found.text_objects += 1
        self._found.invisible += pdfium.FPDFTextObj_GetTextRenderMode(text) == INVISIBLE_MODE
        font = pdfium.FPDFTextObj_GetFont(text)
        address = ctypes.addressof(font.contents) if font else 0
        if address not in self._embedded:
            self._embedded[address] = not font or pdfium.FPDFFont_GetIsEmbedded(font) == 1
        if not self._embedded[address]:
            a, b, _, _, x, y = _times(_matrix(text), matrix)
            self._found.unembedded.append(Unembedded(text, (x, y), quarter(math.atan2(b, a))))

    def _picture(self, box: Box) -> None:
        self._found.pictures.append(box)
        if (box[2] - box[0]) * (box[3] - box[1]) > COVERING * self._sheet:
            self._found.covered = self._found.text_objects - self._found.invisible

    def _form(self, form: Any, matrix: Matrix, depth: int) -> None:
        count = pdfium.FPDFFormObj_CountObjects(form)
        if count <= 0:
            return
        self._check(count)
        within = _times(_matrix(form), matrix)
        for n in range(count):
            self._take(pdfium.FPDFFormObj_GetObject(form, n), within, depth + 1)

    def _bounds(self, thing: Any, matrix: Matrix) -> Box:
        if not pdfium.FPDFPageObj_GetBounds(thing, *self._references):
            return 0, 0, 0, 0
        left, bottom, right, top = (edge.value for edge in self._edges)
        return (left, bottom, right, top) if matrix is IDENTITY else _moved((left, bottom, right, top), matrix)

    def _path(self, path: Any, matrix: Matrix) -> None:
        box = self._bounds(path, matrix)
        if min(box[2] - box[0], box[3] - box[1]) < 3:
            self._found.lines.append(box)
            return
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke))
        points = pdfium.FPDFPath_CountSegments(path)
        if stroke.value and 4 <= points <= PLAIN_PATH and self._is_frame(path, points):
            left, bottom, right, top = box
            self._found.lines += [(left, bottom, right, bottom), (left, top, right, top)]
            self._found.lines += [(left, bottom, left, top), (right, bottom, right, top)]
        elif stroke.value and points <= MOST_POINTS:
            self._found.lines += self._strokes(path, points, _times(_matrix(path), matrix))
        elif points > PLAIN_PATH and points <= MOST_POINTS:
            self._found.lines += self._bars(path, points, _times(_matrix(path), matrix))
        elif not self._is_white(path):
            self._found.areas.append(box)

    def _is_white(self, path: Any) -> bool:
        parts = [ctypes.c_uint() for _ in range(4)]
        pdfium.FPDFPageObj_GetFillColor(path, *map(ctypes.byref, parts))
        return min(part.value for part in parts[:3]) >= WHITE

    def _is_frame(self, path: Any, points: int) -> bool:
        corners = [point for _, point in self._points(path, points)]
        steps = itertools.pairwise(corners)
        return len(corners) == points and all(a[0] == b[0] or a[1] == b[1] for a, b in steps)

    def _points(self, path: Any, count: int) -> Iterator[tuple[int, tuple[float, float]]]:
        x, y = ctypes.c_float(), ctypes.c_float()
        for n in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(path, n)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind in NO_CURVE and pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
                yield kind, (x.value, y.value)

    def _strokes(self, path: Any, count: int, matrix: Matrix) -> Iterator[Box]:
        """The straight lines of a path that is one of many lines."""
        before: tuple[float, float] | None = None
        for kind, point in self._points(path, count):
            if kind == pdfium.FPDF_SEGMENT_LINETO and before is not None:
                yield _moved((*before, *point), matrix)
            before = point

    def _bars(self, path: Any, count: int, matrix: Matrix) -> Iterator[Box]:
        """The boxes of a filled path that is one of many thin bars."""
        corners: list[tuple[float, float]] = []
        for kind, point in [*self._points(path, count), (pdfium.FPDF_SEGMENT_MOVETO, (0.0, 0.0))]:
            if kind == pdfium.FPDF_SEGMENT_MOVETO and corners:
                xs, ys = zip(*corners, strict=True)
                yield _moved((min(xs), min(ys), max(xs), max(ys)), matrix)
                corners = []
            corners.append(point)


def _matrix(thing: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(thing, ctypes.byref(found))
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that does first the one, then the other."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _moved(box: Box, matrix: Matrix) -> Box:
    """The box around a box that a matrix moves."""
    a, b, c, d, e, f = matrix
    x0, y0 = a * box[0] + c * box[1] + e, b * box[0] + d * box[1] + f
    x1, y1 = a * box[2] + c * box[3] + e, b * box[2] + d * box[3] + f
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
