"""Text that Postgres can hold: a document may contain what no database column takes."""

from __future__ import annotations

from typing import overload


@overload
def plain_text(text: str) -> str: ...
@overload
def plain_text(text: None) -> None: ...


def plain_text(text: str | None) -> str | None:
    """The text without NUL, and with ``?`` for half characters (names of files that are not UTF-8)."""
    if text is None:
        return None
    return text.replace("\0", "").encode("utf-8", "replace").decode()
