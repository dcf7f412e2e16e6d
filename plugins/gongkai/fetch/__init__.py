"""Fetching: from a portal's listing to documents in the archive, politely, with a record of every request's end."""

from gongkai.fetch.documents import fetch_documents
from gongkai.fetch.job import ERROR_CLASSES, FetchRecord, Known, Link, Wanted
from gongkai.fetch.listings import Listing, discover
from gongkai.fetch.process import CrawlDiedError

__all__ = [
    "ERROR_CLASSES",
    "CrawlDiedError",
    "FetchRecord",
    "Known",
    "Link",
    "Listing",
    "Wanted",
    "discover",
    "fetch_documents",
]
