"""``gongkai portal try``: what a data engineer runs first on a new portal. Needs no database and writes nothing."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from gongkai.commands.years import YEAR

if TYPE_CHECKING:
    from gongkai.fetch import FetchRecord, Link, Listing
    from gongkai.roster import Portal

_TRIED = 3
_SHOWN = 30


@click.group()
def portal() -> None:
    """The portals on which reports are published."""


@portal.command("try")
@click.argument("url")
@click.option("--year", type=YEAR, help="Only reports on this year; otherwise all.")
@click.option(
    "--module", default="auto", show_default=True, help="The vendor of the CMS, instead of what the page says."
)
@click.option("--pages", type=click.IntRange(1), default=5, show_default=True, help="Of the listing, at most.")
@click.option("--private", is_flag=True, help="The host is in a private network, and may be visited.")
@click.option("--tls", type=click.Choice(["legacy", "unverified"]), help="For hosts with old or unknown certificates.")
def try_portal(url: str, year: int | None, module: str, pages: int, private: bool, tls: str | None) -> None:
    """List what a portal shows, fetch and read three of its reports, and print the rows for the roster.

    URL is the address of the listing. Exit status: 0 when the three gave reports, 1 when one did not, 2 when the
    listing cannot be read.
    """
    from gongkai.fetch.job import Job, Manners
    from gongkai.fetch.listings import read_listing

    row = _portal(url, module, private, tls)
    listing = read_listing(Job(portal=row, manners=Manners.of(row), year=year, pages=pages))
    if not listing.links:
        click.echo(
            f"{url} lists no report{f' of {year}' if year else ''} (CMS: {listing.cms}): give the page whose links name"
            " the reports (…年度报告), or the vendor with --module, if scripts make that page",
            err=True,
        )
        sys.exit(1)
    _print_listing(listing)
    all_read = _try(row, listing)
    _print_rows(row, listing)
    sys.exit(0 if all_read else 1)


def _portal(url: str, module: str, private: bool, tls: str | None) -> Portal:
    from pydantic import ValidationError

    from gongkai.roster import Portal

    try:
        host = urlsplit(url).netloc
        names = [name for name in host.partition(":")[0].split(".") if name not in ("www", "gov", "cn", "com", "org")]
        return Portal.model_validate(
            {
                "portal_id": "-".join(re.sub(r"[^0-9A-Za-z_-]", "", name) for name in reversed(names)) or "portal",
                "name": host or "?",
                "region_code": "100000",
                "module": module,
                "url": url,
                "private_hosts": (host,) if private else (),
                "tls": tls or "",
            }
        )
    except (ValidationError, ValueError) as error:
        raise click.BadParameter(f"{url!r} is not an http or https address", param_hint="URL") from error


def _print_listing(listing: Listing) -> None:
    from gongkai.local.report import open_console, print_table

    years = Counter(link.year for link in listing.links)
    rows = [
        [_plain(word or "?") for word in (str(link.year or ""), link.agency, link.listed_on, link.title, link.url)]
        for link in listing.links[:_SHOWN]
    ]
    headings, title = ("year", "agency", "listed on", "title", "address"), f"{len(listing.links)} reports listed"
    print_table(open_console(), f"{title}; CMS: {listing.cms}", headings, rows)
    if len(listing.links) > _SHOWN:
        click.echo(f"… and {len(listing.links) - _SHOWN} more")
    by_year = ", ".join(f"{year or '?'}: {count}" for year, count in sorted(years.items(), key=str))
    click.echo(f"by year: {by_year}\n")


def _try(row: Portal, listing: Listing) -> bool:
    """Fetch, read and show some of the reports; whether each gave one."""
    from gongkai.archive import Archive
    from gongkai.extract import parse_isolated
    from gongkai.fetch import Wanted, fetch_documents
    from gongkai.show.terminal import print_check

    with TemporaryDirectory(prefix="gongkai-portal-") as folder:
        archive = Archive(folder)
        wanted = [Wanted(link) for link in _some(listing.links)]
        records = [record for records in fetch_documents(row, wanted, archive, cms=listing.cms) for record in records]
        for record in records:
            click.echo(_plain(_line(record)))
        documents = [(record.url, archive.get(record.sha256)) for record in records if record.sha256]
        results = [result for found in parse_isolated(documents) for result in found]
    print_check(results)
    return bool(results) and len(documents) == len(records) and all(result.report for result in results)


def _some(links: Sequence[Link]) -> Sequence[Link]:
    """A few links, from the beginning, the middle and the end."""
    return links if len(links) <= _TRIED else [links[at * (len(links) - 1) // (_TRIED - 1)] for at in range(_TRIED)]


def _line(record: FetchRecord) -> str:
    if record.outcome == "failed":
        return f"{record.url}: {record.error_class}: {record.error}"
    source = "" if record.official else "; not an official host: kept as evidence, not published"
    return f"{record.url}: {record.media_type}, {record.byte_size:,} bytes, {record.duration_ms} ms{source}"


def _print_rows(row: Portal, listing: Listing) -> None:
    """The rows to paste; what nobody can know from a page is left to the data engineer."""
    from gongkai.roster import regions_on
    from gongkai.roster.draft import AGENCY_COLUMNS, PORTAL_COLUMNS, draft_agency, region_of

    regions = regions_on(date.today())
    places = {link.agency: region_of(link.agency, regions) for link in listing.links if link.agency}
    known = Counter(region for region in places.values() if region)
    region = known.most_common(1)[0][0] if known else None
    given = row.model_dump(exclude_none=True) | {"module": listing.cms, "private_hosts": "|".join(row.private_hosts)}
    given |= {"official_hosts": "", "title_words": "", "region_code": region.region_code if region else ""}
    _print_csv("portals.csv", PORTAL_COLUMNS, [given])
    first = min((link.year for link in listing.links if link.year), default=None)
    facts = {"portal": row.portal_id, "source": row.url, "valid_from": f"{first}-01-01" if first else ""}
    agencies = (
        draft_agency(f"{row.portal_id}-{number:03}", name, place or region, facts)
        for number, (name, place) in enumerate(places.items(), start=1)
    )
    _print_csv("agencies.csv", AGENCY_COLUMNS, agencies)


def _print_csv(file: str, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    from gongkai.show.words import defused

    click.echo(f"\n# for {file}: look through it before you paste it")
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: defused(_plain(str(value))) for column, value in row.items()} for row in rows)


def _plain(text: str) -> str:
    """What a page says, without what a terminal takes for a command."""
    return "".join(character if character.isprintable() else "?" for character in text)
