"""The archive: documents by the hash of their bytes, never changed, and what a parser version read from each."""

from gongkai.archive.store import Archive, Stored

__all__ = ["Archive", "Stored"]
