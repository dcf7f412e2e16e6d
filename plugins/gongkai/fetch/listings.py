"""Discovery: which reports a portal lists for a year. One module reads one kind of listing; a portal names its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from gongkai.errors import FetchError, SettingsError, UnreadableError
from gongkai.fetch import generic
from gongkai.fetch.client import PoliteClient, RequestError
from gongkai.fetch.page import ListingPage
from gongkai.roster import Portal, Roster

PAGES = 500
"""More pages than any year's listing has; beyond, a portal pages in circles."""

ListingReader = Callable[[bytes, str, int], ListingPage]
"""Bytes of a page, its address, the report year: the entries of that year and the address of the next page."""

MODULES: Mapping[str, ListingReader] = {"generic": generic.read_listing}


@dataclass(frozen=True, slots=True)
class Link:
    """A listed report. `listed_on` is an ISO date; `agency` is as the title names it, None if it names none."""

    url: str
    title: str
    agency: str | None
    year: int
    listed_on: str | None
    portal: str


def discover(portal: Portal, year: int, roster: Roster, *, client: PoliteClient | None = None) -> list[Link]:
    """What the portal lists for a report year, over all pages of the listing, each address once.

    Raises:
        FetchError: a page of the listing could not be fetched or read, or the listing shows nothing although the
            roster expects reports there.
        SettingsError: the roster names an unknown module, or the demo portal without saying where it is.
    """
    read = _module(portal)
    start = roster.listing_url(portal, year)
    with nullcontext(client) if client else PoliteClient.from_settings() as polite:
        links = _collect(polite, read, portal, year, start)
    expected = roster.expected(year, portal.portal_id)
    if expected and not links:
        raise FetchError(
            f"portal {portal.portal_id}: {start} lists no report of {year}, but the roster expects {len(expected)}"
            f" (e.g. {expected[0].name}); look at the page, then correct url or module in portals.csv"
        )
    return links


def _module(portal: Portal) -> ListingReader:
    if portal.module not in MODULES:
        known = ", ".join(MODULES)
        raise SettingsError(f"portals.csv: portal {portal.portal_id} names module {portal.module!r}; known: {known}")
    return MODULES[portal.module]


def _collect(client: PoliteClient, read: ListingReader, portal: Portal, year: int, start: str) -> list[Link]:
    links: dict[str, Link] = {}
    seen: set[str] = set()
    url: str | None = start
    while url is not None and url not in seen:
        if len(seen) == PAGES:
            raise FetchError(
                f"portal {portal.portal_id}: {start} has more than {PAGES} pages; it seems to page in circles"
            )
        seen.add(url)
        page = _page(client, read, portal, year, url)
        for entry in page.entries:
            link = Link(entry.url, entry.title, entry.agency, year, entry.listed_on, portal.portal_id)
            links.setdefault(entry.url, link)
        url = page.next_url
    return list(links.values())


def _page(client: PoliteClient, read: ListingReader, portal: Portal, year: int, url: str) -> ListingPage:
    try:
        answer = client.get(url)
        return read(answer.body, answer.url, year)
    except (RequestError, UnreadableError) as error:
        raise FetchError(f"portal {portal.portal_id}: the listing of {year} cannot be read: {error}") from error
