"""Which links of a page lead to a document."""

from __future__ import annotations

import re

_ENDINGS = r"\.(?:docx?|wps|xlsx?|et|csv|od[ts]|pdf|ofd|rtf|txt|zip|rar|7z)"
_DOWNLOAD = r"urltype=news\.DownloadAttachUrl"  # of VSB 博达, which names the file only in the text of the link
ATTACHMENT = re.compile(rf"{_ENDINGS}\s*(?:$|[?#&])|{_DOWNLOAD}", re.IGNORECASE)
_SIGN = re.compile(rf"{_ENDINGS}|{_DOWNLOAD}".encode(), re.IGNORECASE)
NO_ADDRESS = re.compile(r"\s*(?:javascript|data|mailto|about):", re.IGNORECASE)


def is_attachment(address: str) -> bool:
    """Whether the address ends like a document, in its path or in a parameter (``download.jsp?file=x.pdf``)."""
    return bool(ATTACHMENT.search(address)) and not NO_ADDRESS.match(address)


def may_link_to_attachments(page: bytes) -> bool:
    """Whether a page is worth looking through for attachments: a cheap look, long before it is parsed."""
    return _SIGN.search(page) is not None
