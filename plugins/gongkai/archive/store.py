"""A content-addressed store on any fsspec file system: a local folder by default, an object store by URL.

A document lies at ``ab/cd/<sha256>``, what a parser read from it at ``parsed/<parser version>/ab/cd/<sha256>.jsonl``.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from gongkai.errors import SettingsError, UnreadableError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PARSED = "parsed"


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a document lies. `size` in bytes; `new` is False where the archive already held the same bytes."""

    sha256: str
    uri: str
    size: int
    media_type: str
    new: bool


class Archive:
    """The archive at a URL, e.g. ``file:///var/lib/gongkai/archive`` or ``s3://bucket/gongkai``.

    Any number of processes may put and get at once: a document appears whole or not at all.

    Raises:
        SettingsError: nothing can be written at the URL, or nobody here knows its protocol.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        try:
            filesystem, root = fsspec.core.url_to_fs(self.url, use_listings_cache=False)
        except (ValueError, ImportError) as error:
            raise SettingsError(
                f"GONGKAI_ARCHIVE_URL: cannot open {self.url!r}: {error}. Use a path, file://… or s3://… (extra 's3')."
            ) from error
        self._fs: Any = filesystem
        self._root: str = root.rstrip("/")

    def put(self, data: bytes, media_type: str) -> Stored:
        """Keep bytes for good. The same bytes twice are kept once."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        new = not self._fs.exists(path)
        if new:
            self._write(path, data)
        return Stored(sha256, self._uri(path), len(data), media_type, new)

    def get(self, sha256: str) -> bytes:
        """The bytes of a document.

        Raises:
            UnreadableError: it is not in the archive, or what lies there no longer has its hash.
        """
        path = self._path(sha256)
        try:
            data: bytes = self._fs.cat_file(path)
        except FileNotFoundError as error:
            raise UnreadableError(f"{self._uri(path)} is not in the archive; fetch it again or restore it") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise UnreadableError(f"{self._uri(path)} has changed since it was archived; restore it from a backup")
        return data

    def exists(self, sha256: str) -> bool:
        """Whether the archive holds the document."""
        return bool(self._fs.exists(self._path(sha256)))

    def iter(self) -> Iterator[str]:
        """The hashes of all documents, in order."""
        with suppress(FileNotFoundError):
            for path in self._fs.find(self._root):
                tail = path[len(self._root) :].lstrip("/")
                if not tail.startswith(f"{_PARSED}/") and _SHA256.fullmatch(PurePosixPath(tail).name):
                    yield PurePosixPath(tail).name

    def put_parsed(self, parser_version: str, sha256: str, lines: Iterable[str]) -> str:
        """Keep what a parser version read from a document, one JSON object a line; returns the address.

        The same parser reads the same from the same bytes, so an earlier file is replaced.
        """
        path = self._parsed_path(parser_version, sha256)
        self._write(path, "".join(f"{line}\n" for line in lines).encode())
        return self._uri(path)

    def get_parsed(self, parser_version: str, sha256: str) -> list[str] | None:
        """The lines kept by :meth:`put_parsed`; None if this parser version has not read the document."""
        try:
            text: bytes = self._fs.cat_file(self._parsed_path(parser_version, sha256))
        except FileNotFoundError:
            return None
        return text.decode().splitlines()

    def _path(self, sha256: str) -> str:
        if not _SHA256.fullmatch(sha256):
            raise UnreadableError(f"{sha256!r} is not a SHA-256 in lower-case hexadecimal digits")
        return f"{self._root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _parsed_path(self, parser_version: str, sha256: str) -> str:
        folder = re.sub(r"[^0-9A-Za-z.+_-]", "_", parser_version)
        return f"{self._root}/{_PARSED}/{folder}{self._path(sha256)[len(self._root) :]}.jsonl"

    def _uri(self, path: str) -> str:
        return str(self._fs.unstrip_protocol(path))

    def _write(self, path: str, data: bytes) -> None:
        """Write whole or not at all: object stores do so themselves, a folder by renaming a finished file."""
        try:
            if not isinstance(self._fs, LocalFileSystem):
                self._fs.pipe_file(path, data)
                return
            temporary = f"{path}.{uuid4().hex}.part"
            self._fs.makedirs(self._fs._parent(path), exist_ok=True)
            try:
                self._write_through(temporary, data)
                os.replace(temporary, path)  # noqa: PTH105 - fsspec's paths are strings
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(temporary)  # noqa: PTH108
        except OSError as error:
            raise SettingsError(
                f"GONGKAI_ARCHIVE_URL (or GONGKAI_STATE_DIR): cannot write to {self.url}: {error.strerror or error}"
            ) from error

    @staticmethod
    def _write_through(path: str, data: bytes) -> None:
        """Until the disk has it: a rename must never survive a crash that the bytes did not."""
        with open(path, "xb") as file:  # noqa: PTH123
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
