"""How the crawling process behaves towards a host: Scrapy's settings, and the middleware that Scrapy has not.

robots.txt is obeyed as RFC 9309 has it: a host that cannot say what it allows is not visited. A host that asks for a
pause (429 or 503 with Retry-After) is left alone as a whole, not only for the one page.
"""

from __future__ import annotations

import asyncio
import re
from copy import copy
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.settings import Settings

from gongkai.errors import SettingsError
from gongkai.fetch.failures import TRIED_AGAIN, RefusedError, problem_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from gongkai.fetch.job import Manners
    from gongkai.roster import Portal

ATTEMPTS = 4
REDIRECTS = 5
LONGEST_PAUSE = 120.0
"""Seconds. A server that asks for a longer pause is not waited for."""
_CHINA = timezone(timedelta(hours=8))
_ROBOTS = "gongkai_robots"


def scrapy_settings(manners: Manners, portal: Portal) -> dict[str, Any]:
    """Scrapy's settings for one portal."""
    prefix = __name__
    polite = manners.interval > 0
    return {
        "USER_AGENT": manners.user_agent,
        "DEFAULT_REQUEST_HEADERS": {"Accept": "*/*", "Accept-Language": "zh-CN,zh;q=0.9"},
        "DOWNLOAD_DELAY": manners.interval,
        "DOWNLOAD_DELAY_JITTER": 0,  # the interval is a promise
        "CONCURRENT_REQUESTS_PER_DOMAIN": manners.concurrency,
        "AUTOTHROTTLE_ENABLED": polite,
        "AUTOTHROTTLE_START_DELAY": manners.interval,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": manners.concurrency,
        "DOWNLOAD_TIMEOUT": manners.seconds,
        "DOWNLOAD_MAXSIZE": manners.size_limit,
        "DOWNLOAD_WARNSIZE": 0,
        "CLOSESPIDER_TIMEOUT": manners.crawl_seconds,
        "REDIRECT_MAX_TIMES": REDIRECTS,
        "METAREFRESH_MAXDELAY": 5,
        "RETRY_TIMES": ATTEMPTS - 1,
        "RETRY_HTTP_CODES": list(TRIED_AGAIN),
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
        "HTTPERROR_ALLOW_ALL": True,
        "HTTPPROXY_ENABLED": False,  # a proxy would resolve names itself, out of sight of the guard
        "COOKIES_ENABLED": True,
        "REFERRER_POLICY": "no-referrer",
        "DOWNLOAD_HANDLERS": {
            **dict.fromkeys(("http", "https"), f"{prefix}.PortalHandler"),
            **dict.fromkeys(("data", "file", "ftp", "s3")),
        },
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            f"{prefix}.WindowMiddleware": 50,
            f"{prefix}.RobotsMiddleware": 100,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            f"{prefix}.PauseMiddleware": 550,
            "gongkai.fetch.refresh.ScriptRefreshMiddleware": 585,  # on unfolded answers, like the one for <meta>
        },
        # what is switched off is imported all the same: a second of each crawl
        "EXTENSIONS_BASE": dict.fromkeys((f"scrapy.extensions.{name}" for name in _EXTENSIONS), 0),
        "CONCURRENT_ITEMS": 1,  # Scrapy starts as many tasks for each answer; our spiders give no items
        "STATS_DUMP": False,
        "LOG_LEVEL": "INFO",
        "LOG_VERSIONS": [],
        "LOG_FORMAT": "%(levelname)s %(message)s",
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "GONGKAI_WINDOW": manners.window,
        "GONGKAI_LENIENT_TLS": _TLS[portal.tls],
        "GONGKAI_LENIENT_HOSTS": _named_hosts(portal) if portal.tls else (),
    }


_EXTENSIONS = (
    "corestats.CoreStats",
    "memusage.MemoryUsage",
    "closespider.CloseSpider",
    "logstats.LogStats",
    "throttle.AutoThrottle",
)
_OLD_TLS = {"DOWNLOADER_CLIENT_TLS_CIPHERS": "DEFAULT:@SECLEVEL=0", "DOWNLOAD_TLS_MIN_VERSION": "TLSv1.0"}
_TLS: dict[str | None, dict[str, Any]] = {
    None: {},
    "legacy": _OLD_TLS,
    "unverified": {**_OLD_TLS, "DOWNLOAD_VERIFY_CERTIFICATES": False},
}
"""By the word in the portal's row: old ciphers and protocols; and besides, certificates that nobody vouches for."""


def _named_hosts(portal: Portal) -> tuple[str, ...]:
    """The hosts that the portal's row names; to no other do its exceptions apply, wherever a page leads."""
    urls = (portal.url, *(f"//{host}" for host in (*portal.official_hosts, *portal.private_hosts)))
    return tuple(host for url in urls if (host := urlsplit(url).hostname))


