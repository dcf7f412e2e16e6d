"""Lonsun 龙讯: addresses /public/column/… or /content/column/… with a parameter pageIndex; HTML, or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from gongkai.fetch.page import Entry, ListingPage, Page
from gongkai.fetch.titles import agency_named, date_in, names_a_report, report_year

_ADDRESS = re.compile(r"/(?:public|content)/column/\d+")
_PAGES = re.compile(r"""["']?\b(?:pageCount|totalPage)["']?\s*[:=]\s*["']?(\d+)""")
_LINKED = re.compile(r"pageIndex=(\d+)")
_TITLES, _LINKS, _DATES = ("title",), ("link", "url", "href"), ("publishDate", "date", "createDate")


def recognises(page: Page) -> bool:
    """Whether the address is one of Lonsun's columns."""
    return _ADDRESS.search(urlsplit(page.url).path) is not None


def read(page: Page) -> ListingPage:
    """The entries of the page, and the page of the next pageIndex, as long as there is one."""
    data = _json(page.text)
    entries = tuple(page.entries()) if data is None else tuple(_json_entries(page, data))
    query = dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))
    at = int(query["pageIndex"]) if query.get("pageIndex", "").isdecimal() else 1
    pages = _PAGES.search(page.text)
    last = int(pages[1]) if pages else max(map(int, _LINKED.findall(page.text)), default=1)
    next_url = page.with_query(query | {"pageIndex": str(at + 1)}) if at < last else None
    return ListingPage(entries, next_url)


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text.lstrip().startswith(("{", "[")) else None
    except (ValueError, RecursionError):
        return None


def _json_entries(page: Page, data: Any) -> Iterator[Entry]:
    """The objects, at any depth, that have a title and a link, in their order."""
    stack = [data]
    while stack:
        item = stack.pop()
        inner = list(item.values() if isinstance(item, dict) else item)
        stack += [value for value in reversed(inner) if isinstance(value, dict | list)]
        if isinstance(item, dict):
            title, link = _text(item, _TITLES), page.address(_text(item, _LINKS))
            if link and names_a_report(title):
                listed_on = date_in(_text(item, _DATES))
                yield Entry(link, title, agency_named(title), report_year(title, link, listed_on), listed_on)


def _text(item: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((item[key] for key in keys if isinstance(item.get(key), str)), "")
