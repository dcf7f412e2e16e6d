"""Archives and mails, made when a test asks for them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib


def zipped(**members: bytes) -> bytes:
    """A zip archive; names with ``__`` for ``/`` and ``_dot_`` for ``.``."""
    return zip_of({name.replace("__", "/").replace("_dot_", "."): data for name, data in members.items()})


def zip_of(members: dict[str, bytes], *, flags: int = 0) -> bytes:
    """A zip archive of members by name. `flags`: bits to set in the directory, as encryption does."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
        for info in package.infolist():
            info.flag_bits |= flags
    return buffer.getvalue()


def zip_in_gbk(name: str, data: bytes) -> bytes:
    """As Windows packs in China: the name in GBK, and nothing that says so."""
    stand_in = "x" * len(name.encode("gbk"))
    return zip_of({stand_in: data}).replace(stand_in.encode(), name.encode("gbk"))


def seven_zip(members: dict[str, bytes], password: str | None = None) -> bytes:
    import py7zr

    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password=password) as archive:
        for name, data in members.items():
            archive.writestr(data, name)
    return buffer.getvalue()


def rar(name: str, data: bytes, *, method: int = 0x30, flags: int = 0x8000) -> bytes:
    """A RAR archive (format 4) of one member; method 0x30 stores, others only say that they compress."""

    def block(kind: int, flags: int, rest: bytes) -> bytes:
        body = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body

    raw = name.encode()
    head = struct.pack(
        "<LLBLLBBHL", len(data), len(data), 3, zlib.crc32(data), 0x50000000, 29, method, len(raw), 0o100644
    )
    return (
        b"Rar!\x1a\x07\x00"
        + block(0x73, 0, bytes(6))
        + block(0x74, flags, head + raw)
        + data
        + block(0x7B, 0x4000, b"")
    )
