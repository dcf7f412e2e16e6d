"""The steps that are about batches of archived documents: cut them, parse them, load them. Without Airflow."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from gongkai.errors import UnreadableError
from gongkai.orchestrate.access import warehouse
from gongkai.settings import settings

if TYPE_CHECKING:
    from gongkai.archive import Archive
    from gongkai.extract import ParseResult


class Document(TypedDict):
    """An archived document, and the address it came from, which names it in the outcomes."""

    sha256: str
    url: str


class Batch(TypedDict):
    """Documents that one task reads."""

    name: str
    documents: list[Document]


_OF_RUN = "SELECT sha256, min(url) FROM raw.fetch WHERE run_id = %s AND sha256 IS NOT NULL GROUP BY sha256 ORDER BY 2"
_OF_YEAR = (
    "SELECT sha256, min(url) FROM raw.fetch WHERE ingest_year = %s AND sha256 IS NOT NULL GROUP BY sha256 ORDER BY 2"
)


def fetched_batches(run_id: str) -> list[Batch]:
    """The documents that a run has fetched."""
    return _batches(_OF_RUN, run_id)


def archived_batches(year: int) -> list[Batch]:
    """The documents that were ever fetched for a report year."""
    return _batches(_OF_YEAR, year)


def _batches(query: str, key: str | int) -> list[Batch]:
    with warehouse("loader") as conn:
        documents = [Document(sha256=sha256, url=url) for sha256, url in conn.execute(query.encode(), (key,))]
    size = settings().batch_size
    parts = ((first, documents[first : first + size]) for first in range(0, len(documents), size))
    return [Batch(name=f"documents {first + 1} to {first + len(part)}", documents=part) for first, part in parts]


def parse_batch(batch: Batch, year: int, run_id: str, *, afresh: bool = False) -> None:
    """Read the documents of a batch, and keep what was read beside the archive.

    Args:
        batch: the documents.
        year: the report year, which is a hint for the choice of the form.
        run_id: the run in whose log a document stands that the archive has lost.
        afresh: read again what this parser version has read before.
    """
    from gongkai.archive import Archive
    from gongkai.extract import parse_isolated, parser_version
    from gongkai.warehouse.runs import Outcome, write_outcomes

    archive, version = Archive(settings().archive), parser_version()
    given: deque[Document] = deque()
    lost: list[Outcome] = []

    def documents() -> Iterator[tuple[str, bytes]]:
        for document in batch["documents"]:
            if not afresh and archive.get_parsed(version, document["sha256"]) is not None:
                continue
            try:
                data = archive.get(document["sha256"])
            except UnreadableError as error:
                lost.append(Outcome("parse", document["url"], document["sha256"], "unreadable", str(error)))
                continue
            given.append(document)
            yield document["url"], data

    for results in parse_isolated(documents(), year=year):  # in the order given
        _keep(archive, version, given.popleft(), results)
    with warehouse("loader") as conn:
        write_outcomes(conn, run_id, year, lost)


def _keep(archive: Archive, version: str, document: Document, results: list[ParseResult]) -> None:
    # A reader that was killed could not say of which bytes it was.
    known = (replace(result, sha256=document["sha256"]) for result in results)
    lines = (json.dumps(result.to_json(), ensure_ascii=False) for result in known)
    archive.put_parsed(version, document["sha256"], lines)


def load_batch(batch: Batch, year: int, run_id: str) -> None:
    """Load what was read of a batch into the raw schema, in one transaction."""
    from gongkai.archive import Archive
    from gongkai.extract import parser_version
    from gongkai.warehouse.load import load_results

    archive, version = Archive(settings().archive), parser_version()
    with warehouse("loader") as conn:
        results = (r for document in batch["documents"] for r in _kept(archive, version, document))
        load_results(conn, run_id, year, results)


def _kept(archive: Archive, version: str, document: Document) -> Iterator[ParseResult]:
    from gongkai.extract import result_from_json

    for line in archive.get_parsed(version, document["sha256"]) or ():
        # The same bytes may have been read under another address.
        yield replace(result_from_json(json.loads(line)), file=document["url"])
