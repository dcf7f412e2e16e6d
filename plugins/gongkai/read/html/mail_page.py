"""Pages saved as one file with all that belongs to them (.mht, .mhtml; Word's web archives)."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace

from gongkai.errors import UnreadableError
from gongkai.read.document import Document
from gongkai.read.html import reader as html
from gongkai.read.identify import MHTML
from gongkai.read.limits import Limits

NAME = "mht"


def read(data: bytes, limits: Limits) -> Document:
    """The page among the parts: of several (frames), the one with the most table cells.

    Raises:
        UnreadableError: damaged, without a page, or beyond the limits.
    """
    pages = _pages(data)
    if not pages:
        raise UnreadableError("the web archive holds no page; save the page anew as .html")
    page = max(pages, key=lambda page: page.lower().count(b"<td"))
    limits.check_size(len(page))
    return replace(html.read(page, limits), reader=NAME, media_type=MHTML)


def _pages(data: bytes) -> list[bytes]:
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        pages = [part for part in message.walk() if part.get_content_type() == "text/html"] or [message]
        payloads = [page.get_payload(decode=True) for page in pages if not page.is_multipart()]
    except (RecursionError, ValueError, LookupError) as error:
        raise UnreadableError(f"the web archive is damaged ({type(error).__name__}); save the page anew") from error
    return [payload for payload in payloads if isinstance(payload, bytes) and payload.strip()]
