"""Which links of a page lead to a document."""

from __future__ import annotations

import re

_ENDINGS = r"\.(?:docx?|wps|xlsx?|et|csv|od[ts]|pdf|ofd|rtf|txt|zip|rar|7z)"
_DOWNLOAD = r"urltype=news\.DownloadAttachUrl"  # of VSB 博达, which names the file only in the text of the link
ATTACHMENT = re.compile(rf"{_ENDINGS}\s*(?:$|[?#&])|{_DOWNLOAD}", re.IGNORECASE)
_SIGN = re.compile(rf"{_ENDINGS}|{_DOWNLOAD}".encode(), re.IGNORECASE)
_SENT_ON = re.compile(r"\d+\s*[;,]\s*url\s*=\s*[\"']?([^\"']+)", re.IGNORECASE)
NO_ADDRESS = re.compile(r"\s*(?:javascript|data|mailto|about):", re.IGNORECASE)


def is_attachment(address: str) -> bool:
    """Whether the address ends like a document, in its path or in a parameter (``download.jsp?file=x.pdf``)."""
    return bool(ATTACHMENT.search(address)) and not NO_ADDRESS.match(address)


def is_page(address: str) -> bool:
    """Whether there is something at the address that could be fetched, and it does not end like a document."""
    return bool(address.strip()) and not NO_ADDRESS.match(address) and not ATTACHMENT.search(address)


def sent_on_to(refresh: str) -> str | None:
    """Where ``<meta http-equiv="refresh" content="0; url=…">`` sends a browser on to."""
    found = _SENT_ON.match(refresh.strip())
    return found[1].strip() if found else None


def may_link_to_attachments(page: bytes) -> bool:
    """Whether a page is worth looking through for attachments: a cheap look, long before it is parsed."""
    return _SIGN.search(page) is not None
