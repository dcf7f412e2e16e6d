"""Pages that are nothing but a pointer to the report: its attachments are the documents."""

from __future__ import annotations

from gongkai.errors import UnreadableError
from gongkai.fetch.page import Page
from gongkai.read import Document, Grid, Limits, readers_for
from gongkai.read.links import may_link_to_attachments
from gongkai.settings import settings

_HTML = "text/html"
_POINTER_TEXT = 1500
"""A page with fewer characters than this, no table of figures and an attachment only points to the report."""
_TABLE_CELLS = 40
_ATTACHMENTS = 50
"""No report has more; a page that links to more is no pointer to one report."""


def attachments_of(data: bytes, url: str) -> tuple[str, ...]:
    """The addresses of the attachments of an HTML page that has no report of its own."""
    if not may_link_to_attachments(data):
        return ()
    try:
        page = readers_for(_HTML)[0](data, Limits.from_settings(settings()))
    except UnreadableError:
        return ()
    if not page.links or _has_content(page):
        return ()
    addresses = map(Page(data, url).address, page.links)
    return tuple(dict.fromkeys(address for address in addresses if address))[:_ATTACHMENTS]


def _has_content(page: Document) -> bool:
    length = 0
    for block in page.blocks:
        if isinstance(block, Grid):
            if len(block.cells) >= _TABLE_CELLS:
                return True
            length += sum(len(cell.text) for cell in block.cells)
        else:
            length += len(block.text)
    return length >= _POINTER_TEXT
