"""PDF, the fast reader: the text layer in the order in which it was written, as lines with positions.

Word processors write a table cell by cell, so the written order keeps a wrapped label together where the order by
height would mix it with the figures beside it.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from gongkai.errors import UnreadableError
from gongkai.read.clean import INVISIBLE
from gongkai.read.document import Document, Paragraph
from gongkai.read.limits import Limits
from gongkai.read.lines import Box, Word, paragraph, union
from gongkai.read.pdf import MEDIA_TYPE, check_readable, facts, is_page_number, opened

NAME = "pdf.text"
LINE_FEED, CARRIAGE_RETURN = 10, 13
TALLEST = 80.0  # points


def read(data: bytes, limits: Limits) -> Document:
    """The text layer, a paragraph a line; `fields` are the pieces that wide gaps part.

    Raises:
        UnreadableError: truncated, damaged, encrypted or beyond the limits.
        UnsupportedError: no text layer.
    """
    with opened(data, limits) as pdf:
        title, properties = facts(pdf)
        paragraphs: list[Paragraph] = []
        characters = strange = 0
        without_text: list[str] = []
        for index in range(len(pdf)):
            text, lines = _page(pdf, index, limits)
            characters += len(text)
            strange += sum(character == "\ufffd" or "\ue000" <= character <= "\uf8ff" for character in text)
            if not text:
                without_text.append(str(index + 1))
            paragraphs += lines
            limits.check_blocks(len(paragraphs))
        check_readable(characters, strange)
    if without_text:
        properties["pages_without_text"] = ",".join(without_text)
    return Document(NAME, MEDIA_TYPE, tuple(paragraphs), title=title, properties=properties)


def _page(pdf: pypdfium2.PdfDocument, index: int, limits: Limits) -> tuple[str, list[Paragraph]]:
    """The characters of a page without blanks, and its lines without the page number."""
    try:
        page = pdf[index]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(f"page {index + 1} of the PDF is damaged ({error}); fetch it again") from error
    try:
        limits.check_size(text_page.count_chars())
        frame = _Frame(page)
        lines = list(_lines(text_page, frame))
    finally:
        text_page.close()
        page.close()
    text = "".join(word.text for line in lines for word in line)
    paragraphs = [paragraph(line, index + 1) for line in _stacked(lines)]
    return text, [
        p
        for p in paragraphs
        if not (p.where.bbox and is_page_number(p.text, index + 1, p.where.bbox[1], p.where.bbox[3], frame.height))
    ]


class _Frame:
    """Turns PDF coordinates (from the lower left, not rotated) into points from the upper left of the page as seen."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._left, self._bottom, self._right, self._top = page.get_cropbox()
        self._rotation = page.get_rotation()
        upright = self._rotation in (0, 180)
        self.height = (self._top - self._bottom) if upright else (self._right - self._left)

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        if self._rotation == 90:
            return bottom - self._bottom, left - self._left, top - self._bottom, right - self._left
        if self._rotation == 180:
            return self._right - right, bottom - self._bottom, self._right - left, top - self._bottom
        if self._rotation == 270:
            return self._top - top, self._right - right, self._top - bottom, self._right - left
        return left - self._left, self._top - top, right - self._left, self._top - bottom


def _lines(text_page: pypdfium2.PdfTextPage, frame: _Frame) -> Iterator[list[Word]]:
    """The lines of a page as lists of words."""
    boxes = _Boxes(text_page, frame)
    unicode_of, raw = pdfium.FPDFText_GetUnicode, text_page.raw
    line: list[Word] = []
    characters: list[str] = []
    begin = 0
    count = text_page.count_chars()
    for index in range(count + 1):
        code = unicode_of(raw, index) if index < count else LINE_FEED
        character = chr(code) if code <= sys.maxunicode else "\ufffd"
        if not character.isspace():
            if not INVISIBLE.match(character):
                begin = begin if characters else index
                characters.append(character)
                end = index
            continue
        if characters:
            line.append(Word("".join(characters), boxes.around(begin, end)))
            characters = []
        if code in (LINE_FEED, CARRIAGE_RETURN) and line:
            yield line
            line = []


class _Boxes:
    """Where the characters of a page are."""

    def __init__(self, text_page: pypdfium2.PdfTextPage, frame: _Frame) -> None:
        self._page = text_page
        self._frame = frame
        self._rect = pdfium.FS_RECTF()
        self._reference = ctypes.byref(self._rect)

    def around(self, begin: int, end: int) -> Box:
        """The box around a word, from its first to its last character."""
        first, last = self._of(begin), self._of(end)
        return self._frame.box(*map(min, first[:2], last[:2]), *map(max, first[2:], last[2:]))

    def _of(self, index: int) -> Box:
        """Left, bottom, right, top of a character with its line's full height."""
        pdfium.FPDFText_GetLooseCharBox(self._page.raw, index, self._reference)
        rect = self._rect
        if max(rect.right - rect.left, rect.top - rect.bottom) > TALLEST:  # a font that misstates its height
            box: Box = self._page.get_charbox(index)
            return box
        return rect.left, rect.bottom, rect.right, rect.top


def _stacked(lines: list[list[Word]]) -> Iterator[list[Word]]:
    """The same lines, with a label written downwards, a character a line, as one line."""
    run: list[Word] = []
    for line in lines:
        single = len(line) == 1 and len(line[0].text) == 1 and not line[0].text.isdigit()
        if single and run and _is_below(line[0].box, run[-1].box):
            run.append(line[0])
            continue
        yield from _unstack(run)
        run = []
        if single:
            run = [line[0]]
        else:
            yield line
    yield from _unstack(run)


def _unstack(run: list[Word]) -> Iterator[list[Word]]:
    if len(run) < 3:  # two may be chance
        yield from ([word] for word in run)
    else:
        yield [Word("".join(word.text for word in run), union(word.box for word in run))]


def _is_below(box: Box, above: Box) -> bool:
    overlap = min(box[2], above[2]) - max(box[0], above[0])
    size = max(box[3] - box[1], above[3] - above[1])
    return overlap > 0 and above[1] < box[1] < above[3] + 2 * size
