"""The steps that are about a whole run: begin, discover, fetch, tally. Without Airflow.

Every step may run twice: documents are known by their hash, reports by hash and parser version, outcomes by item, so a
run that was killed goes on where it stopped. One item that fails is an outcome row, never the failure of a task.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, TypedDict
from urllib.parse import urlsplit

from gongkai.errors import FetchError, GongkaiError
from gongkai.orchestrate.access import roster, warehouse
from gongkai.orchestrate.pools import group_of
from gongkai.settings import settings

if TYPE_CHECKING:
    from psycopg import Connection

    from gongkai.fetch import FetchRecord
    from gongkai.roster import Portal
    from gongkai.warehouse.runs import Tally

log = logging.getLogger(__name__)

_FETCHES_A_WRITE = 20


class Found(TypedDict):
    """What one portal lists for the year, and the vendor of its CMS; ``links`` are `gongkai.fetch.Link` as JSON."""

    portal: str
    cms: str | None
    links: list[dict[str, Any]]


class TallyError(GongkaiError):
    """The year of a run may not be published; the message says why and what to look at."""


def portals_to_visit(year: int, wanted: list[str] | None = None) -> list[str]:
    """The ids of the portals that list reports of the year: those wanted, or all on which the roster expects one.

    Raises:
        SettingsError: the roster is wrong, or has no portal of that name.
    """
    known = roster()
    expected = {agency.portal for agency in known.expected(year) if agency.portal}
    return [known.portal(name).portal_id for name in wanted or sorted(expected)]


def portals_in(group: str | None, portals: Iterable[str], year: int) -> list[str]:
    """Those of the portals whose listing is on a host of the group; None: on a host that is in no group."""
    known = roster()
    addresses = {portal: known.located(known.portal(portal), year).url for portal in portals}
    return [portal for portal, url in addresses.items() if group_of(url) == group]


def begin(run_id: str, year: int, source: Literal["portal", "archive"]) -> None:
    """Enter the run, and bring the roster into the warehouse.

    Raises:
        SettingsError: the roster is wrong.
    """
    from gongkai.warehouse.roster import sync_roster
    from gongkai.warehouse.runs import start_run

    known = roster()
    with warehouse("owner") as conn:
        sync_roster(conn, known, run_id)
    with warehouse("loader") as conn:
        start_run(conn, run_id, year, source)


def discover_year(portal: str, year: int, run_id: str) -> Found:
    """The reports that a portal lists for the year; of a portal that fails, an outcome and no reports.

    Raises:
        CrawlDiedError: the crawl was killed.
    """
    from gongkai.fetch import CrawlDiedError, FetchRecord, Listing, discover
    from gongkai.warehouse.runs import Outcome, record_listings, write_outcomes

    known, pages = roster(), list[FetchRecord]()
    with warehouse("loader") as conn, _alone(conn, known.located(known.portal(portal), year)):
        try:
            listing = discover(known.portal(portal), year, known, pages.append)
            outcome = Outcome("discover", portal, None, "found", hint=f"{len(listing.links)} listed ({listing.cms})")
        except CrawlDiedError:
            raise
        except FetchError as error:
            log.warning("portal %s: %s", portal, error)
            listing, outcome = Listing(None, ()), Outcome("discover", portal, None, "failed", str(error))
        record_listings(conn, run_id, year, pages)
        write_outcomes(conn, run_id, year, [outcome])
    return {"portal": portal, "cms": listing.cms, "links": [asdict(link) for link in listing.links]}


def fetch_portal(found: Found, year: int, run_id: str) -> None:
    """Fetch what a portal lists into the archive. A failed download is a row of ``raw.fetch``.

    The rows are written as they come, so that a killed task goes on where it stopped.

    Raises:
        FetchError: the crawl stopped before every link was done; what is done is written.
    """
    from gongkai.archive import Archive
    from gongkai.fetch import Link, Wanted, fetch_documents
    from gongkai.warehouse.crawls import done_links, known_documents
    from gongkai.warehouse.runs import record_fetches

    listed = roster()
    portal = listed.located(listed.portal(found["portal"]), year)
    with warehouse("loader") as conn:
        done, known = done_links(conn, run_id, portal.portal_id), known_documents(conn, portal.portal_id)
        links = [Link(**link) for link in found["links"] if link["url"] not in done]
        wanted = [Wanted(link, tuple(known.get(link.url, ()))) for link in links]
        with _alone(conn, portal):
            fetched = fetch_documents(portal, wanted, Archive(settings().archive), cms=found["cms"])
            for records in _gathered(fetched):
                record_fetches(conn, run_id, year, records)


def _alone(conn: Connection, portal: Portal) -> AbstractContextManager[None]:
    """No two tasks visit one host at once, or it would be asked twice as often; a host of one's own does not mind."""
    from gongkai.warehouse.crawls import sole_visitor

    return sole_visitor(conn, urlsplit(portal.url).netloc) if portal.interval != 0 else nullcontext()


def _gathered(fetched: Iterable[list[FetchRecord]]) -> Iterator[list[FetchRecord]]:
    """Records enough for a transaction, or those of a second."""
    gathered: list[FetchRecord] = []
    written = monotonic()
    try:
        for records in fetched:
            gathered += records
            if len(gathered) >= _FETCHES_A_WRITE or monotonic() - written > 1:
                yield gathered
                gathered, written = [], monotonic()
    except FetchError:
        yield gathered
        raise
    yield gathered


def tally_year(run_id: str, year: int, reason: str | None = None) -> dict[str, int]:
    """Count what the run came to; the numbers by name.

    With a `reason` it does not matter how many of the reports that were listed before have vanished.

    Raises:
        TallyError: too much of the year is missing or was not read, so that it stays as it was published before.
    """
    from gongkai.warehouse.crawls import note_differences
    from gongkai.warehouse.runs import finish_run

    given = settings()
    with warehouse("loader") as conn:
        note_differences(conn, run_id, year)
        tally = finish_run(conn, run_id, given.unreadable_share, 1.0 if reason else given.vanished_share)
    log.info("%s", _in_words(tally))
    if not tally.ok:
        raise TallyError(f"{'; '.join(tally.reasons)}. {_in_words(tally)}; see `gongkai status` and raw.outcome")
    return {name: count for name, count in asdict(tally).items() if name not in ("ok", "reasons")}


def _in_words(tally: Tally) -> str:
    return (
        f"found {tally.found}, fetched {tally.fetched}, parsed {tally.parsed}, of them held {tally.held}; "
        f"not a report {tally.not_a_report}, unreadable {tally.unreadable}, unsupported {tally.unsupported}; "
        f"since the last run vanished {tally.vanished}, replaced {tally.replaced}, of them shrunk {tally.shrunk}"
    )
