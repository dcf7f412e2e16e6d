"""Discovery: which reports a portal lists for a year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gongkai.errors import FetchError
from gongkai.fetch.job import FetchRecord, Job, Link, Manners
from gongkai.fetch.process import crawl
from gongkai.fetch.vendors import AUTO, vendor
from gongkai.roster import Portal, Roster


@dataclass(frozen=True, slots=True)
class Listing:
    """What a portal lists, and the vendor of its CMS."""

    cms: str | None
    links: tuple[Link, ...]


Note = Callable[[FetchRecord], object]


def discover(portal: Portal, year: int, roster: Roster, note: Note | None = None) -> Listing:
    """What the portal lists for a report year, over all pages of the listing, each address once.

    Args:
        portal: as in the roster. year: the report year. roster: says what is expected there.
        note: is told of each page that was asked for, also where the listing cannot be read.

    Raises:
        FetchError: a page of the listing could not be fetched or read, or the listing shows nothing although the
            roster expects reports there.
        SettingsError: the roster names an unknown module, or the demo portal without saying where it is.
    """
    located = roster.located(portal, year)
    listing = read_listing(Job(portal=located, manners=Manners.of(located), year=year), note)
    expected = roster.expected(year, portal.portal_id)
    if expected and not listing.links:
        raise FetchError(
            f"portal {portal.portal_id}: {located.url} lists no report of {year}, but the roster expects"
            f" {len(expected)} (e.g. {expected[0].name}); look at the page, then correct url or module in portals.csv"
        )
    if len(expected) == 1:  # a site of one's own need not say whose report it is
        links = (replace(link, agency=link.agency or expected[0].name) for link in listing.links)
        return Listing(listing.cms, tuple(links))
    return listing


def read_listing(job: Job, note: Note | None = None) -> Listing:
    """What a job of listing finds; `note` is told of each page that was asked for.

    Raises:
        FetchError: a page of the listing could not be fetched or read.
        SettingsError: the portal's module is unknown.
    """
    portal = job.portal
    if portal.module != AUTO:
        vendor(portal.module)
    links, cms = [], portal.module
    for message in crawl(job):
        for record in message.records:
            if note is not None:
                note(record)
        if message.problem is not None:
            what = "listing" if job.year is None else f"listing of {job.year}"
            raise FetchError(f"portal {portal.portal_id}: the {what} cannot be read: {message.problem}")
        cms = message.cms or cms
        if message.link is not None and portal.wants(message.link.title):
            links.append(message.link)
    return Listing(cms, tuple(links))
