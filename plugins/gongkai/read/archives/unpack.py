"""One layer of a container, member by member, each bounded as it is unpacked."""

from __future__ import annotations

import email
import email.policy
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read.limits import Limits
from gongkai.read.package import CHUNK, Package

LOCKED = "is protected by a password"
RAR_TOOLS = (
    "RAR archives need a program to unpack them: apt-get install libarchive-tools (or unrar, unar, 7zip), or unpack it"
)
UTF8_NAME = 0x800  # of a zip member's flags
ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A member as it came out; `error` says why it did not."""

    name: str
    data: bytes = b""
    error: UnreadableError | None = None


def unpack_zip(data: bytes, limits: Limits, left: int) -> Iterator[Unpacked]:
    """The members of a zip archive; `left` is how many bytes may come out of it in all.

    Raises:
        UnreadableError: damaged.
    """
    del left  # each member is counted as it is given
    package = Package(data, limits)
    for info in package.members:
        if info.filename.endswith("/"):
            continue
        name = _zip_name(info)
        if info.flag_bits & ENCRYPTED:
            yield Unpacked(name, error=UnreadableError(f"{name} {LOCKED}", "locked"))
            continue
        try:
            yield Unpacked(name, package.read_member(info))
        except UnreadableError as error:
            yield Unpacked(name, error=error)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name of a member. Without the mark of UTF-8 zipfile takes it for DOS Latin, and it is Chinese."""
    if info.flag_bits & UTF8_NAME or info.filename.isascii():
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def unpack_seven_zip(data: bytes, limits: Limits, left: int) -> Iterator[Unpacked]:
    """The members of a 7z archive.

    Raises:
        UnreadableError: damaged, encrypted or too large.
    """
    import py7zr
    from py7zr.exceptions import PasswordRequired

    from gongkai.read.archives.seven_zip import Members

    members = Members()
    try:
        with py7zr.SevenZipFile(BytesIO(data), max_extract_size=min(left, limits.archive_bytes)) as archive:
            locked = archive.needs_password()
            if not locked:
                archive.extractall(factory=members)
    except PasswordRequired as error:
        raise UnreadableError(f"the archive {LOCKED}", "locked") from error
    except py7zr.exceptions.DecompressionBombError as error:
        raise UnreadableError(
            f"the archive unpacks to more than {left} bytes; unpack it, and give a folder", "too_large"
        ) from error
    except Exception as error:  # py7zr raises many kinds of error on damaged input
        raise UnreadableError(f"the 7z archive is damaged ({error or type(error).__name__})", "damaged") from error
    if locked:
        raise UnreadableError(f"the archive {LOCKED}", "locked")
    for name, content in members.found:
        yield Unpacked(name, content)


def unpack_rar(data: bytes, limits: Limits, left: int) -> Iterator[Unpacked]:
    """The members of a RAR archive; all but stored ones need a program that unpacks them.

    Raises:
        UnreadableError: damaged or encrypted.
        UnsupportedError: there is no such program.
    """
    import rarfile

    try:
        with rarfile.RarFile(BytesIO(data)) as archive:
            if archive.needs_password():
                raise UnreadableError(f"the archive {LOCKED}", "locked")
            if not archive.infolist():
                raise UnreadableError("the RAR archive is empty or cut short", "damaged")
            for info in archive.infolist():
                if not info.is_dir():
                    with archive.open(info) as member:
                        yield Unpacked(info.filename, _bounded(member, limits, left))
    except rarfile.RarCannotExec as error:
        raise UnsupportedError(RAR_TOOLS) from error
    except (rarfile.Error, ValueError, OSError, EOFError, IndexError, OverflowError) as error:
        raise UnreadableError(f"the RAR archive is damaged ({error})", "damaged") from error


def _bounded(member: object, limits: Limits, left: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := member.read(CHUNK):  # type: ignore[attr-defined]  # a file of rarfile, which has no stubs
        size += len(chunk)
        limits.check_size(size)
        if size > left:
            raise UnreadableError(
                f"the archive unpacks to more than {left} bytes; unpack it, and give a folder", "too_large"
            )
        parts.append(chunk)
    return b"".join(parts)


def unpack_gzip(data: bytes, limits: Limits, left: int) -> Iterator[Unpacked]:
    """The one file in a gzip archive, under the name it carries.

    Raises:
        UnreadableError: damaged or too large.
    """
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = stream.decompress(data, min(limits.expanded_bytes, left) + 1)
    except zlib.error as error:
        raise UnreadableError(f"the gzip archive is damaged ({error})", "damaged") from error
    limits.check_size(len(content))
    if not stream.eof:
        raise UnreadableError("the gzip archive is cut short", "damaged")
    yield Unpacked(_gzip_name(data), content)


def _gzip_name(data: bytes) -> str:
    has_extra, has_name = data[3] & 4, data[3] & 8
    if not has_name or has_extra:
        return "content"
    return data[10:].split(b"\x00", 1)[0][:255].decode("gb18030", "replace") or "content"


def unpack_mail(data: bytes, limits: Limits, left: int) -> Iterator[Unpacked]:
    """The text of a mail, and what is attached to it.

    Raises:
        UnreadableError: its parts nest too deep, or are too large.
    """
    del left
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        parts = list(message.walk())
    except (RecursionError, ValueError, LookupError) as error:
        raise UnreadableError(
            f"the mail is damaged ({type(error).__name__}); save its attachments, and give those"
        ) from error
    for number, part in enumerate(parts):
        if part.is_multipart() or part.get_content_maintype() == "message":
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            limits.check_size(len(payload))
            yield Unpacked(part.get_filename() or f"part{number}.{part.get_content_subtype()}", payload)
