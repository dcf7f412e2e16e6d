"""Hanweb JCMS 大汉: the lines of a listing are HTML inside XML, a <datastore>, in the page and from dataproxy.jsp.

The page holds the first group of records; <nextgroup> links to the next. Older sites have no <nextgroup> but say in
the call of their paging script (jpage) which address to ask for which records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from gongkai.fetch.page import ListingPage, Page

_HREF = re.compile(r"""href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_PROXY = re.compile(r"""proxyUrl\s*:\s*["']([^"']+)["']""")
_NUMBER = re.compile(r"\b(perPage|totalRecord)\s*:\s*(\d+)")
_PARAMETERS = re.compile(r"ajaxParam\s*:\s*\{([^}]*)\}")
_PARAMETER = re.compile(r"""["']?(\w+)["']?\s*:\s*["']?([^,"'}]*)["']?""")
_GROUP = 3
"""The script asks for three pages' records at a time."""


def recognises(page: Page) -> bool:
    """Whether the page has a datastore, or asks for one."""
    return "<datastore>" in page.text.lower() or "dataproxy.jsp" in page.text


def read(page: Page) -> ListingPage:
    """The records of a page or of an answer of dataproxy.jsp, and where the next group is."""
    records = list(_contents(page.text, "record"))
    lines = page.part(f"<ul>{''.join(records)}</ul>") if records else page
    return ListingPage(tuple(lines.entries()), _next_group(page) or _next_records(page, len(records)))


def _contents(text: str, element: str) -> Iterator[str]:
    """What stands in the CDATA of each element of a name; in time that grows with the text, whatever it holds."""
    for part in text.split(f"<{element}>")[1:]:
        yield part.partition(f"</{element}>")[0].partition("<![CDATA[")[2].partition("]]>")[0]


def _next_group(page: Page) -> str | None:
    href = _HREF.search(next(_contents(page.text, "nextgroup"), ""))
    return page.address(href[1].replace("&amp;", "&")) if href else None


def _next_records(page: Page, shown: int) -> str | None:
    """The address that the paging script of the page itself, or of the one it came from, would ask next."""
    proxy, numbers = _PROXY.search(page.text), dict(_NUMBER.findall(page.text))
    if proxy and {"perPage", "totalRecord"} <= numbers.keys():
        found = _PARAMETERS.search(page.text)
        query = {name: value.strip() for name, value in _PARAMETER.findall(found[1] if found else "")}
        return _records(page, proxy[1], query, shown, int(numbers["perPage"]), int(numbers["totalRecord"]))
    asked = dict(parse_qsl(urlsplit(page.url).query))
    total = re.search(r"<totalrecord>(\d+)", page.text, re.IGNORECASE)
    if total and {"endrecord", "perpage"} <= asked.keys():
        path = urlsplit(page.url).path
        return _records(page, path, asked, int(asked["endrecord"]), int(asked["perpage"]), int(total[1]))
    return None


def _records(page: Page, proxy: str, query: dict[str, str], shown: int, per_page: int, total: int) -> str | None:
    if shown >= total:
        return None
    last = min(shown + _GROUP * per_page, total)
    numbers = {"startrecord": str(shown + 1), "endrecord": str(last), "perpage": str(per_page)}
    return page.address(f"{proxy}?{urlencode(query | numbers)}")
