"""The numbers of pages, which must never pass for figures of a table."""

from __future__ import annotations

import re

DECORATED_NUMBER = re.compile(r"[-—–－―·•~]\s*\d{1,4}\s*[-—–－―·•~]|第\s*\d{1,4}\s*页.{0,12}|\d{1,4}\s*[/／]\s*\d{1,4}")
BARE_NUMBER = re.compile(r"\d{1,4}")
MARGIN = 0.1  # of the page's height, above and below, in which page numbers stand
NARROW_MARGIN = 0.075  # the same for a number without dashes, which could be a figure


def is_page_number(text: str, page: int, top: float, bottom: float, height: float) -> bool:
    """Whether a line is the number of its page. Positions in points from the page's upper edge."""
    edge = min(bottom, height - top) / height if height > 0 else 1.0
    if edge > MARGIN:
        return False
    if DECORATED_NUMBER.fullmatch(text):
        return True
    # A number alone may be a figure of a table that reaches into the margin: it must be near the page's own number.
    return (
        edge <= NARROW_MARGIN and BARE_NUMBER.fullmatch(text) is not None and text != "0" and abs(page - int(text)) <= 3
    )
