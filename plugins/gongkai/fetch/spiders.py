"""The two spiders: one lists what a portal shows, one fetches documents into the archive. For the crawling process."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import scrapy
from pydantic import TypeAdapter
from scrapy import Request, signals
from scrapy.http import Response
from twisted.python.failure import Failure

from gongkai.archive import Archive
from gongkai.errors import GongkaiError, UnreadableError, UnsupportedError
from gongkai.fetch.failures import problem_of, problem_with_status
from gongkai.fetch.guard import is_official
from gongkai.fetch.job import FetchRecord, Job, Known, Link, Message, Wanted
from gongkai.fetch.judge import Problem, problem_with
from gongkai.fetch.page import Entry, Page
from gongkai.fetch.pointers import pointed_to
from gongkai.fetch.vendors import AUTO, detect, vendor
from gongkai.read import identify
from gongkai.settings import settings

Emit = Callable[[Message], None]
_LISTING_SIZE = 5_000_000
"""Bytes of a page of a listing: the largest ones hold some thousand lines."""
_PAGES = 500
"""More pages than any listing has; beyond, a portal pages in circles."""
_WANTED = TypeAdapter(Wanted)
_HTML = "text/html"
_HEADERS, _HEADER_SIZE = 50, 1000
"""Headers of an answer that are kept, and characters of each."""


class PortalSpider(scrapy.Spider):
    """What both have in common: a job, and where to write what comes of it."""

    def __init__(self, job: Job, emit: Emit, **named: Any) -> None:
        super().__init__(**named)
        self.job, self.emit = job, emit
        self._official = (*job.official, *(urlsplit(f"//{host}").hostname or "" for host in job.portal.official_hosts))

    def _record(self, link: Link) -> FetchRecord:
        """The record of a request that has not been made."""
        return FetchRecord(
            portal=link.portal,
            listed_agency=link.agency,
            listed_title=link.title,
            listed_on=link.listed_on,
            url=link.url,
            outcome="failed",
            fetched_at=datetime.now(UTC),
            official=is_official(link.url, self._official),
            cms=self.job.cms,
        )


class ListingSpider(PortalSpider):
    """Reads a listing page by page. The first page that cannot be read ends it: half a listing is none."""

    name = "listing"

    def __init__(self, job: Job, emit: Emit, **named: Any) -> None:
        super().__init__(job, emit, **named)
        self._cms = None if job.portal.module == AUTO else job.portal.module
        self._vendor = None if self._cms is None else vendor(self._cms)
        self._pages: set[str] = set()
        self._links: set[str] = set()
        self._shown: tuple[Entry, ...] = ()

    async def start(self) -> AsyncIterator[Any]:
        yield self._ask(self.job.portal.url)

    def _ask(self, url: str) -> Request:
        self._pages.add(url)
        return Request(url, callback=self.read, errback=self.fail, cb_kwargs={"asked": url}, dont_filter=True)

    def read(self, response: Response, asked: str) -> Iterator[Request]:
        problem = problem_with_status(response.status, response.url) or _listing_problem(response)
        if problem:
            self._stop(_answered(self._page(asked), response, None), problem)
            return
        try:
            page = Page(response.body, response.url)
            yield from self._read(page)
        except GongkaiError as error:
            self.emit(Message(problem=str(error)))
        self._note(response, asked)

    def _page(self, url: str) -> FetchRecord:
        """The record of a page that has not been asked for."""
        return self._record(Link(url, "", None, self.job.year, None, self.job.portal.portal_id))

    def _note(self, response: Response, asked: str) -> None:
        """What was got of a page that is read. It is not kept, but its hash tells whether it has changed."""
        hashed, size = hashlib.sha256(response.body).hexdigest(), len(response.body)
        record = replace(_answered(self._page(asked), response, None), outcome="fetched", sha256=hashed, byte_size=size)
        self.emit(Message(records=[replace(record, cms=self._cms)]))

    def _stop(self, record: FetchRecord, problem: Problem) -> None:
        self.emit(Message(records=[_failed(record, problem)], problem=problem.message))

    def _read(self, page: Page) -> Iterator[Request]:
        if self._vendor is None:
            self._cms = detect(page)
            self.emit(Message(cms=self._cms))
            self._vendor = vendor(self._cms)
        found = self._vendor.read(page)
        if found.entries and found.entries == self._shown:
            # a portal may show its last page for ever; one whose second page is its first cannot be paged
            if len(self._pages) == 2:
                self.emit(Message(problem=f"{page.url} shows what the page before it shows; its paging leads nowhere"))
            return
        self._shown = found.entries
        for entry in found.entries:
            if entry.url not in self._links and self.job.year in (None, entry.year):
                self._links.add(entry.url)
                self.emit(Message(link=Link(*entry, portal=self.job.portal.portal_id)))
        if found.next_url is not None and found.next_url not in self._pages:
            if len(self._pages) < (self.job.pages or _PAGES):
                yield self._ask(found.next_url)
            elif self.job.pages is None:
                self.emit(Message(problem=f"more than {_PAGES} pages; it seems to page in circles"))

    def fail(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        self._stop(self._page(request.cb_kwargs["asked"]), problem_of(failure.value, request.url))


def _listing_problem(response: Response) -> Problem | None:
    if len(response.body) > _LISTING_SIZE:
        return Problem("too_large", f"{response.url} is larger than any page of a listing ({_LISTING_SIZE:,} bytes)")
    found = problem_with(response.body, response.url)
    # pages of a listing are not kept, and what they show counts: a sloppy end is no harm
    return None if found is None or found.error_class == "truncated" else found


class DocumentSpider(PortalSpider):
    """Fetches what is wanted. Each link comes to one message: its document, or the documents its page points to."""

    name = "documents"

    def __init__(self, job: Job, emit: Emit, **named: Any) -> None:
        super().__init__(job, emit, **named)
        self._archive = Archive(job.archive or settings().archive)

    async def start(self) -> AsyncIterator[Any]:
        """A line of the file whenever there is nothing else to do, so that memory does not grow with it."""
        with cast("Path", self.job.wanted).open(encoding="utf-8") as lines:
            for line in lines:
                await self._room()
                wanted = _WANTED.validate_json(line)
                try:
                    yield self._first(wanted)
                except ValueError:
                    message = f"{wanted.link.url!r} is not an http or https address; correct it in the roster"
                    self._end(_failed(self._record(wanted.link), Problem("address", message)))

    async def _room(self) -> None:
        if self.crawler.engine.needs_backout():
            await self.crawler.signals.wait_for(signals.scheduler_empty)

    def _first(self, wanted: Wanted) -> Request:
        record = self._record(wanted.link)
        known = self._known(wanted, record.url)
        return Request(
            record.url,
            callback=self.got,
            errback=self.failed,
            cb_kwargs={"wanted": wanted, "record": record, "known": known},
            headers=_conditions(known),
            dont_filter=True,
        )

    async def got(self, response: Response, wanted: Wanted, record: FetchRecord, known: Known | None) -> None:
        """The listed page or file: the document, or the page that points to it."""
        record, attachments = await asyncio.to_thread(self._keep, record, response, known)
        records = [await self._attachment(record, url, wanted) for url in attachments]
        self._end(*(records or [record]))

    def failed(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        self._end(_failed(request.cb_kwargs["record"], problem_of(failure.value, request.url)))

    async def _attachment(self, page: FetchRecord, url: str, wanted: Wanted) -> FetchRecord:
        record = replace(self._record(wanted.link), url=url, page_url=page.url, page_sha256=page.sha256)
        known = self._known(wanted, url)
        try:
            request = Request(url, headers=_conditions(known), dont_filter=True)
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            return _failed(record, problem_of(error, url))
        return (await asyncio.to_thread(self._keep, record, response, known))[0]

    def _known(self, wanted: Wanted, url: str) -> Known | None:
        """What is known of an address, if the archive still has it."""
        known = next((known for known in wanted.known if known.url == url), None)
        return known if known is not None and self._archive.exists(known.sha256) else None

    def _keep(
        self, record: FetchRecord, response: Response, known: Known | None
    ) -> tuple[FetchRecord, tuple[str, ...]]:
        """Judge an answer and archive what is worth it; its record, and what it points to if it is but a pointer."""
        record = _answered(record, response, known)
        record = replace(record, official=is_official(response.url, self._official))
        if response.status == 304 and known is not None:
            return replace(record, outcome="unchanged", sha256=known.sha256), ()
        problem = problem_with_status(response.status, response.url) or problem_with(response.body, response.url)
        if problem is not None:
            return _failed(record, problem), ()
        stored = self._archive.put(response.body, _media_type(response))
        found = replace(
            record,
            outcome="fetched" if stored.new else "unchanged",
            media_type=stored.media_type,
            sha256=stored.sha256,
            byte_size=stored.size,
            archive_uri=stored.uri,
        )
        return found, pointed_to(response.body, response.url) if stored.media_type == _HTML else ()

    def _end(self, *records: FetchRecord) -> None:
        self.emit(Message(records=list(records)))


def _conditions(known: Known | None) -> dict[str, str]:
    """The headers of a request for what has changed since it was last fetched."""
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {names[name]: value for name, value in _validators(known).items()}


def _validators(known: Known | None) -> dict[str, str]:
    """By what a server tells whether a document has changed; an answer that it has not need not repeat them."""
    given = {"etag": known.etag, "last-modified": known.last_modified} if known else {}
    return {name: value for name, value in given.items() if value}


def _failed(record: FetchRecord, problem: Problem) -> FetchRecord:
    return replace(record, outcome="failed", error_class=problem.error_class, error=problem.message)


def _answered(record: FetchRecord, response: Response, known: Known | None) -> FetchRecord:
    headers = {name.decode("latin-1").lower(): _header(response, name) for name in list(response.headers)[:_HEADERS]}
    return replace(
        record,
        fetched_at=response.meta["begun"],
        final_url=response.url,
        http_status=response.status,
        content_type=headers.get("content-type"),
        headers={**(_validators(known) if response.status == 304 else {}), **headers},
        previous_sha256=known.sha256 if known else None,
        duration_ms=response.meta["took_ms"],
    )


def _header(response: Response, name: bytes) -> str:
    return (response.headers.get(name) or b"").decode("utf-8", "replace")[:_HEADER_SIZE]


def _media_type(response: Response) -> str:
    """By content; what no reader knows is called what the server calls it."""
    try:
        return identify(response.body, unquote(urlsplit(response.url).path))
    except (UnreadableError, UnsupportedError):
        return _header(response, b"Content-Type").split(";")[0].strip().lower() or "application/octet-stream"
