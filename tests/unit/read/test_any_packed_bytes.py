"""Spoiled workbooks, archives, mails and web archives: a document, or an error that says why not."""

from __future__ import annotations

import gzip
import io
import zipfile
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read import Limits, documents_in, identify, is_container, readers_for
from tests.unit.read.packed import rar, seven_zip, zip_of
from tests.unit.read.samples import docx

LIMITS = Limits(expanded_bytes=5_000_000, archive_bytes=10_000_000)
PAGE = "<html><body><table><tr><td>甲</td><td>1</td></tr></table></body></html>".encode()
MAIL = (
    b"MIME-Version: 1.0\nContent-Type: multipart/%s; boundary=b\n\n--b\nContent-Type: text/html\n\n"
    + PAGE
    + b"\n--b--\n"
)
SPOILERS = [
    b"",
    b"<",
    b">",
    b'"',
    b"\x00",
    b"\xff\xfe",
    b"99999999999",
    b"-1",
    b"&#0;",
    b"<!--",
    b'<c r="XFD1048576"><v>1</v></c>',
    b"<w:tbl>",
    b"</w:p>",
    b"<w:tc>",
    b"\nContent-Type: multipart/mixed; boundary=c\n",
    b"{",
    b"[",
]


@cache
def whole(kind: str) -> bytes:
    import xlsxwriter
    import xlwt

    if kind == "xlsx":
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            book.add_worksheet().write_row(0, 0, ["甲", 1, 2.5])
        return buffer.getvalue()
    if kind == "xls":
        buffer = io.BytesIO()
        old = xlwt.Workbook()
        old.add_sheet("a").write(0, 0, "甲")
        old.save(buffer)
        return buffer.getvalue()
    members = {"a.txt": b"abc", "b.html": PAGE}
    return {
        "docx": docx("<w:p><w:r><w:t>甲</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc/></w:tr></w:tbl>"),
        "zip": zip_of({**members, "c.zip": zip_of(members)}),
        "7z": seven_zip(members),
        "rar": rar("b.html", PAGE),
        "gz": gzip.compress(PAGE),
        "mht": MAIL % b"related",
        "eml": MAIL % b"mixed",
        "json": b'{"data": [{"content": "<p>a</p>", "title": "b"}], "x": null}',
        "csv": 'a,b,c\n"甲\n乙",2,3\n'.encode() * 5,
    }[kind]


def spoil(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    spoiled = bytearray(data)
    for place, length, new in changes:
        begin = place % (len(spoiled) + 1)
        spoiled[begin : begin + length] = new
    return bytes(spoiled)


def spoil_part(package: bytes, number: int, changes: list[tuple[int, int, bytes]]) -> bytes:
    """The package, whole as a zip, with one of its parts spoiled."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(buffer, "w") as target:
        names = source.namelist()
        for name in names:
            content = source.read(name)
            target.writestr(name, spoil(content, changes) if name == names[number % len(names)] else content)
    return buffer.getvalue()


def take_in(data: bytes) -> None:
    try:
        kind = identify(data, "x")
        if is_container(kind):
            assert sum(len(member.data) for member in documents_in(data, kind, LIMITS)) <= LIMITS.archive_bytes
        for reader in readers_for(kind):
            if reader.name != "office.docx":
                assert reader(data, LIMITS).reader == reader.name
    except (UnreadableError, UnsupportedError):
        pass


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 1 << 16),
        st.sampled_from([0, 1, 4, 30]),
        st.one_of(st.sampled_from(SPOILERS), st.binary(min_size=1, max_size=4)),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "docx", "zip", "7z", "rar", "gz", "mht", "eml", "json", "csv"])
@given(changes=CHANGES)
@settings(max_examples=25, deadline=None)
def test_spoiled_bytes(kind: str, changes: list[tuple[int, int, bytes]]) -> None:
    take_in(spoil(whole(kind), changes))


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
@given(number=st.integers(0, 20), changes=CHANGES)
@settings(max_examples=40, deadline=None)
def test_spoiled_parts(kind: str, number: int, changes: list[tuple[int, int, bytes]]) -> None:
    take_in(spoil_part(whole(kind), number, changes))


@given(data=st.binary(max_size=300), magic=st.sampled_from([b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x00"]))
@settings(max_examples=40, deadline=None)
def test_any_bytes_behind_a_mark(data: bytes, magic: bytes) -> None:
    take_in(magic + data)