class PortalHandler(HTTP11DownloadHandler):
    """Lenient about TLS where the row says so; notes when each request began and how long it took, to the last byte."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # the next request may begin before the connection of the last is back
        self._pool.maxPersistentPerHost += 1
        given, lenient = crawler.settings, copy(crawler)
        lenient.settings = Settings({**given, **given["GONGKAI_LENIENT_TLS"]})
        self._lenient, self._hosts = HTTP11DownloadHandler(lenient), given["GONGKAI_LENIENT_HOSTS"]

    async def download_request(self, request: Request) -> Response:
        begun = monotonic()
        request.meta["begun"] = datetime.now(UTC)
        try:
            if urlsplit(request.url).hostname in self._hosts:
                return await self._lenient.download_request(request)
            return await super().download_request(request)
        finally:
            request.meta["took_ms"] = round((monotonic() - begun) * 1000)

    async def close(self) -> None:
        await self._lenient.close()
        await super().close()


class RobotsMiddleware:
    """Asks each host once what it allows, and keeps to its Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["USER_AGENT"]
        self._known: dict[str, asyncio.Task[Protego | RefusedError]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https"):
            raise RefusedError("address", f"{request.url} is not an http or https address; correct it in the roster")
        if _ROBOTS in request.meta:
            return
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._known:
            self._known[site] = asyncio.ensure_future(self._ask(site))
        rules = await asyncio.shield(self._known[site])
        if isinstance(rules, RefusedError):
            raise rules
        if not rules.can_fetch(request.url, self._agent):
            raise RefusedError(
                "robots", f"the robots.txt of {parts.hostname} does not allow {request.url}; ask the publisher"
            )
        if delay := rules.crawl_delay(self._agent):
            slow_down(self._crawler, request, delay)

    async def _ask(self, site: str) -> Protego | RefusedError:
        request = Request(f"{site}/robots.txt", meta={_ROBOTS: True}, dont_filter=True)
        try:
            answer = await self._crawler.engine.download_async(request)
        except Exception as error:
            return RefusedError(*problem_of(error, request.url))
        if answer.status >= 500 or answer.status == 429:
            message = f"{site}/robots.txt answered {answer.status}, so nobody knows what is allowed; try again later"
            return RefusedError("robots", message)
        text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
        return Protego.parse(text)


class PauseMiddleware(RetryMiddleware):
    """Tries again what may pass, later: when the host says, or after a pause that doubles."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        made = super().from_crawler(crawler)
        # heard before the downloader takes up the next request to the host
        crawler.signals.connect(made.downloaded, signal=signals.response_downloaded)
        return made

    def downloaded(self, response: Response, request: Request) -> None:
        """Leave the host alone if it says so."""
        if self._may_pass(response):
            asked = retry_after(response)
            self._leave_alone(request, self._doubled(request) if asked is None else asked)

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        again = self._retry(request, str(response.status)) if self._may_pass(response) else None
        return again or response

    def process_exception(self, request: Request, exception: Exception, spider: Any = None) -> Request | None:
        again = self._retry(request, exception) if isinstance(exception, self.exceptions_to_retry) else None
        if again is not None:
            self._leave_alone(request, self._doubled(request))
        return again

    def _may_pass(self, response: Response) -> bool:
        return response.status in self.retry_http_codes and (retry_after(response) or 0) <= LONGEST_PAUSE

    def _doubled(self, request: Request) -> float:
        interval = self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        return float(min(interval * 2 ** (1 + request.meta.get("retry_times", 0)), LONGEST_PAUSE))

    def _leave_alone(self, request: Request, seconds: float) -> None:
        slot = self.crawler.engine.downloader.slots.get(urlsplit(request.url).hostname or "")
        if slot is not None and seconds > 0:
            slot.delay = max(slot.delay, 0.001)  # a slot without a delay does not look at the clock
            slot.lastseen = max(slot.lastseen, monotonic() + seconds - slot.delay)


class WindowMiddleware:
    """Holds requests back outside the hours in which they may be made."""

    def __init__(self, window: str | None) -> None:
        self._window = window

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings["GONGKAI_WINDOW"])

    async def process_request(self, request: Request) -> None:
        if self._window:
            await asyncio.sleep(until_open(self._window, datetime.now(_CHINA)))


def until_open(window: str, now: datetime) -> float:
    """Seconds until the window, for instance ``22:00-06:00`` in China, is open; 0 while it is.

    Raises:
        SettingsError: it is no window.
    """
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", window)
    if found is None:
        raise SettingsError(f"GONGKAI_CRAWL_WINDOW: {window!r} is not like 22:00-06:00, hours of the day in China")
    opens, closes = (timedelta(hours=int(found[at]), minutes=int(found[at + 1])) for at in (1, 3))
    of_day = now - now.replace(hour=0, minute=0, second=0, microsecond=0)
    is_open = opens <= of_day < closes if opens < closes else of_day >= opens or of_day < closes
    return 0.0 if is_open else ((opens - of_day) % timedelta(days=1)).total_seconds()


def slow_down(crawler: Crawler, request: Request, interval: float) -> None:
    """Keep at least `interval` seconds between the requests to the host of a request, from this one on."""
    if interval > crawler.settings.getfloat("DOWNLOAD_DELAY"):
        downloader, host = crawler.engine.downloader, urlsplit(request.url).hostname or ""
        request.meta["autothrottle_dont_adjust_delay"] = True
        downloader.per_slot_settings[host] = {"delay": interval}
        if slot := downloader.slots.get(host):
            slot.delay = interval


def retry_after(response: Response) -> float | None:
    """Seconds that the server asks us to wait: a number, or a date."""
    given = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if given.isdigit():
        return float(given)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
