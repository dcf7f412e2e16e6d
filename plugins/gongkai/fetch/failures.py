"""Why a request came to nothing: an exception or a status as one word and a message. For the crawling process."""

from __future__ import annotations

from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from gongkai.fetch.guard import PrivateAddressError
from gongkai.fetch.judge import Problem

TRIED_AGAIN = (429, 500, 502, 503, 504)
"""Statuses that may pass."""


class RefusedError(IgnoreRequest):
    """A request that may not or should not be made."""

    def __init__(self, error_class: str, message: str) -> None:
        super().__init__(message)
        self.error_class = error_class


def problem_of(error: BaseException | None, url: str) -> Problem:
    """What an exception of the download means."""
    if isinstance(error, RefusedError):
        return Problem(error.error_class, str(error))
    if isinstance(error, PrivateAddressError):
        return Problem("address", f"{url}: {error}")
    if isinstance(error, IgnoreRequest):
        error_class = "redirect" if "redirect" in str(error) else "too_large"
        return Problem(error_class, f"{url}: {_MEANINGS[error_class]}")
    known = next((error_class for kind, error_class in _KINDS.items() if isinstance(error, kind)), None)
    return Problem(known or "connection", f"{url}: {_MEANINGS[known] if known else error or type(error).__name__}")


_KINDS: dict[type[Exception], str] = {
    DownloadTimeoutError: "timeout",
    ResponseDataLossError: "truncated",
    UnsupportedURLSchemeError: "address",
    DownloadCancelledError: "too_large",
}
_MEANINGS = {
    "timeout": "took longer than GONGKAI_REQUEST_SECONDS; try again later",
    "truncated": "cut short, the connection ended before the answer; try again later",
    "address": "no http or https address; correct it in the roster",
    "too_large": "larger than GONGKAI_FILE_SIZE_LIMIT",
    "redirect": "redirects too often; look at the page by hand",
}


def problem_with_status(status: int, url: str) -> Problem | None:
    """What a status other than 200 means."""
    if status == 200:
        return None
    hint = "try again later" if status in TRIED_AGAIN else "the page has moved or is closed to us; look at it by hand"
    return Problem("http_status", f"{url} answered {status}; {hint}")
