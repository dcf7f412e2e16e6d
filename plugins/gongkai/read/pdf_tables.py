"""PDF, the careful reader: tables by their ruled lines, with the text around them. Far slower than the fast one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium

from gongkai.errors import GongkaiError, UnreadableError, UnsupportedError
from gongkai.read.clean import clean
from gongkai.read.document import Block, Document, Grid, GridCell, Paragraph, Where
from gongkai.read.limits import Limits
from gongkai.read.lines import Box, Word, paragraph
from gongkai.read.pdf import MEDIA_TYPE, SCAN, check_readable, facts, is_page_number, opened
from gongkai.read.ruled import RuledTable, lines_of, ruled_tables
from gongkai.read.tables import CellBudget

# pdfminer warns of every oddity that it reads past; on damage it raises.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

NAME = "pdf.tables"
WORDS = {"keep_blank_chars": False, "use_text_flow": False, "x_tolerance_ratio": 0.3, "y_tolerance": 3}
SHORTEST_RULING = 5.0  # points
MOST_THINGS = 30_000  # characters or drawings on a page; a full page of a report has some 2,000
TEXT_OR_FORM = (pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_FORM)
MOST_EDGES = 20_000  # lines on a page; the search for tables takes the square of it


def read(data: bytes, limits: Limits) -> Document:
    """Ruled tables as grids, one for each page a table stands on, and the text outside as lines.

    Raises:
        UnreadableError: truncated, damaged, encrypted or beyond the limits.
        UnsupportedError: no text layer.
    """
    with opened(data, limits) as pdf:
        title, properties = facts(pdf)
        texts = [_may_hold_text(pdf, index) for index in range(len(pdf))]
        if not any(texts):
            raise UnsupportedError(SCAN)
    pages = _Pages(limits)
    with _guarded(), pdfplumber.open(BytesIO(data)) as plumbed:
        for page in plumbed.pages:
            pages.add(page)
            page.close()
    check_readable(pages.characters, pages.strange)
    return Document(NAME, MEDIA_TYPE, tuple(pages.blocks), title=title, properties=properties)


def _may_hold_text(pdf: pypdfium2.PdfDocument, index: int) -> bool:
    """Whether a page is more than pictures and lines, as the fast library sees it.

    Raises:
        UnreadableError: damaged, or so full that pdfplumber would be busy with it for minutes.
    """
    try:
        page = pdf[index]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(f"page {index + 1} of the PDF is damaged ({error}); fetch it again") from error
    characters, drawings = text_page.count_chars(), pdfium.FPDFPage_CountObjects(page.raw)
    text_page.close()
    holds_text = characters > 0 or any(
        pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page.raw, number)) in TEXT_OR_FORM
        for number in range(min(drawings, MOST_THINGS))
    )
    page.close()
    if max(characters, drawings) > MOST_THINGS:
        raise UnreadableError(f"page {index + 1} of the PDF has more than {MOST_THINGS} characters or drawings")
    return holds_text


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except GongkaiError:
        raise
    except Exception as error:  # pdfplumber lets errors of every kind through on damaged input
        raise UnreadableError(f"the PDF is damaged ({type(error).__name__}: {error}); fetch it again") from error


class _Pages:
    """Collects the blocks of the pages, in reading order."""

    def __init__(self, limits: Limits) -> None:
        self.blocks: list[Block] = []
        self.characters = 0
        self.strange = 0
        self._limits = limits
        self._budget = CellBudget(limits)
        self._tables = 0

    def add(self, page: Any) -> None:
        """Read a page of pdfplumber."""
        # Bold type is often the same character printed twice, a hair apart; a figure must not double.
        found_words = page.dedupe_chars(tolerance=1).extract_words(**WORDS)
        words = [Word(text, _box(word)) for word in found_words if (text := clean(word["text"]))]
        self.characters += sum(len(word.text) for word in words)
        self.strange += sum("\ue000" <= c <= "\uf8ff" or c == "\ufffd" for word in words for c in word.text)
        outside, found = words, []
        for table in self._ruled(page):
            inside, outside = table.split(outside)
            table.fill(inside)
            found.append(table)
        placed = [(line[0].box[1], self._line(line, page)) for line in lines_of(outside)]
        placed += [(table.box[1], self._table(table, page.page_number)) for table in found]
        for _, blocks in sorted(placed, key=lambda item: item[0]):
            self.blocks += blocks
        self._limits.check_blocks(len(self.blocks))

    def _ruled(self, page: Any) -> list[RuledTable]:
        if len(page.edges) > MOST_EDGES:
            return []
        # Word paints the shade behind each line of text as a filled box; boxes without a stroke rule nothing.
        lines = page.filter(lambda thing: not _is_shade(thing))
        return ruled_tables(lines.find_tables({"explicit_horizontal_lines": _page_ends(lines)}))

    def _line(self, words: list[Word], page: Any) -> list[Block]:
        line = paragraph(words, page.page_number)
        box = line.where.bbox
        if box and is_page_number(line.text, page.page_number, box[1], box[3], float(page.height)):
            return []
        return [line]

    def _table(self, table: RuledTable, page: int) -> list[Block]:
        cells = table.cells()
        self._budget.spend(sum(cell.colspan for cell in cells))
        if len({cell.column for cell in cells}) == 1:  # a frame around text
            return [Paragraph(cell.text, Where(page=page, bbox=cell.box)) for cell in cells if cell.text]
        self._tables += 1
        number = self._tables
        grid = tuple(
            GridCell(
                cell.row,
                cell.column,
                cell.text,
                Where(page=page, table=number, row=cell.row, column=cell.column, bbox=cell.box),
                cell.rowspan,
                cell.colspan,
            )
            for cell in cells
        )
        return [Grid(grid, Where(page=page, table=number, bbox=table.box))]


def _page_ends(page: Any) -> list[float]:
    """Where upright rulings begin and end on the page: a table that goes on overleaf is open there."""
    upright = [edge for edge in page.edges if edge["orientation"] == "v" and edge["height"] > SHORTEST_RULING]
    return [min(edge["top"] for edge in upright), max(edge["bottom"] for edge in upright)] if upright else []


def _is_shade(thing: dict[str, Any]) -> bool:
    return thing["object_type"] == "rect" and not thing.get("stroke") and thing["width"] > 3 and thing["height"] > 3


def _box(thing: dict[str, Any]) -> Box:
    return float(thing["x0"]), float(thing["top"]), float(thing["x1"]), float(thing["bottom"])
