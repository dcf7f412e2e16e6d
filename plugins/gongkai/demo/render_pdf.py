"""Reports as PDFs with a text layer, drawn as differently as programs draw them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from gongkai.demo.draft import Draft
from gongkai.demo.press import HEIGHT, WIDTH, Press, Setting, string_width


def pdf(draft: Draft) -> bytes:
    """Ruled tables. The same draft gives the same bytes."""
    return _print(draft, Setting())


def pdf_plain(draft: Draft) -> bytes:
    """The same without rules: only the places of the words tell the columns."""
    return _print(draft, Setting(ruled=False))


def pdf_cut(draft: Draft) -> bytes:
    """Rows that the page end cuts, and headings beside the rows that are written downwards."""
    return _print(draft, Setting(cut_rows=True, downwards=True))


def pdf_rotated(draft: Draft) -> bytes:
    """Pages that lie on their side in the file and are turned to be seen upright."""
    return _print(draft, Setting(), on_its_side=True)


def pdf_glyphs(draft: Draft) -> bytes:
    """Every character set for itself."""
    return _print(draft, Setting(), glyph_by_glyph=True)


def _print(draft: Draft, setting: Setting, *, on_its_side: bool = False, glyph_by_glyph: bool = False) -> bytes:
    file = BytesIO()
    canvas = _PdfCanvas(file, on_its_side, glyph_by_glyph)
    canvas.pen.setTitle(draft.title)
    canvas.pen.setAuthor(draft.agency)
    Press(draft, canvas, setting).print()
    canvas.pen.save()
    return file.getvalue()


class _PdfCanvas:
    """A canvas of reportlab that begins each page alike and may set each character for itself."""

    def __init__(self, file: BytesIO, on_its_side: bool, glyph_by_glyph: bool) -> None:
        from reportlab.pdfgen.canvas import Canvas

        string_width("", 1)  # registers the font
        self.pen: Any = Canvas(file, pagesize=(HEIGHT, WIDTH) if on_its_side else (WIDTH, HEIGHT), invariant=1)
        self._on_its_side = on_its_side
        self._glyph_by_glyph = glyph_by_glyph
        self._size = 0.0
        self._begin()

    def _begin(self) -> None:
        if self._on_its_side:
            self.pen.setPageRotation(90)
            self.pen.translate(HEIGHT, 0)
            self.pen.rotate(90)

    def setFont(self, name: str, size: float) -> None:  # noqa: N802 - reportlab's names
        self._size = size
        self.pen.setFont(name, size)

    def drawString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        for piece in text if self._glyph_by_glyph else (text,):
            self.pen.drawString(x, y, piece)
            x += string_width(piece, self._size)

    def drawCentredString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self.drawString(x - string_width(text, self._size) / 2, y, text)

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        self.pen.rect(x, y, width, height)

    def showPage(self) -> None:  # noqa: N802
        self.pen.showPage()
        self._begin()
