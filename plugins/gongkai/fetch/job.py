"""What travels between a task and the process that crawls for it, as JSON: the job there, links and records back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from gongkai.errors import SettingsError
from gongkai.roster import Portal
from gongkai.settings import settings


@dataclass(frozen=True, slots=True)
class Link:
    """A listed report. `listed_on` is an ISO date; `agency` is as the title names it, None if it names none."""

    url: str
    title: str
    agency: str | None
    year: int | None
    listed_on: str | None
    portal: str


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """What became of one listed report, or of a page of a listing: the columns of raw.fetch, and where the bytes lie.

    url: of the document itself. page_url, page_sha256: the archived page that pointed to it, where the document is an
    attachment. media_type: by content. headers: of the answer. fetched_at: when the request began, in UTC.
    duration_ms: of the last attempt. outcome: ``unchanged`` if the archive held the same bytes already, or the server
    says so. previous_sha256: what the same address gave before; other bytes are a revision. official: whether it comes
    from a host whose documents may be published. error_class: see :data:`ERROR_CLASSES`; error: what was wrong and
    what to do.
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
    headers: dict[str, str] | None = None
    media_type: str | None = None
    sha256: str | None = None
    previous_sha256: str | None = None
    byte_size: int | None = None
    archive_uri: str | None = None
    duration_ms: int | None = None
    official: bool = True
    cms: str | None = None
    error_class: str | None = None
    error: str | None = None
    page_url: str | None = None
    page_sha256: str | None = None


ERROR_CLASSES = {
    "address": "no web address, or one that leads to a private network",
    "robots": "robots.txt does not allow it, or could not be read",
    "timeout": "took too long",
    "connection": "no connection, or one that broke",
    "redirect": "redirected too often",
    "http_status": "answered with another status than 200",
    "too_large": "larger than allowed",
    "empty": "answered with nothing",
    "truncated": "cut short",
    "challenge": "a page that wants to see a browser first",
    "soft_404": "a page that says, with status 200, that the page is gone",
    "login": "a page that asks for a password",
}
"""Why a request came to nothing, one word for counting each."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an address gave when it was last fetched; for a request that asks only for what has changed."""

    url: str
    sha256: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A link to be fetched, and what is known of it and of its attachments."""

    link: Link
    known: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class Manners:
    """How a portal is asked.

    interval: least seconds between two requests to a host; with 0 the host is one's own and needs no manners.
    concurrency: requests to a host at once. seconds, size_limit: of one request. crawl_seconds: of the whole crawl.
    window: hours of the day in China in which requests may be made, for instance ``22:00-06:00``; None: all.
    """

    interval: float
    concurrency: int
    seconds: float
    size_limit: int
    crawl_seconds: float
    user_agent: str
    window: str | None = None

    @classmethod
    def of(cls, portal: Portal) -> Self:
        """Those of the settings, with the portal's own interval.

        Raises:
            SettingsError: a portal out there is to be visited without saying who asks.
        """
        given = settings()
        if not given.contact and not portal.private_hosts:
            raise SettingsError(
                "GONGKAI_CONTACT: set an address at which a portal's operator reaches you, for instance a mail address;"
                " it is sent with every request"
            )
        return cls(
            interval=given.request_interval if portal.interval is None else portal.interval,
            concurrency=given.host_concurrency,
            seconds=given.request_seconds,
            size_limit=given.file_size_limit,
            crawl_seconds=given.crawl_seconds,
            user_agent=f"{given.user_agent} ({given.contact})" if given.contact else given.user_agent,
            window=given.crawl_window,
        )


class Job(BaseModel):
    """What one process is to do: list what `portal` shows for a year (None: for all), or fetch what is `wanted`.

    portal: with its real address in `url`. wanted: a file of :class:`Wanted`, one a line; without it the portal is
    listed. archive: its URL. official: domains whose documents may be published. cms: the vendor, where it is known.
    pages: of a listing to be looked at; None: all of them.
    """

    model_config = ConfigDict(frozen=True)

    portal: Portal
    manners: Manners
    year: int | None = None
    wanted: Path | None = None
    archive: str | None = None
    official: tuple[str, ...] = ()
    cms: str | None = None
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One line that the crawling process writes: what it found out, one of these.

    cms: the vendor of the listing. link: of a report. records: of one link; its attachments together, so that none is
    lost when the process dies between them; of a listing, that of one of its pages. problem: why the listing cannot be
    read. ended: why the crawl ended.
    """

    cms: str | None = None
    link: Link | None = None
    records: list[FetchRecord] = field(default_factory=list)
    problem: str | None = None
    ended: str | None = None
