"""Names of agencies as they are compared."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"[\s\u200b\ufeff]+")


def normalise_name(text: str) -> str:
    """A name for comparison: Unicode compatibility forms folded (NFKC), no blanks, no invisible characters.

    >>> normalise_name("温州市　大数据 发展管理局（本级）")
    '温州市大数据发展管理局(本级)'
    """
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))
