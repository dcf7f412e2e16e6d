"""A page of a listing, as the vendors' modules read it, and what they make of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import NamedTuple
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

import lxml.html
from lxml.etree import LxmlError

from gongkai.errors import UnreadableError
from gongkai.fetch.titles import agency_named, date_in, names_a_report, report_year
from gongkai.read.encoding import decode
from gongkai.roster import normalise_name

_NEXT = frozenset({"下一页", "下页", "后一页", "后页", ">", "»", "next"})
_BASE = re.compile(r"""<base\s[^>]{0,200}?\bhref\s*=\s*["']?([^"'\s>]{1,2000})""", re.IGNORECASE)
_HEAD = 20_000
"""Characters of a page in which its head stands."""
_CLIMB = 4
"""How many elements up from a link its date may stand."""


class Entry(NamedTuple):
    """A line of a listing. `listed_on` is an ISO date; `year`: the year the report is on, None if nothing says."""

    url: str
    title: str
    agency: str | None
    year: int | None
    listed_on: str | None


class ListingPage(NamedTuple):
    """One page of a listing; `next_url` is None on the last one."""

    entries: tuple[Entry, ...]
    next_url: str | None


class Page:
    """What an address answered with.

    Raises:
        UnreadableError: the bytes are no text.
    """

    def __init__(self, data: bytes, url: str) -> None:
        self.url = url
        self.text = decode(data)

    @cached_property
    def _base(self) -> str:
        """What links count from: the page's own address, unless it says otherwise."""
        found = _BASE.search(self.text[:_HEAD])
        try:
            return urljoin(self.url, found[1]) if found else self.url
        except ValueError:  # no address
            return self.url

    @cached_property
    def root(self) -> lxml.html.HtmlElement:
        """The page as a tree.

        Raises:
            UnreadableError: it is no HTML page.
        """
        return _parse(self.text, self.url)

    def part(self, markup: str) -> Page:
        """A piece of HTML from within the page, whose links count from the same address."""
        page = object.__new__(Page)
        page.url, page.text, page._base = self.url, markup, self._base
        return page

    def address(self, href: str) -> str | None:
        """Where a link leads; None for one that leads nowhere or to this page itself."""
        try:
            address = urldefrag(urljoin(self._base, href.strip())).url
            is_page = urlsplit(address).scheme in ("http", "https") and address != urldefrag(self.url).url
        except ValueError:
            return None
        return address if is_page else None

    def with_query(self, query: Mapping[str, str]) -> str:
        """The page's own address with other parameters."""
        return urlsplit(self.url)._replace(query=urlencode(query), fragment="").geturl()

    def entries(self) -> Iterator[Entry]:
        """The links that name a report."""
        for link in self.root.iterfind(".//a[@href]"):
            address, title = self.address(link.get("href") or ""), _title(link)
            if address and names_a_report(title):
                listed_on = _listed_on(link)
                yield Entry(address, title, agency_named(title), report_year(title, address, listed_on), listed_on)

    def next_link(self) -> str | None:
        """Where the link to the next page leads."""
        for link in self.root.iterfind(".//a[@href]"):
            if link.get("rel") == "next" or normalise_name(str(link.text_content())).lower() in _NEXT:
                return self.address(link.get("href") or "")
        return None


def _parse(text: str, url: str) -> lxml.html.HtmlElement:
    try:
        return lxml.html.document_fromstring(text)
    except (LxmlError, ValueError) as error:
        raise UnreadableError(f"{url} is no HTML page ({error})") from error


def _title(link: lxml.html.HtmlElement) -> str:
    """The whole title: the text of a link is often cut short, its title attribute is not."""
    text, attribute = (" ".join(words.split()) for words in (str(link.text_content()), link.get("title") or ""))
    return attribute if names_a_report(attribute) else text


def _listed_on(link: lxml.html.HtmlElement) -> str | None:
    """The date that stands nearest, in the link or in an element around it that holds no other link."""
    element: lxml.html.HtmlElement | None = link
    for _ in range(_CLIMB):
        if element is None or next(islice(element.iter("a"), 1, 2), None) is not None:
            return None
        if listed_on := date_in(str(element.text_content())):
            return listed_on
        element = element.getparent()
    return None
