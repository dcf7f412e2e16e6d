"""Sets a report on pages: ruled or bare tables that break over pages, merged cells and all.

What the pages are of is the canvas's business: see ``render_pdf`` and ``render_ofd``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from gongkai.demo.draft import Draft
from gongkai.forms.sheet import Sheet, SheetCell

FONT = "STSong-Light"  # one of Adobe's Asian fonts: named in the file, not embedded, mapped to Unicode by every reader
WIDTH, HEIGHT = 595.0, 842.0  # A4 in points
_MARGIN = 62.0
_BODY, _SMALL, _LEADING = 12.0, 8.5, 1.35
_PADDING = 3.0


class Canvas(Protocol):
    """What a page is drawn with; reportlab's own is one. Points, counted from the lower left corner."""

    def setFont(self, name: str, size: float) -> None: ...  # noqa: N802 - reportlab's names
    def drawString(self, x: float, y: float, text: str) -> None: ...  # noqa: N802
    def drawCentredString(self, x: float, y: float, text: str) -> None: ...  # noqa: N802
    def rect(self, x: float, y: float, width: float, height: float) -> None: ...
    def showPage(self) -> None: ...  # noqa: N802


@dataclass(frozen=True, slots=True)
class Setting:
    """How a report is set.

    ruled: with lines around the cells. cut_rows: a row that does not fit is cut by the page end, its figures above.
    downwards: headings left of the rows are written downwards, a character a line.
    """

    ruled: bool = True
    cut_rows: bool = False
    downwards: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of a cell that stands on one page: rows from `top` to `bottom`, with its lines of text."""

    cell: SheetCell
    top: int
    bottom: int
    lines: tuple[str, ...]


class Press:
    """A page at a time, from the top down; `y` is the distance of the pen from the lower edge."""

    def __init__(self, draft: Draft, canvas: Canvas, setting: Setting) -> None:
        self._draft = draft
        self._setting = setting
        self._canvas = canvas
        self._page = 1
        self._y = HEIGHT - _MARGIN

    def print(self) -> None:
        """Draw the whole report; the last page is shown, the file not yet saved."""
        draft = self._draft
        if draft.noise.with_title:
            self._paragraph(draft.agency, size=18, centred=True)
            self._paragraph(draft.title.removeprefix(draft.agency) or draft.title, size=18, centred=True)
        self._paragraph(draft.preamble)
        for part in draft.parts:
            self._paragraph(part.title, size=13)
            for paragraph in part.paragraphs:
                self._paragraph(paragraph)
            if part.sheet:
                self._table(part.sheet)
        self._end_page()

    def _end_page(self) -> None:
        if self._draft.noise.chrome:
            self._canvas.setFont(FONT, 9)
            self._canvas.drawCentredString(WIDTH / 2, _MARGIN / 2, f"— {self._page} —")
        self._canvas.showPage()
        self._page += 1
        self._y = HEIGHT - _MARGIN

    def _wrap(self, text: str, width: float, size: float) -> list[str]:
        """Break after any character, as Chinese text does, but never inside a number."""
        lines, line = [], ""
        for piece in _unbroken(text):
            if line and (piece == "\n" or string_width(line + piece, size) > width):
                lines.append(line)
                line = ""
            line += piece.strip("\n")
        return [*lines, line] if line else lines

    def _paragraph(self, text: str, *, size: float = _BODY, centred: bool = False) -> None:
        step = size * _LEADING
        indented = text if centred else f"　　{text}"
        for line in self._wrap(indented, WIDTH - 2 * _MARGIN, size):
            if self._y - step < _MARGIN:
                self._end_page()
            self._y -= step
            self._canvas.setFont(FONT, size)
            if centred:
                self._canvas.drawCentredString(WIDTH / 2, self._y, line)
            else:
                self._canvas.drawString(_MARGIN, self._y, line)
        self._y -= size * 0.3

    def _table(self, sheet: Sheet) -> None:
        edges = _edges(sheet)
        if self._setting.downwards:
            sheet = _written_downwards(sheet)
        heights = self._heights(sheet, edges)
        rest = {cell: self._wrap(cell.text, _inner(cell, edges), _SMALL) for cell in sheet.cells}
        top = 0
        while top < sheet.row_count:
            bottom = self._last_row_that_fits(heights, top)
            if self._setting.cut_rows and bottom < sheet.row_count:
                room = self._y - _MARGIN - sum(heights[top:bottom])
                fit = int((room - 2 * _PADDING) / (_SMALL * _LEADING))
                if cut := _cut(sheet, bottom, fit, rest):
                    sheet = cut
                    heights[bottom : bottom + 1] = [room, max(heights[bottom] - room, _SMALL * _LEADING + 2 * _PADDING)]
                    bottom += 1
            if bottom == top:
                self._end_page()
                bottom = max(self._last_row_that_fits(heights, top), top + 1)
            self._rows(edges, heights, list(_pieces(sheet, top, bottom, rest, heights)), top)
            self._y -= sum(heights[top:bottom])
            top = bottom
            if top < sheet.row_count:
                self._end_page()
        self._y -= _BODY

    def _heights(self, sheet: Sheet, edges: list[float]) -> list[float]:
        """Of each row: what its own cells need. Cells merged downwards have room enough on the form."""
        step = _SMALL * _LEADING
        heights = [step + 2 * _PADDING] * sheet.row_count
        for cell in sheet.cells:
            lines = len(self._wrap(cell.text, _inner(cell, edges), _SMALL))
            need = (lines * step + 2 * _PADDING) / cell.rowspan
            for row in range(cell.row, cell.bottom):
                heights[row] = max(heights[row], need)
        return heights

    def _last_row_that_fits(self, heights: list[float], top: int) -> int:
        room, bottom = self._y - _MARGIN, top
        while bottom < len(heights) and heights[bottom] <= room:
            room -= heights[bottom]
            bottom += 1
        return bottom

    def _rows(self, edges: list[float], heights: list[float], pieces: list[_Piece], first: int) -> None:
        for piece in pieces:
            cell = piece.cell
            left, right = edges[cell.column], edges[cell.column + cell.colspan]
            y_top = self._y - sum(heights[first : piece.top])
            y_bottom = self._y - sum(heights[first : piece.bottom])
            if self._setting.ruled:
                self._canvas.rect(left, y_bottom, right - left, y_top - y_bottom)
            self._centre(piece.lines, (left + right) / 2, (y_top + y_bottom) / 2)

    def _centre(self, lines: tuple[str, ...], x: float, y: float) -> None:
        step = _SMALL * _LEADING
        self._canvas.setFont(FONT, _SMALL)
        for n, line in enumerate(lines):
            self._canvas.drawCentredString(x, y + step * (len(lines) / 2 - n) - _SMALL, line)


@cache
def _register_font() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def string_width(text: str, size: float) -> float:
    """How wide a text is in :data:`FONT`, in points."""
    from reportlab.pdfbase import pdfmetrics

    _register_font()
    width: float = pdfmetrics.stringWidth(text, FONT, size)
    return width


def _unbroken(text: str) -> Iterator[str]:
    """Characters, with runs of ASCII digits and signs kept together."""
    run = ""
    for character in text:
        if character in "0123456789.,-":
            run += character
            continue
        if run:
            yield run
            run = ""
        yield character
    if run:
        yield run


def _edges(sheet: Sheet) -> list[float]:
    unit = (WIDTH - 2 * _MARGIN) / sum(sheet.widths)
    edges = [_MARGIN]
    for width in sheet.widths:
        edges.append(edges[-1] + width * unit)
    return edges


def _inner(cell: SheetCell, edges: list[float]) -> float:
    return edges[cell.column + cell.colspan] - edges[cell.column] - 2 * _PADDING


def _pieces(
    sheet: Sheet, top: int, bottom: int, rest: dict[SheetCell, list[str]], heights: list[float]
) -> Iterator[_Piece]:
    """The cells of rows top..bottom. A cell cut by the page end leaves the lines that do not fit to the next page."""
    for cell in sheet.cells:
        first, last = max(cell.row, top), min(cell.bottom, bottom)
        if first >= last:
            continue
        room = int((sum(heights[first:last]) - 2 * _PADDING) / (_SMALL * _LEADING))
        fits = len(rest[cell]) if cell.bottom <= bottom else max(room, 0)
        lines, rest[cell] = rest[cell][:fits], rest[cell][fits:]
        yield _Piece(cell, first, last, tuple(lines))


def _written_downwards(sheet: Sheet) -> Sheet:
    def is_heading(cell: SheetCell) -> bool:
        return cell.kind == "label" and cell.column == 0 and cell.rowspan > 3

    cells = (replace(cell, text="\n".join(cell.text)) if is_heading(cell) else cell for cell in sheet.cells)
    return replace(sheet, cells=tuple(cells))


def _cut(sheet: Sheet, row: int, fit: int, rest: dict[SheetCell, list[str]]) -> Sheet | None:
    """The sheet with a row cut in two after `fit` lines of its labels; None where no label is long enough to be cut.

    `rest`, the lines of each cell, is brought in line.
    """
    too_long = [cell for cell in sheet.cells if cell.row == row and cell.rowspan == 1 and len(rest[cell]) > fit]
    if fit < 1 or not too_long or row < sheet.header_rows or any(cell.kind == "figure" for cell in too_long):
        return None
    cells: list[SheetCell] = []
    for cell in sheet.cells:
        if cell.row > row:
            moved = replace(cell, row=cell.row + 1)
            rest[moved] = rest[cell]
            cells.append(moved)
        elif cell.bottom > row and cell.rowspan > 1:
            longer = replace(cell, rowspan=cell.rowspan + 1)
            rest[longer] = rest[cell]
            cells.append(longer)
        elif cell.row == row:
            below = replace(cell, row=row + 1, key=None)
            rest[cell], rest[below] = rest[cell][:fit], rest[cell][fit:]
            cells += [cell, below]
        else:
            cells.append(cell)
    return replace(sheet, row_count=sheet.row_count + 1, cells=tuple(cells))
