"""pdfium without the fonts of the machine: a PDF that embeds none of its own must be read alike everywhere.

For Chinese, Japanese and Korean fonts that a PDF only names, pdfium gets one font that draws the same for each
character: which characters they are, and how wide, stands in the PDF. For others it has shapes of its own. Importing
this module comes before the first document is opened.
"""

from __future__ import annotations

import ctypes
import struct
from typing import Any

import pypdfium2.raw as pdfium

_OF_EAST_ASIA = (128, 129, 134, 136)  # character sets: Shift JIS, Hangul, GB 2312, Big5
_UNITS = 1000  # of an em
_BAR = 400  # the sides of what stands for a character: pdfium passes over text that covers nothing


def _plain_font() -> bytes:
    """A TrueType font that draws one bar for every character. The layout of the tables: ISO/IEC 14496-22."""
    bar = struct.pack(">5h2H4B8h", 1, 0, 0, _BAR, _BAR, 3, 0, *(1,) * 4, 0, _BAR, 0, -_BAR, 0, 0, _BAR, 0)
    bar += b"\0" * (-len(bar) % 4)
    every_character = struct.pack(">2H6I", 13, 0, 28, 0, 1, 0, 0x10FFFF, 1)
    tables = {
        b"cmap": struct.pack(">4HI", 0, 1, 3, 10, 12) + every_character,
        b"glyf": bar,
        b"head": struct.pack(
            ">4IHH2q4hHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _UNITS, 0, 0, 0, 0, _BAR, _BAR, 0, 8, 2, 0, 0
        ),
        b"hhea": struct.pack(">I3hH3h3h4hhH", 0x10000, 880, -120, 0, _UNITS, 0, 0, _UNITS, 1, 0, 0, 0, 0, 0, 0, 0, 1),
        b"hmtx": struct.pack(">Hhh", _UNITS, 0, 0),
        b"loca": struct.pack(">3H", 0, 0, len(bar) // 2),
        b"maxp": struct.pack(">IH13H", 0x10000, 2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    place = 12 + 16 * len(tables)
    directory, body = b"", b""
    for name, data in tables.items():
        directory += name + struct.pack(">3I", 0, place + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return struct.pack(">I4H", 0x10000, len(tables), 64, 2, 48) + directory + body


_FONT = _plain_font()


def _map_font(_info: Any, _weight: int, _italic: int, charset: int, _pitch: int, _face: Any, _exact: Any) -> int | None:
    return 1 if charset in _OF_EAST_ASIA else None


def _font_data(_info: Any, _font: Any, table: int, buffer: Any, size: int) -> int:
    """The font, or no data where a single table is asked for; never more than there is room for."""
    data = b"" if table else _FONT
    if 0 < len(data) <= size:
        ctypes.memmove(buffer, data, len(data))
    return len(data)


def _nothing(*_: Any) -> None:
    return None


def _zero(*_: Any) -> int:
    return 0


_CALLS = {
    "Release": _nothing,
    "EnumFonts": _nothing,
    "MapFont": _map_font,
    "GetFont": _nothing,
    "GetFontData": _font_data,
    "GetFaceName": _zero,
    "GetFontCharset": _zero,
    "DeleteFont": _nothing,
}
_TYPES = dict(pdfium.FPDF_SYSFONTINFO._fields_)
_FONTS = pdfium.FPDF_SYSFONTINFO(version=1, **{name: _TYPES[name](call) for name, call in _CALLS.items()})
pdfium.FPDF_SetSystemFontInfo(_FONTS)  # pdfium keeps the address: it lives as long as the module
