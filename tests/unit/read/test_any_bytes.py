"""Whatever the bytes are: a document, or an error that says why not. Nothing else, and never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read import Document, Limits, Reader, identify, readers_for
from tests.unit.read.samples import docx, pdf_table
from tests.unit.read.test_ofd import cells, grid_lines, ofd

EVERY_READER = [
    reader
    for kind in (
        "text/html",
        "text/plain",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )
    for reader in readers_for(kind)
]
MARKUP = st.lists(
    st.sampled_from(
        [
            "<table>",
            "</table>",
            "<tr>",
            "<td colspan=3>",
            "</td>",
            "<td rowspan=70000>",
            "<p>",
            "<p hidden>",
            "</p>",
            "<br>",
            "甲",
            "0",
            "&nbsp;",
            "<caption>",
            "<b>",
            "<h1>",
            "<pre>",
            "\n",
            "<title>",
            "<meta name=a content=b>",
            "<a href=x.pdf>",
        ]
    ),
    max_size=60,
).map("".join)
LINES = st.lists(
    st.sampled_from(
        ["\t", "|", "\n", "甲", "0", "#", " ", "**", "---", "\\", "[", "](x)", "<br>", "\r", "\x0c", "一、"]
    ),
    max_size=60,
).map("".join)
OFD = ofd(grid_lines() + cells())
PDF = pdf_table([["甲", "1"], ["乙", "2"]])
DOCX = docx("<w:p><w:r><w:t>甲</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>")


def outcome(reader: Reader, data: bytes) -> Document | None:
    try:
        document = reader(data, Limits(pages=20, expanded_bytes=5_000_000))
    except (UnreadableError, UnsupportedError):
        return None
    assert document.reader == reader.name
    return document


def spoiled(whole: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with some replaced, and perhaps cut."""

    def spoil(changes: list[tuple[int, int]], cut: int) -> bytes:
        data = bytearray(whole)
        for place, value in changes:
            data[place % len(data)] = value
        return bytes(data[: len(data) - cut])

    return st.builds(
        spoil,
        st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=12),
        st.sampled_from([0, 0, 0, 1, 40, 700]),
    )


@pytest.mark.parametrize("reader", EVERY_READER, ids=lambda reader: reader.name)
@given(data=st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_for_any_reader(reader: Reader, data: bytes) -> None:
    outcome(reader, data)


@given(data=st.one_of(st.binary(max_size=300), MARKUP.map(str.encode), LINES.map(lambda text: text.encode("gb18030"))))
@settings(max_examples=150, deadline=None)
def test_any_bytes_by_their_kind(data: bytes) -> None:
    try:
        kind = identify(data, "x")
    except UnreadableError:
        return
    for reader in readers_for(kind):
        outcome(reader, data)


@given(text=MARKUP)
@settings(max_examples=150, deadline=None)
def test_any_markup_is_read(text: str) -> None:
    assert outcome(readers_for("text/html")[0], text.encode()) is not None


@given(text=LINES)
@settings(max_examples=150, deadline=None)
def test_any_lines_are_read_and_no_word_is_lost(text: str) -> None:
    document = outcome(readers_for("text/plain")[0], text.encode())
    assert document is not None
    found = "".join(getattr(block, "text", "") for block in document.blocks)
    assert found.count("甲") == text.count("甲")


@pytest.mark.parametrize("reader", readers_for("application/pdf"), ids=lambda reader: reader.name)
@given(data=spoiled(PDF))
@settings(max_examples=40, deadline=None)
def test_spoiled_pdf(reader: Reader, data: bytes) -> None:
    outcome(reader, data)


@given(data=spoiled(DOCX))
@settings(max_examples=80, deadline=None)
def test_spoiled_docx(data: bytes) -> None:
    outcome(EVERY_READER[-1], data)


@given(data=spoiled(OFD))
@settings(max_examples=60, deadline=None)
def test_spoiled_ofd(data: bytes) -> None:
    outcome(readers_for("application/ofd")[0], data)
