"""Pages that are nothing but a pointer to the report: what they link to, or show in frames, are the documents."""

from __future__ import annotations

from urllib.parse import urlsplit

from gongkai.errors import UnreadableError
from gongkai.fetch.page import Page
from gongkai.read import Document, Grid, Limits, readers_for
from gongkai.read.links import may_link_to_attachments, may_show_others
from gongkai.settings import settings

_HTML = "text/html"
_POINTER_TEXT = 1500
"""A page with fewer characters than this, no table of figures and an attachment only points to the report."""
_FRAMED_TEXT = 300
"""A page with fewer characters than this beside its frames says nothing itself. A short report without a table does."""
_TABLE_CELLS = 40
_ATTACHMENTS = 50
"""No report has more; a page that links to more is no pointer to one report."""


def pointed_to(data: bytes, url: str) -> tuple[str, ...]:
    """The addresses of the attachments of an HTML page that has no report of its own, else of its frames.

    Frames count only where the page shows next to nothing else, and those of its own host: others are counters of
    visits and advertisements.
    """
    if not (may_link_to_attachments(data) or may_show_others(data)):
        return ()
    try:
        page = readers_for(_HTML)[0](data, Limits.from_settings(settings()))
    except UnreadableError:
        return ()
    wanted, most = (page.links, _POINTER_TEXT) if page.links else (page.elsewhere, _FRAMED_TEXT)
    if not wanted or _has_content(page, most):
        return ()
    addresses = [address for address in map(Page(data, url).address, wanted) if address]
    if not page.links:
        addresses = [address for address in addresses if urlsplit(address).netloc == urlsplit(url).netloc]
    return tuple(dict.fromkeys(addresses))[:_ATTACHMENTS]


def _has_content(page: Document, most: int) -> bool:
    """Whether the page has a table of figures, or `most` characters of text."""
    length = 0
    for block in page.blocks:
        if isinstance(block, Grid):
            if len(block.cells) >= _TABLE_CELLS:
                return True
            length += sum(len(cell.text) for cell in block.cells)
        else:
            length += len(block.text)
    return length >= most
