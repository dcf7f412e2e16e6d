"""Listings of any make: links whose title names the year and a report, a date beside each, a link to the next page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.html
from lxml.etree import LxmlError

from gongkai.errors import UnreadableError
from gongkai.fetch.page import Entry, ListingPage
from gongkai.read.encoding import decode
from gongkai.roster import normalise_name

_REPORT = re.compile(r"年度?报告?")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_AGENCY = re.compile(r"^(?!关于)(.{2,60}?)(?:关于)?20\d\d年")
_DATE = re.compile(r"(?<!\d)(20\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)")
_NEXT = frozenset({"下一页", "下页", "后一页", ">", "»", "next"})
_CLIMB = 4
"""How many elements up from a link its date may stand."""


def read_listing(data: bytes, url: str, year: int) -> ListingPage:
    """The entries of one year.

    Raises:
        UnreadableError: the bytes are no HTML page.
    """
    try:
        root = lxml.html.document_fromstring(decode(data))
    except (LxmlError, ValueError) as error:
        raise UnreadableError(f"{url} is no HTML page ({error})") from error
    return ListingPage(tuple(_entries(root, url, year)), _next_url(root, url))


def _entries(root: lxml.html.HtmlElement, url: str, year: int) -> Iterator[Entry]:
    for link in root.iterfind(".//a[@href]"):
        address, title = _address(link, url), _title(link)
        plain = normalise_name(title)
        if address and _REPORT.search(plain) and str(year) in _YEAR.findall(plain):
            found = _AGENCY.match(plain)
            yield Entry(address, title, found.group(1) if found else None, _listed_on(link))


def _title(link: lxml.html.HtmlElement) -> str:
    """The whole title: the text of a link is often cut short, its title attribute is not."""
    text, attribute = (" ".join(words.split()) for words in (str(link.text_content()), link.get("title") or ""))
    return attribute if _REPORT.search(normalise_name(attribute)) else text


def _address(link: lxml.html.HtmlElement, url: str) -> str | None:
    try:
        address = urldefrag(urljoin(url, (link.get("href") or "").strip())).url
        is_page = urlsplit(address).scheme in ("http", "https") and address != urldefrag(url).url
    except ValueError:
        return None
    return address if is_page else None


def _listed_on(link: lxml.html.HtmlElement) -> str | None:
    """The date that stands nearest, in the link or in an element around it that holds no other link."""
    element: lxml.html.HtmlElement | None = link
    for _ in range(_CLIMB):
        if element is None or len(element.findall(".//a")) > 1:
            return None
        for found in _DATE.finditer(str(element.text_content())):
            if listed_on := _iso_date(found):
                return listed_on
        element = element.getparent()
    return None


def _iso_date(found: re.Match[str]) -> str | None:
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return None


def _next_url(root: lxml.html.HtmlElement, url: str) -> str | None:
    for link in root.iterfind(".//a[@href]"):
        if link.get("rel") == "next" or normalise_name(str(link.text_content())).lower() in _NEXT:
            return _address(link, url)
    return None
