"""From listed links to documents in the archive, with one record for each document that was wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import unquote, urljoin, urlsplit

from gongkai.archive import Archive, Stored
from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.fetch.client import PoliteClient, RequestError, Response
from gongkai.fetch.listings import Link
from gongkai.read import Document, Grid, Limits, identify, readers_for
from gongkai.settings import settings

_HTML = "text/html"
_POINTER_TEXT = 1500
"""A page with fewer characters than this, no table of figures and an attachment only points to the report."""
_TABLE_CELLS = 40


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """What became of one listed report: the columns of raw.fetch, and where the bytes lie.

    url: of the document itself. page_url, page_sha256: the archived page that pointed to it, where the document is an
    attachment. media_type: by content. fetched_at: when the request began, in UTC. duration_ms: of the last attempt.
    outcome: ``unchanged`` if the archive held the same bytes already. error_class: see
    :class:`gongkai.fetch.RequestError`; error: what was wrong and what to do.
    """

    portal: str
    listed_agency: str | None
    listed_title: str
    listed_on: str | None
    url: str
    outcome: Literal["fetched", "unchanged", "failed"]
    fetched_at: datetime
    final_url: str | None = None
    http_status: int | None = None
    content_type: str | None = None
    media_type: str | None = None
    sha256: str | None = None
    byte_size: int | None = None
    archive_uri: str | None = None
    duration_ms: int | None = None
    error_class: str | None = None
    error: str | None = None
    page_url: str | None = None
    page_sha256: str | None = None


def fetch_links(
    links: Iterable[Link], archive: Archive, *, client: PoliteClient | None = None
) -> Iterator[FetchRecord]:
    """Fetch and archive each link. One that fails is a record like the others; nothing is raised for it.

    A page that only points to attachments is archived, and its attachments are fetched as the documents: then the
    records are theirs.
    """
    with nullcontext(client) if client else PoliteClient.from_settings() as polite:
        for link in links:
            yield from _fetch_link(link, archive, polite)


def _fetch_link(link: Link, archive: Archive, client: PoliteClient) -> Iterator[FetchRecord]:
    record, body = _fetch(_wanted(link, link.url), archive, client)
    attachments = _attachments(record, body)
    if not attachments:
        yield record
    for url in attachments:
        wanted = replace(_wanted(link, url), page_url=record.final_url, page_sha256=record.sha256)
        yield _fetch(wanted, archive, client)[0]


def _wanted(link: Link, url: str) -> FetchRecord:
    """The record of a request that has not been made."""
    return FetchRecord(
        portal=link.portal,
        listed_agency=link.agency,
        listed_title=link.title,
        listed_on=link.listed_on,
        url=url,
        outcome="failed",
        fetched_at=datetime.now(UTC),
    )


def _fetch(wanted: FetchRecord, archive: Archive, client: PoliteClient) -> tuple[FetchRecord, bytes]:
    try:
        answer = client.get(wanted.url)
    except RequestError as error:
        failed = replace(wanted, http_status=error.status, error_class=error.error_class, error=str(error))
        return failed, b""
    stored = archive.put(answer.body, _media_type(answer))
    return _record(wanted, answer, stored), answer.body


def _record(wanted: FetchRecord, answer: Response, stored: Stored) -> FetchRecord:
    return replace(
        wanted,
        outcome="fetched" if stored.new else "unchanged",
        fetched_at=answer.fetched_at,
        final_url=answer.url,
        http_status=answer.status,
        content_type=answer.content_type,
        media_type=stored.media_type,
        sha256=stored.sha256,
        byte_size=stored.size,
        archive_uri=stored.uri,
        duration_ms=answer.duration_ms,
    )


def _media_type(answer: Response) -> str:
    """By content; what no reader knows is called what the server calls it."""
    try:
        return identify(answer.body, unquote(urlsplit(answer.url).path))
    except (UnreadableError, UnsupportedError):
        return (answer.content_type or "application/octet-stream").split(";")[0].strip().lower()


def _attachments(record: FetchRecord, body: bytes) -> list[str]:
    """The attachments of a page that is nothing but a pointer to them."""
    if record.media_type != _HTML or record.final_url is None:
        return []
    try:
        page = readers_for(_HTML)[0](body, Limits.from_settings(settings()))
    except UnreadableError:
        return []
    if not page.links or _has_content(page):
        return []
    return list(dict.fromkeys(_web_addresses(record.final_url, page.links)))


def _web_addresses(base: str, links: Iterable[str]) -> Iterator[str]:
    for link in links:
        try:
            url = urljoin(base, link)
            if urlsplit(url).scheme in ("http", "https"):
                yield url
        except ValueError:  # no address, whatever a browser makes of it
            continue


def _has_content(page: Document) -> bool:
    length = 0
    for block in page.blocks:
        if isinstance(block, Grid):
            if len(block.cells) >= _TABLE_CELLS:
                return True
            length += sum(len(cell.text) for cell in block.cells)
        else:
            length += len(block.text)
    return length >= _POINTER_TEXT
