"""Parts of a zip package, unpacked only as far as the limits allow."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

from gongkai.errors import UnreadableError
from gongkai.read.limits import Limits

CHUNK = 1 << 16
MEMBERS = 10_000
MANIFEST = "META-INF/manifest.xml"


def check_members(data: bytes) -> None:
    """Refuse a zip whose directory alone would fill the memory.

    Raises:
        UnreadableError: it has too many members.
    """
    if data.count(b"PK\x01\x02") > MEMBERS:
        raise UnreadableError(
            f"the zip package has more than {MEMBERS} members, as no report does; save the report alone", "too_large"
        )


class Package:
    """A zip file that is read member by member under one budget of unpacked bytes.

    Raises:
        UnreadableError: at construction or reading, if the zip is damaged, encrypted or unpacks to too much.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._limits = limits
        self._unpacked = 0
        check_members(data)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
            raise UnreadableError(f"the zip package is damaged or cut short ({error})", "damaged") from error
        self.members = tuple(self._zip.infolist())
        self.names = frozenset(info.filename for info in self.members)

    def read(self, name: str) -> bytes:
        """The bytes of a member, under the budget of the package."""
        content = self._content(name, self._unpacked)
        self._unpacked += len(content)
        return content

    def read_member(self, info: zipfile.ZipInfo) -> bytes:
        """The bytes of a member that is a file of its own, bounded by itself."""
        return self._content(info, 0)

    def _content(self, which: str | zipfile.ZipInfo, unpacked: int) -> bytes:
        """The bytes of a member; the sizes that the zip states about itself are not believed."""
        parts: list[bytes] = []
        name = which if isinstance(which, str) else which.filename
        try:
            with self._zip.open(which) as member:
                while chunk := member.read(CHUNK):
                    unpacked += len(chunk)
                    self._limits.check_size(unpacked)
                    parts.append(chunk)
        except RuntimeError as error:
            raise UnreadableError(f"{name} is encrypted", "locked") from error
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, KeyError, ValueError, OSError, EOFError) as error:
            raise UnreadableError(f"{name} in the package is damaged ({error})", "damaged") from error
        return b"".join(parts)


def is_encrypted(package: Package) -> bool:
    """Whether an OpenDocument package is protected by a password.

    Raises:
        UnreadableError: damaged, or beyond the limits.
    """
    return MANIFEST in package.names and b"encryption-data" in package.read(MANIFEST)
