"""Which links of a page lead to a document."""

from __future__ import annotations

import re

ATTACHMENT = re.compile(r"\.(?:docx?|wps|xlsx?|et|csv|od[ts]|pdf|ofd|rtf|txt|zip|rar|7z)\s*(?:$|[?#&])", re.IGNORECASE)
NO_ADDRESS = re.compile(r"\s*(?:javascript|data|mailto|about):", re.IGNORECASE)


def is_attachment(address: str) -> bool:
    """Whether the address ends like a document, in its path or in a parameter (``download.jsp?file=x.pdf``)."""
    return bool(ATTACHMENT.search(address)) and not NO_ADDRESS.match(address)
