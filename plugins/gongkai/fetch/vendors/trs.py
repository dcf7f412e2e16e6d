"""TRS WCM 拓尔思: static pages index.html, index_1.html, …; a script on each says how many there are."""

from __future__ import annotations

import re

from gongkai.fetch.page import ListingPage, Page

# createPageHTML(pages, this page from 0, "index", "html"); some sites call it createPage
_PAGING = re.compile(r"""createPage(?:HTML)?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*["']([^"']+)["']\s*,\s*["'](\w+)["']""")


def recognises(page: Page) -> bool:
    """Whether a call of the paging script is on the page."""
    return _PAGING.search(page.text) is not None


def read(page: Page) -> ListingPage:
    """The links of the page, and the page after it by its number."""
    found = _PAGING.search(page.text)
    if found is None:
        return ListingPage(tuple(page.entries()), page.next_link())
    pages, at, name, extension = int(found[1]), int(found[2]), found[3], found[4]
    next_url = page.address(f"{name}_{at + 1}.{extension}") if at + 1 < pages else None
    return ListingPage(tuple(page.entries()), next_url)
