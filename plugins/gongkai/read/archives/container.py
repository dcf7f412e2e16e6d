"""Documents packed into one file: zip, 7z, RAR and gzip archives, and mail with attachments.

Members are unpacked in memory, one after the other, under one budget; nothing is written to disk under a member's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read.archives.unpack import Unpacked, unpack_gzip, unpack_mail, unpack_rar, unpack_seven_zip, unpack_zip
from gongkai.read.clean import clean
from gongkai.read.document import MARK_OF_MEMBER
from gongkai.read.identify import EML, GZIP, RAR, SEVEN_ZIP, ZIP, identify
from gongkai.read.limits import Limits

_UNPACKERS = {ZIP: unpack_zip, SEVEN_ZIP: unpack_seven_zip, RAR: unpack_rar, GZIP: unpack_gzip, EML: unpack_mail}
_LEFT_BY_SYSTEMS = re.compile(
    r"(?:^|/)(?:__MACOSX/.*|\._[^/]*|\.DS_Store|~\$[^/]*|Thumbs\.db|desktop\.ini)$", re.IGNORECASE
)
_LONGEST_PATH = 500


@dataclass(frozen=True, slots=True)
class Member:
    """A document found in a container. `path`: within it, through containers nested in it.

    Of one that could not be unpacked, `data` is empty and `error` says why.
    """

    path: str
    data: bytes = b""
    error: UnreadableError | UnsupportedError | None = None


def is_container(media_type: str) -> bool:
    """Whether documents of this kind hold other documents."""
    return media_type in _UNPACKERS


def documents_in(data: bytes, media_type: str, limits: Limits) -> Iterator[Member]:
    """The documents in a container and in the containers within it; what operating systems leave there is passed over.

    Raises:
        UnreadableError: damaged, or beyond the limits; what was found before has been given already.
        UnsupportedError: a program that unpacks such archives is missing.
    """
    yield from _documents(data, media_type, "", _Budget(limits), 1)


class _Budget:
    """What may still be unpacked from one file, nested containers included."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._members = 0
        self._left = limits.archive_bytes

    @property
    def left(self) -> int:
        return self._left

    def spend(self, size: int) -> None:
        self._members += 1
        if self._members > self.limits.members:
            raise UnreadableError(
                f"the archive holds more than {self.limits.members} files; unpack it, and give a folder",
                "too_large",
            )
        self._left -= size
        if self._left < 0:
            raise UnreadableError(
                f"the archive unpacks to more than {self.limits.archive_bytes} bytes; unpack it, and give a folder",
                "too_large",
            )


def _documents(data: bytes, media_type: str, above: str, budget: _Budget, depth: int) -> Iterator[Member]:
    if depth > budget.limits.nesting:
        raise UnreadableError(
            f"archives nest more than {budget.limits.nesting} deep; unpack them, and give a folder", "too_large"
        )
    for unpacked in _UNPACKERS[media_type](data, budget.limits, budget.left):
        path = above + _tidy(unpacked.name)
        if _LEFT_BY_SYSTEMS.search(path):
            continue
        budget.spend(len(unpacked.data))
        yield from _opened(unpacked, path, budget, depth)


def _opened(unpacked: Unpacked, path: str, budget: _Budget, depth: int) -> Iterator[Member]:
    """The member itself, or what is in it."""
    if unpacked.error or not unpacked.data:
        yield Member(path, error=unpacked.error) if unpacked.error else Member(path)
        return
    try:
        kind = identify(unpacked.data, path)
        if is_container(kind):
            yield from _documents(unpacked.data, kind, path + MARK_OF_MEMBER, budget, depth + 1)
        else:
            yield Member(path, unpacked.data)
    except (UnreadableError, UnsupportedError) as error:
        yield Member(path, error=error)


def _tidy(name: str) -> str:
    """A member's name as a path to show; it is never opened."""
    return clean(name.replace("\\", "/")).lstrip("/")[:_LONGEST_PATH]
