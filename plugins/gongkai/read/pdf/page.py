"""One page of a PDF as pdfium sees it: its words in the order in which they were written, and its lines drawn.

Word processors write a table cell by cell, so the written order keeps a wrapped label together where the order by
height would mix it with the figures beside it.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pypdfium2
import pypdfium2.raw as pdfium

from gongkai.errors import UnreadableError
from gongkai.read.clean import INVISIBLE, without_radicals
from gongkai.read.layout.lines import WIDE_GAP, Box, Word, on_one_line, parted, written_lines
from gongkai.read.layout.rulings import NEAR, Ruling, Rulings
from gongkai.read.layout.turn import SLANT, is_slanted, quarter
from gongkai.read.limits import Limits
from gongkai.read.pdf.drawings import Drawings, drawings_of
from gongkai.read.pdf.frame import Frame

TALLEST = 80.0  # points
LARGE = 30.0  # points; pale print as large as that is a watermark
WIDEST = 1.6  # heights of a line that a character takes at most
TOUCHING = 0.1  # points between characters that stand side by side
PIECE = re.compile(r"[^\s\ufffe]+")
STRANGE = re.compile("[\ufffd\ue000-\uf8ff\x01-\x08\x0e-\x1f]")
FIGURES = re.compile(r"[\d,.]{2,}|.*\D\d.*")  # figures of two cells, or a label and the figure or ordinal beside it
TURNS_SAMPLED = 24
COVERED = 0.75  # of the page by pictures makes it a scan
GARBLED = 0.1  # of the characters without a meaning makes the text worthless
WHITE = 250
PALE = 128  # of 255: what is no darker, or no more opaque, lets print be read through it
FEW_DRAWINGS = 20  # lines of a frame or a letterhead; characters drawn as outlines are many more

State = Literal["text", "empty", "hidden", "garbled"]


@dataclass(frozen=True, slots=True)
class PageText:
    """A page.

    state: ``text``; ``empty``: no character; ``hidden``: under a picture or invisible over it, as scanners leave it;
    ``garbled``: characters without a meaning. lines: words as written, none unless there is text.
    pictures: the share of the page that pictures cover. unread: where text stands that pdfium leaves out, for want of
    a font that the file does not embed.
    """

    state: State
    lines: list[list[Word]]
    rulings: Rulings
    frame: Frame
    pictures: float
    characters: int
    has_text_objects: bool
    has_drawings: bool
    unread: list[tuple[float, float]]

    @property
    def is_scan(self) -> bool:
        """Whether OCR would find what the text layer does not hold: not on a page with nothing on it."""
        return self.state in ("hidden", "garbled") or (self.state == "empty" and self.has_drawings)


def read_page(pdf: pypdfium2.PdfDocument, index: int, limits: Limits) -> PageText:
    """Read a page.

    Raises:
        UnreadableError: damaged or beyond the limits.
    """
    try:
        page = pdf[index]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(f"page {index + 1} of the PDF is damaged ({error})", "damaged") from error
    try:
        limits.check_size(text_page.count_chars())
        return _Page(page, text_page, drawings_of(page.raw, index + 1, _area(page))).read()
    finally:
        text_page.close()
        page.close()


def _area(page: Any) -> float:
    left, bottom, right, top = page.get_cropbox()
    area: float = (right - left) * (top - bottom)
    return area


class _Page:
    def __init__(self, page: Any, text_page: Any, drawings: Drawings) -> None:
        self._page = page
        self._raw = text_page.raw
        self._drawings = drawings
        self._count: int = text_page.count_chars()
        self._rect = pdfium.FS_RECTF()
        self._reference = ctypes.byref(self._rect)
        self._text_page = text_page

    def read(self) -> PageText:
        text = self._all = without_radicals(self._text())
        self._frame = Frame(self._page, self._turn(text))
        rulings = self._rulings()
        pictures = self._covered()
        state = self._state(text, pictures)
        lines = self._lines(text, rulings) if state == "text" else []
        return PageText(
            state,
            lines,
            rulings,
            self._frame,
            pictures,
            characters=self._count,
            has_text_objects=self._drawings.text_objects > 0,
            has_drawings=self._has_drawings(),
            unread=self._unread(),
        )

    def _text(self) -> str:
        """All characters at once; one by one where that leaves some out and so would shift the others."""
        buffer = (ctypes.c_ushort * (self._count + 1))()
        length = pdfium.FPDFText_GetText(self._raw, 0, self._count, buffer) - 1
        if length == self._count:
            text = bytes(buffer)[: 2 * length].decode("utf-16-le", "replace")
            if len(text) == self._count:
                return text
        codes = (pdfium.FPDFText_GetUnicode(self._raw, n) for n in range(self._count))
        return "".join(chr(code) if code < 0x110000 else "\ufffd" for code in codes)

    def _turn(self, text: str) -> int | None:
        """How far the page must be turned for most of its text to stand upright."""
        step = max(1, len(text) // TURNS_SAMPLED)
        places = [n for n in range(0, len(text), step) if not text[n].isspace()]
        angles = [pdfium.FPDFText_GetCharAngle(self._raw, n) for n in places]
        turns = Counter(quarter(-angle) for angle in angles if angle >= 0)
        turns.update(thing.turn for thing in self._drawings.unembedded[:TURNS_SAMPLED])
        return turns.most_common(1)[0][0] if turns else None

    def _state(self, text: str, pictures: float) -> State:
        solid = len(text) - sum(map(text.count, " \r\n\t\xa0\u3000"))
        if solid == 0:
            return "empty"
        hidden = self._drawings.invisible + self._drawings.covered
        if pictures > COVERED and 2 * hidden > self._drawings.text_objects:
            return "hidden"
        return "garbled" if len(STRANGE.findall(text)) > GARBLED * solid else "text"

    def _covered(self) -> float:
        frame = self._frame
        sheet = frame.width * frame.height
        boxes = [frame.box(*box) for box in self._drawings.pictures]
        area = sum(
            max(0.0, min(x1, frame.width) - max(x0, 0)) * max(0.0, min(y1, frame.height) - max(y0, 0))
            for x0, y0, x1, y1 in boxes
        )
        return area / sheet if sheet > 0 else 0.0

    def _has_drawings(self) -> bool:
        drawn = self._drawings
        return bool(drawn.pictures) or len(drawn.lines) + len(drawn.areas) > FEW_DRAWINGS

    def _unread(self) -> list[tuple[float, float]]:
        found = []
        for thing, (x, y), _ in self._drawings.unembedded:
            if pdfium.FPDFTextObj_GetText(thing, self._raw, None, 0) <= 2:  # nothing but the end of the text
                found.append(self._frame.box(x, y, x, y)[:2])
        return found

    def _rulings(self) -> Rulings:
        rulings = Rulings()
        box = self._frame.box
        for line in self._drawings.lines:
            rulings.add(box(*line))
        rulings.take_dots()
        return rulings

    def _lines(self, text: str, rulings: Rulings) -> list[list[Word]]:
        """The lines of a page as lists of words."""
        uprights = rulings.upright
        words: list[Word] = []
        seen: set[tuple[str, int, int]] = set()
        for match in PIECE.finditer(text):
            shown = INVISIBLE.sub("", match.group())
            if shown and self._is_seen(match.start()):
                found = [w for w in self._words(shown, *match.span(), uprights) if not _is_twice(w, seen)]
                if words and found and self._goes_on(words[-1], found[0], match.start(), uprights):
                    before = words.pop()
                    found[0] = Word(before.text + found[0].text, _around_both(before.box, found[0].box))
                words += found
        return written_lines(words)

    def _goes_on(self, before: Word, word: Word, begin: int, uprights: Sequence[Ruling]) -> bool:
        """Whether a word goes on right behind the one before, so that the blank between is pdfium's own idea."""
        if abs(word.box[0] - before.box[2]) > TOUCHING or not on_one_line(before.box, word.box):
            return False
        if not pdfium.FPDFText_IsGenerated(self._raw, begin - 1):
            return False
        middle = (word.box[1] + word.box[3]) / 2
        return not any(abs(at - word.box[0]) < NEAR and start <= middle <= end for at, start, end in uprights)

    def _is_seen(self, index: int) -> bool:
        """Whether a character prints something that is no watermark. White print counts only on a dark ground."""
        if self._drawings.invisible:
            thing = pdfium.FPDFText_GetTextObject(self._raw, index)
            if thing and pdfium.FPDFTextObj_GetTextRenderMode(thing) == 3:
                return False
        red, green, blue, alpha = self._colour(index)
        if self._is_watermark(index, pale=alpha < PALE or min(red, green, blue) >= PALE):
            return False
        if alpha and min(red, green, blue) < WHITE:
            return True
        left, bottom, right, top = self._of(index)
        x, y = (left + right) / 2, (bottom + top) / 2
        grounds = (*self._drawings.areas, *self._drawings.pictures)
        return bool(alpha) and any(g[0] <= x <= g[2] and g[1] <= y <= g[3] for g in grounds)

    def _is_watermark(self, index: int, *, pale: bool) -> bool:
        """Whether a character is printed aslant, or large and pale: over a table it would pass for part of a cell."""
        if pdfium.FPDFText_GetCharAngle(self._raw, index) > SLANT:  # the letters may lean, as italics do, or the line
            matrix = pdfium.FS_MATRIX()
            pdfium.FPDFText_GetMatrix(self._raw, index, ctypes.byref(matrix))
            if is_slanted(matrix.a, matrix.b):
                return True
        if not pale:
            return False
        _, bottom, _, top = self._of(index)
        return top - bottom > LARGE

    def _colour(self, index: int) -> tuple[int, int, int, int]:
        red, green, blue, alpha = _COLOUR
        if not pdfium.FPDFText_GetFillColor(self._raw, index, *_COLOUR_REFERENCES):
            return 0, 0, 0, 255
        return red.value, green.value, blue.value, alpha.value

    def _words(self, text: str, begin: int, end: int, uprights: Sequence[Ruling]) -> list[Word]:
        """The words of a piece of text: one, unless pdfium put together what stands apart.

        It does so with figures one below another, and with figures of two cells that stand close on both sides of an
        upright line.
        """
        first = self._around(begin)
        if end - begin == 1:  # most figures
            return [Word(text, first)]
        last = self._around(end - 1)
        x0, top, x1, bottom = box = _around_both(first, last)
        height = first[3] - first[1]
        middle = (top + bottom) / 2
        cuts = (
            [line for line in uprights if x0 + 2 < line.at < x1 - 2 and line.begin <= middle <= line.end]
            if FIGURES.fullmatch(text)
            else []
        )
        stretched = x1 - x0 > WIDEST * height * len(text) or bottom - top > 1.5 * height or last[0] < first[0] - 1
        if not (cuts or stretched):
            return [Word(text, box)]
        glyphs = [Word(c, self._around(n)) for n in range(begin, end) if (c := INVISIBLE.sub("", self._all[n]))]
        return parted(glyphs, WIDE_GAP, cuts)

    def _around(self, index: int) -> Box:
        """The box of a character on the page."""
        return self._frame.box(*self._of(index))

    def _of(self, index: int) -> Box:
        """Left, bottom, right, top of a character with its line's full height."""
        rect = self._rect
        pdfium.FPDFText_GetLooseCharBox(self._raw, index, self._reference)
        left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
        if top - bottom > TALLEST or right - left > TALLEST:  # a font that misstates its height
            left, bottom, right, top = self._text_page.get_charbox(index)
        return left, bottom, right, top


_COLOUR = [ctypes.c_uint() for _ in range(4)]
_COLOUR_REFERENCES = [ctypes.byref(part) for part in _COLOUR]


def _around_both(a: Box, b: Box) -> Box:
    return (
        a[0] if a[0] < b[0] else b[0],
        a[1] if a[1] < b[1] else b[1],
        a[2] if a[2] > b[2] else b[2],
        a[3] if a[3] > b[3] else b[3],
    )


def _is_twice(word: Word, seen: set[tuple[str, int, int]]) -> bool:
    """Whether the same word was printed at the same place before, as cheap bold type is."""
    text, (left, top, _, _) = word
    place = (text, round(left / 2), round(top / 2))
    x, y = int(left / 2), int(top / 2)
    if place in seen or (text, x, y) in seen or (text, x + 1, y) in seen or (text, x, y + 1) in seen:
        return True
    seen.add(place)
    return False
