"""A client that keeps its distance: one request to a host at a time, robots.txt, retries, limits on size and time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from gongkai.errors import FetchError
from gongkai.fetch.robots import Robots
from gongkai.settings import settings

ATTEMPTS = 4
REDIRECTS = 5
LONGEST_PAUSE = 120.0
"""Seconds. A server that asks for a longer pause is not waited for."""
_RETRIED = frozenset({429, 500, 502, 503, 504})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LOOPBACK_ADDRESSES = ("127.0.0.1", "localhost", "[::1]")


class RequestError(FetchError):
    """A request that came to nothing. `error_class` is one word for counting, `status` the HTTP status if any.

    Classes: ``address`` ``robots`` ``timeout`` ``connection`` ``http_status`` ``redirect`` ``too_large`` ``empty``.
    """

    def __init__(
        self, error_class: str, message: str, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.error_class = error_class
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with status 200. `url` is the address after redirects; `body` is decoded from its transfer coding."""

    url: str
    status: int
    content_type: str | None
    body: bytes
    fetched_at: datetime
    duration_ms: int


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, which needs no manners."""
    return host in _LOOPBACK


class PoliteClient:
    """GET requests for one process. Use as a context manager.

    Args:
        interval: least seconds between the beginnings of two requests to a host; a longer Crawl-delay wins.
        seconds: for one attempt, from connecting to the last byte. size_limit: bytes of a decoded body.
        user_agent: says who asks. transport, sleep, clock: replaced in tests.
    """

    def __init__(
        self,
        *,
        interval: float,
        seconds: float,
        size_limit: int,
        user_agent: str,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval, self._seconds, self._size_limit = interval, seconds, size_limit
        self._sleep, self._clock = sleep, clock
        self._next: dict[str, float] = {}
        self._robots = Robots(self._get_robots, user_agent)
        direct = {f"all://{host}": None for host in _LOOPBACK_ADDRESSES}  # never through a proxy
        self._http = httpx.Client(
            timeout=seconds,
            headers={"User-Agent": user_agent},
            transport=transport,
            mounts=direct if transport is None else None,
        )

    @classmethod
    def from_settings(cls) -> Self:
        """With the limits of :class:`gongkai.settings.Settings`."""
        given = settings()
        return cls(
            interval=given.request_interval,
            seconds=given.request_seconds,
            size_limit=given.file_size_limit,
            user_agent=given.user_agent,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, url: str) -> Response:
        """Fetch an address: at most :data:`ATTEMPTS` times where trying again can help.

        Raises:
            RequestError: it cannot, may not or should not be fetched; the message says why.
        """
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception(_may_pass),
            wait=_pause,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._follow, url)

    def _follow(self, url: str) -> Response:
        """Redirects one by one, so that each stop is checked like the first."""
        for _ in range(REDIRECTS + 1):
            self._check(url)
            answer = self._request(url)
            if isinstance(answer, Response):
                return answer
            if is_loopback(_host(answer)) and not is_loopback(_host(url)):
                raise RequestError("redirect", f"{url} leads to this machine ({answer}); look at the page by hand")
            url = answer
        raise RequestError("redirect", f"{url}: more than {REDIRECTS} redirects; look at the page by hand")

    def _check(self, url: str) -> None:
        if not _host(url) or urlsplit(url).scheme not in ("http", "https"):
            raise RequestError("address", f"{url!r} is not an http or https address; correct it in the roster")
        if not self._robots.allow(url):
            raise RequestError("robots", f"the robots.txt of {_host(url)} does not allow {url}; ask the publisher")

    def _get_robots(self, url: str) -> bytes | None:
        """The text of a robots.txt, redirects followed; None if the host has none (RFC 9309, 2.3.1).

        Raises:
            RequestError: the host does not answer, so that nobody knows what it allows.
        """
        for _ in range(REDIRECTS + 1):
            try:
                answer = self._request(url)
            except RequestError as error:
                if error.error_class == "empty" or 400 <= (error.status or 0) < 500:
                    return None
                raise
            if isinstance(answer, Response):
                return answer.body
            url = answer
        return None

    def _wait_for_turn(self, url: str) -> None:
        host = urlsplit(url).netloc
        now = self._clock()
        if not is_loopback(_host(url)):
            pause = self._next.get(host, now) - now
            if pause > 0:
                self._sleep(pause)
            self._next[host] = self._clock() + max(self._interval, self._robots.crawl_delay(url))

    def _request(self, url: str) -> Response | str:
        """One request: the answer, or the address it redirects to."""
        self._wait_for_turn(url)
        begun, fetched_at = self._clock(), datetime.now(UTC)
        try:
            with self._http.stream("GET", url) as answer:
                if answer.has_redirect_location:
                    return _target(url, answer.headers["Location"])
                if answer.status_code != 200:
                    raise _status_error(url, answer)
                body = self._read(url, answer, begun)
        except httpx.TimeoutException as error:
            raise self._too_slow(url) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RequestError("connection", f"{url}: {error or type(error).__name__}; try again later") from error
        took = round((self._clock() - begun) * 1000)
        return Response(url, answer.status_code, answer.headers.get("Content-Type"), body, fetched_at, took)

    def _read(self, url: str, answer: httpx.Response, begun: float) -> bytes:
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > self._size_limit:
                raise RequestError(
                    "too_large", f"{url} is larger than GONGKAI_FILE_SIZE_LIMIT, {self._size_limit} bytes"
                )
            if self._clock() - begun > self._seconds:
                raise self._too_slow(url)
        if not body:
            raise RequestError("empty", f"{url} answered with nothing; look at the page by hand", answer.status_code)
        return bytes(body)

    def _too_slow(self, url: str) -> RequestError:
        return RequestError(
            "timeout", f"{url} took longer than GONGKAI_REQUEST_SECONDS, {self._seconds:g} s; try again later"
        )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _target(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise RequestError("redirect", f"{url} redirects to {location!r}, which is no address") from error


def _status_error(url: str, answer: httpx.Response) -> RequestError:
    status = answer.status_code
    hint = "try again later" if status in _RETRIED else "the page has moved or is closed to us; look at it by hand"
    return RequestError("http_status", f"{url} answered {status}; {hint}", status, _retry_after(answer))


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds that the server asks us to wait: a number, or a date."""
    given: str = answer.headers.get("Retry-After", "").strip()
    if given.isdigit():
        return float(given)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _may_pass(error: BaseException) -> bool:
    """Whether the same request may succeed later."""
    if not isinstance(error, RequestError) or (error.retry_after or 0) > LONGEST_PAUSE:
        return False
    return error.error_class in ("timeout", "connection") or error.status in _RETRIED


_exponential = wait_random_exponential(multiplier=1, max=30)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, RequestError) else None
    return asked if asked is not None else _exponential(state)
