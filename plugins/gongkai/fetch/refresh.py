"""Pages that do nothing but send a browser on by a script. Those with a <meta> element Scrapy follows itself."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware
from scrapy.http import Response

_LARGEST = 4096
"""Bytes of a page that only sends on: what is larger says something itself."""
_SENDS_ON = re.compile(
    rb"""<script[^>]{0,200}>\s*(?:(?:window|self|top|parent|document)\.)?location(?:\.href)?\s*"""
    rb"""(?:=\s*|\.(?:replace|assign)\(\s*)["']([^"'\s]{1,2000})["']\s*\)?\s*;?\s*</script>""",
    re.IGNORECASE,
)
"""A script that holds this one statement: what decides by browser or cookie where to go is not for us."""


class ScriptRefreshMiddleware(BaseRedirectMiddleware):
    """Follows such a page as it would a redirect, within the same bounds."""

    enabled_setting = "METAREFRESH_ENABLED"

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        """The request for the page that is meant, or the answer itself."""
        url = sent_on(response.body, response.url) if response.status == 200 else None
        if url is None:
            return response
        return self._redirect(self._redirect_request_using_get(request, response, url), request, "script")


def sent_on(body: bytes, url: str) -> str | None:
    """Where a page sends a browser; None for a page that stays."""
    found = _SENDS_ON.search(body) if len(body) <= _LARGEST else None
    try:
        target = urljoin(url, found[1].decode("utf-8", "replace")) if found else ""
        return target if urlsplit(target).scheme in ("http", "https") and target != url else None
    except ValueError:  # no address
        return None
