"""The steps that are about a whole run: begin, discover, fetch, tally. Without Airflow.

Every step may run twice: documents are known by their hash, reports by hash and parser version, outcomes by item, so a
run that was killed goes on where it stopped. One item that fails is an outcome row, never the failure of a task.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from gongkai.errors import FetchError, GongkaiError
from gongkai.orchestrate.access import roster, warehouse
from gongkai.settings import settings

if TYPE_CHECKING:
    from gongkai.warehouse.runs import Tally

log = logging.getLogger(__name__)

_FETCHES_A_WRITE = 20


class Found(TypedDict):
    """What one portal lists for the year; ``links`` are `gongkai.fetch.Link` as JSON."""

    portal: str
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


def begin(run_id: str, year: int, source: Literal["portal", "archive"]) -> None:
    """Enter the run, and bring the roster into the warehouse.

    Raises:
        SettingsError: the roster is wrong.
    """
    from gongkai.warehouse.roster import sync_roster
    from gongkai.warehouse.runs import start_run

    known = roster()
    with warehouse("owner") as conn:
        sync_roster(conn, known.agencies, known.aliases, known.changes, known.regions)
    with warehouse("loader") as conn:
        start_run(conn, run_id, year, source)


def discover_year(portal: str, year: int, run_id: str) -> Found:
    """The reports that a portal lists for the year; of a portal that fails, an outcome and no reports."""
    from gongkai.fetch import discover
    from gongkai.warehouse.runs import Outcome, write_outcomes

    known = roster()
    try:
        links = discover(known.portal(portal), year, known)
        outcome = Outcome("discover", portal, None, "found", hint=f"{len(links)} listed")
    except FetchError as error:
        log.warning("portal %s: %s", portal, error)
        links, outcome = [], Outcome("discover", portal, None, "failed", str(error))
    with warehouse("loader") as conn:
        write_outcomes(conn, run_id, year, [outcome])
    return {"portal": portal, "links": [asdict(link) for link in links]}


def fetch_portal(found: Found, year: int, run_id: str) -> None:
    """Fetch what a portal lists into the archive. A failed download is a row of ``raw.fetch``.

    The rows are written some at a time, so that a killed task keeps what it has.
    """
    from gongkai.archive import Archive
    from gongkai.fetch import Link, fetch_links
    from gongkai.warehouse.runs import record_fetches

    links = [Link(**link) for link in found["links"]]
    with warehouse("loader") as conn:
        fetched = iter(fetch_links(links, Archive(settings().archive)))
        while records := list(islice(fetched, _FETCHES_A_WRITE)):
            record_fetches(conn, run_id, year, records)


def tally_year(run_id: str) -> dict[str, int]:
    """Count what the run came to; the numbers by name.

    Raises:
        TallyError: too much of the year is missing or was not read, so that it stays as it was published before.
    """
    from gongkai.warehouse.runs import finish_run

    with warehouse("loader") as conn:
        tally = finish_run(conn, run_id, settings().unreadable_share)
    log.info("%s", _in_words(tally))
    if not tally.ok:
        raise TallyError(f"{'; '.join(tally.reasons)}. {_in_words(tally)}; see `gongkai status` and raw.outcome")
    return {name: count for name, count in asdict(tally).items() if name not in ("ok", "reasons")}


def _in_words(tally: Tally) -> str:
    return (
        f"found {tally.found}, fetched {tally.fetched}, parsed {tally.parsed}, of them held {tally.held}; "
        f"not a report {tally.not_a_report}, unreadable {tally.unreadable}, unsupported {tally.unsupported}"
    )
