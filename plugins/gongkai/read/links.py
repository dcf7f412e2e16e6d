"""Which links of a page lead to a document."""

from __future__ import annotations

import re

_ENDINGS = r"\.(?:docx?|wps|xlsx?|et|csv|od[ts]|pdf|ofd|rtf|txt|zip|rar|7z)"
_DOWNLOAD = r"urltype=news\.DownloadAttachUrl"  # of VSB 博达, which names the file only in the text of the link
ATTACHMENT = re.compile(rf"{_ENDINGS}\s*(?:$|[?#&])|{_DOWNLOAD}", re.IGNORECASE)
_SIGN = re.compile(rf"{_ENDINGS}|{_DOWNLOAD}".encode(), re.IGNORECASE)
_SENT_ON = re.compile(r"\d+\s*[;,]\s*url\s*=\s*[\"']?([^\"']+)", re.IGNORECASE)
_LONGEST_STATEMENT = 2_500
_OPENED = re.compile(
    r"""(?:\b(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\(|window\.open\()\s*)"""
    r"""(?P<quote>["'])(?P<address>[^"'\s<>\\]{1,2000})(?P=quote)(?!\s*\+)""",
    re.IGNORECASE,
)
"""A statement that opens an address. One that is put together out of pieces is not known here."""
_ONLY_OPENS = re.compile(
    rf"\s*(?:(?:window|self|top|parent|document)\.)?{_OPENED.pattern}[^;{{}}()]{{0,200}}\)?\s*;?\s*", re.IGNORECASE
)
_FRAME = re.compile(rb"<i?frame\b", re.IGNORECASE)
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


def opened_by(handler: str) -> str | None:
    """The address that an ``onclick`` or a ``javascript:`` link opens, the first of several."""
    found = _OPENED.search(handler)
    return found["address"] if found else None


def sent_on_by(script: str) -> str | None:
    """Where a script that is nothing but one such statement sends a browser on to.

    What decides where to go, or waits to be called, says nothing of where the report is.
    """
    found = _ONLY_OPENS.fullmatch(script) if len(script) <= _LONGEST_STATEMENT else None
    return found["address"] if found else None


def may_show_others(page: bytes) -> bool:
    """Whether a page is worth looking through for frames: a cheap look."""
    return _FRAME.search(page) is not None


def may_link_to_attachments(page: bytes) -> bool:
    """Whether a page is worth looking through for attachments: a cheap look, long before it is parsed."""
    return _SIGN.search(page) is not None
