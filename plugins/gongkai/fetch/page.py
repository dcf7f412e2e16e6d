"""What a listing module returns."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A line of a listing. `listed_on` is an ISO date."""

    url: str
    title: str
    agency: str | None
    listed_on: str | None


class ListingPage(NamedTuple):
    """One page of a listing; `next_url` is None on the last one."""

    entries: tuple[Entry, ...]
    next_url: str | None
