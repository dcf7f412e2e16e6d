"""VSB 博达 (Visual SiteBuilder): static pages that count down (xxgk.htm, xxgk/7.htm … xxgk/1.htm), or a PAGENUM."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from gongkai.fetch.page import ListingPage, Page

_MARKS = ("Announced by Visual SiteBuilder", "_sitegray", "urltype=tree.TreeTempUrl", "/system/resource/js/vsb")
_TOTAL = re.compile(r"totalpage=(\d+)")


def recognises(page: Page) -> bool:
    """Whether the page says who made it, or has the vendor's scripts or addresses."""
    return any(mark in page.text for mark in _MARKS)


def read(page: Page) -> ListingPage:
    """The links of the page, and where 下页 leads; where the page only links numbers, the next number."""
    return ListingPage(tuple(page.entries()), page.next_link() or _next_number(page))


def _next_number(page: Page) -> str | None:
    query = dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))
    at = int(query["PAGENUM"]) if query.get("PAGENUM", "").isdecimal() else 1
    found = _TOTAL.search(page.text)
    if found is None or at >= int(found[1]):
        return None
    return page.with_query(query | {"totalpage": found[1], "PAGENUM": str(at + 1)})
