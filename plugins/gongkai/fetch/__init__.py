"""Fetching: from a portal's listing to documents in the archive, politely, with a record of every request's end."""

from gongkai.fetch.client import PoliteClient, RequestError, Response
from gongkai.fetch.documents import FetchRecord, fetch_links
from gongkai.fetch.listings import Link, discover

__all__ = ["FetchRecord", "Link", "PoliteClient", "RequestError", "Response", "discover", "fetch_links"]
