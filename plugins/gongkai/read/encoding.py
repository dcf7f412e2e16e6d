"""Bytes to characters. Chinese portals serve UTF-8 and GBK, and their declarations cannot be trusted."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from gongkai.errors import UnreadableError

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,30})""", re.IGNORECASE)
CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
HEAD = 4096
_COMMON = "的年月日本一不人大中政府公行信息"
_SAMPLE = 200_000
BIG5 = re.compile(rb"(x-)?big5(-?hkscs)?|cp950", re.IGNORECASE)


@lru_cache(maxsize=1)  # a text is decoded to tell what it is, and then to be read
def decode(data: bytes) -> str:
    """The characters of a text or HTML file.

    In this order: a byte order mark; UTF-16 by its zero bytes; UTF-8 if the bytes are nearly valid UTF-8 (text in GBK
    never is); Big5 if declared, or if that makes more sense of them; GB 18030.

    Raises:
        UnreadableError: no encoding makes text of the bytes.
    """
    text = _decode(data)
    if _is_junk(text):
        raise UnreadableError("the bytes are no text in UTF-8, UTF-16 or GB 18030", "damaged")
    return text


def _decode(data: bytes) -> str:
    for bom, name in BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace")
    if (utf16 := _utf16_without_bom(data)) is not None:
        return data.decode(utf16, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return _decode_damaged(data)


def _decode_damaged(data: bytes) -> str:
    as_utf8 = data.decode("utf-8", "replace")
    beyond_ascii = len(as_utf8) - len(as_utf8.encode("ascii", "ignore"))
    if as_utf8.count("\ufffd") <= beyond_ascii * 0.05:
        return as_utf8
    # GB 18030 holds GBK, and GBK holds GB 2312; what is declared as one is often the other, or as some Latin encoding.
    declared = DECLARED.search(data[:HEAD])
    big5, gb18030 = data.decode("big5hkscs", "replace"), data.decode("gb18030", "replace")
    traditional = declared is not None and BIG5.fullmatch(declared.group(1)) is not None
    return big5 if traditional or _commonness(big5) > _commonness(gb18030) else gb18030


def _commonness(text: str) -> int:
    """How often the characters occur that every Chinese text is full of, in either script."""
    return sum(map(text[:_SAMPLE].count, _COMMON))


def _utf16_without_bom(data: bytes) -> str | None:
    """UTF-16 without a mark still shows in its ASCII parts (markup, figures): every second byte is zero."""
    head = data[: HEAD - HEAD % 2]
    if b"\x00" not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    # Some Chinese characters have a zero byte on the other side, 开 (U+5F00) for one.
    if odd > half * 0.1 and even < odd * 0.25:
        return "utf-16-le"
    if even > half * 0.1 and odd < even * 0.25:
        return "utf-16-be"
    return None


def _is_junk(text: str) -> bool:
    """Whether more than one character in fifty cannot be part of a text."""
    sample = text[:_SAMPLE]
    return len(CONTROL.findall(sample)) > len(sample) * 0.02
