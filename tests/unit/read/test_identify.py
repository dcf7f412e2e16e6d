from __future__ import annotations

import io
import zipfile

import pytest

from gongkai.errors import UnreadableError
from gongkai.read import Limits, identify, readers_for, unsupported_message
from gongkai.settings import Settings

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def zipped(*names: str, **content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name in names:
            package.writestr(name, "x")
        for name, text in content.items():
            package.writestr(name, text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"\n%PDF-1.7 ...", "x.doc", "application/pdf"),
        (b"<html><body>a</body></html>", "report.doc", "text/html"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- c --><html xmlns='x'>", "x", "text/html"),
        (b"<DIV class=a>b</DIV>", "x.txt", "text/html"),
        ("正文\n<table><tr><td>1</td></tr></table>".encode(), "x.txt", "text/html"),
        ("见 <http://a.cn>，a < b 的".encode(), "x.txt", "text/plain"),
        ("<关于公开>的报告".encode(), "x.html", "text/plain"),
        (b"# a\n", "x.txt", "text/markdown"),
        (b"a\n", "x.MD", "text/markdown"),
        (b"<?xml version='1.0'?><report/>", "x.xml", "application/xml"),
        (b'{"content": "<p>a</p>"}', "x", "application/json"),
        (b"MIME-Version: 1.0\n\n<html><body>a</body></html>", "x.doc", "multipart/related"),
        (
            zipped("[Content_Types].xml", "xl/workbook.xml"),
            "x.docx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (zipped("OFD.xml"), "x.ofd", "application/ofd"),
        (
            zipped(mimetype="application/vnd.oasis.opendocument.text"),
            "x.docx",
            "application/vnd.oasis.opendocument.text",
        ),
        (zipped("a.pdf"), "x.zip", "application/zip"),
        (OLE + "WordDocument".encode("utf-16-le"), "x.doc", "application/msword"),
        (OLE + "WordDocument".encode("utf-16-le"), "x.WPS", "application/vnd.ms-works"),
        (OLE + "Workbook".encode("utf-16-le"), "x.doc", "application/vnd.ms-excel"),
        (OLE, "x.doc", "application/x-ole-storage"),
        (b"{\\rtf1 a}", "x.doc", "application/rtf"),
        (b"\x89PNG\r\n\x1a\n\x00", "x.pdf", "image/png"),
        (b"\xff\xd8\xff\xe0", "x.jpg", "image/jpeg"),
    ],
)
def test_content_goes_before_the_name(data: bytes, name: str, expected: str) -> None:
    assert identify(data, name) == expected


@pytest.mark.parametrize("data", [b"", b"  \r\n\t", b"\x00\x00"])
def test_an_empty_file_is_named(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="empty"):
        identify(data, "x.pdf")


def test_junk_is_named() -> None:
    with pytest.raises(UnreadableError, match="neither text"):
        identify(bytes(range(256)) * 50, "x.pdf")


def test_readers_are_ordered_by_cost() -> None:
    assert [reader.name for reader in readers_for("application/pdf")] == ["pdf.text", "pdf.tables", "scan.ocr"]
    assert [reader.name for reader in readers_for("text/html")] == ["html"]
    assert readers_for("application/x-ole-storage") == ()


@pytest.mark.parametrize(
    ("media_type", "says"),
    [
        ("application/x-ole-storage", ".docx"),
        ("application/x-unheard-of", "convert"),
    ],
)
def test_what_cannot_be_read_comes_with_advice(media_type: str, says: str) -> None:
    assert says in unsupported_message(media_type)


def test_limits_come_from_the_settings() -> None:
    limits = Limits.from_settings(Settings(page_limit=7, file_size_limit=1234))
    assert (limits.pages, limits.expanded_bytes) == (7, 1234)
