"""The text of a paragraph or cell without what only the layout put there."""

from __future__ import annotations

import re

# Zero-width marks, the soft hyphen, byte order marks and control characters; readers deal with tabs and line ends.
INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffe\uffff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)


def clean(text: str) -> str:
    """One piece of text: runs of blanks of any kind are one blank, none at the ends, nothing invisible."""
    if text.isalnum():
        return text  # most cells: a figure or a label, without marks or blanks
    return " ".join(INVISIBLE.sub("", text).split())
