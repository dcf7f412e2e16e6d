"""PDF, the fast reader: pdfium's text layer, set into the ruled tables of the page where it has any."""

from __future__ import annotations

from gongkai.errors import UnsupportedError
from gongkai.read.document import Document
from gongkai.read.layout.pages import Pages, set_in_tables
from gongkai.read.layout.ruled import RuledTable
from gongkai.read.limits import Limits
from gongkai.read.pdf.file import MEDIA_TYPE, UNEMBEDDED, check_readable, facts, opened
from gongkai.read.pdf.page import PageText, read_page

NAME = "pdf.text"


def read(data: bytes, limits: Limits) -> Document:
    """Ruled tables as grids, the other text a paragraph a line; `fields` are the pieces that wide gaps part.

    Raises:
        UnreadableError: truncated, damaged, encrypted or beyond the limits.
        UnsupportedError: no text layer that can be trusted.
    """
    with opened(data, limits) as pdf:
        title, properties = facts(pdf)
        pages = Pages(limits)
        states, scans = [], []
        for number in range(1, len(pdf) + 1):
            page = read_page(pdf, number - 1, limits)
            states.append(page.state)
            if page.is_scan:
                scans.append(str(number))
            add_page(pages, number, page)
        check_readable(states)
    if without_text := [str(number) for number, state in enumerate(states, start=1) if state != "text"]:
        properties["pages_without_text"] = ",".join(without_text)
    if scans:
        properties["scanned_pages"] = ",".join(scans)
    blocks, running = pages.blocks()
    return Document(NAME, MEDIA_TYPE, blocks, title=title, properties={**properties, **running})


def add_page(pages: Pages, number: int, page: PageText) -> None:
    """Add the tables and lines of a page with text.

    Raises:
        UnsupportedError: figures stand in a font that the file does not embed, so that they would pass for blanks.
    """
    tables = [RuledTable(boxes) for boxes in page.rulings.tables()] if page.lines else []
    lines, tables = set_in_tables(page.lines, tables)
    if any(table.leaves_open(page.unread) for table in tables):
        raise UnsupportedError(UNEMBEDDED)
    pages.add(number, page.frame.height, lines, tables, page.rulings, page.frame.seen)
