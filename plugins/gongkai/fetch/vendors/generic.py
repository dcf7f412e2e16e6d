"""Listings of any make: links whose title names a report, a date beside each, a link to the next page."""

from __future__ import annotations

from gongkai.fetch.page import ListingPage, Page


def recognises(page: Page) -> bool:
    """Every page."""
    return bool(page.text)


def read(page: Page) -> ListingPage:
    """The links that name a report, and where 下一页 leads."""
    return ListingPage(tuple(page.entries()), page.next_link())
