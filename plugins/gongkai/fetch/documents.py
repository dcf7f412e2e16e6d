"""From listed links to documents in the archive, with a record for each document that was wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from pydantic import TypeAdapter

from gongkai.archive import Archive
from gongkai.errors import FetchError
from gongkai.fetch.job import FetchRecord, Job, Manners, Wanted
from gongkai.fetch.process import crawl
from gongkai.roster import Portal
from gongkai.settings import settings

_WANTED = TypeAdapter(Wanted)


def fetch_documents(
    portal: Portal, wanted: Iterable[Wanted], archive: Archive, *, cms: str | None = None
) -> Iterator[list[FetchRecord]]:
    """Fetch and archive each link, and give its records as soon as it is done, in whatever order that is.

    One that fails is a record like the others; nothing is raised for it. A page that only points to attachments is
    archived, and its attachments are fetched as the documents: then the records are theirs, and come together.

    Args:
        portal: where it really is, see :meth:`gongkai.roster.Roster.located`.
        wanted: the links, and what is known of them. cms: the vendor of the portal's CMS, for the records.

    Raises:
        FetchError: the crawl stopped before every link was done; those that are have been given by then.
    """
    with TemporaryFile() as file:  # without a name: nothing is left of it, however the task ends
        due = _write(file, wanted)
        if not due:
            return
        job = Job(
            portal=portal,
            manners=Manners.of(portal),
            wanted=Path(f"/dev/fd/{file.fileno()}"),
            archive=archive.url,
            official=settings().official,
            cms=cms,
        )
        for message in crawl(job, inherited=[file.fileno()]):
            if message.records:
                due -= 1
                yield message.records
    if due:
        raise FetchError(f"portal {portal.portal_id}: {due} links came to no end; run the task again")


def _write(file: IO[bytes], wanted: Iterable[Wanted]) -> int:
    count = 0
    for count, one in enumerate(wanted, start=1):  # noqa: B007 - how many there were
        file.write(_WANTED.dump_json(one) + b"\n")
    file.seek(0)
    return count
