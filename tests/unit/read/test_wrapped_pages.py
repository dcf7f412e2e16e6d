"""Pages inside something else: web archives and JSON."""

from __future__ import annotations

import json
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from gongkai.errors import UnreadableError
from gongkai.read import Limits, identify
from gongkai.read.identify import JSON, MHTML
from tests.unit.read.samples import grids, read_with, rows, texts

TABLE = "<table><tr><td>规章</td><td>3</td></tr><tr><td>甲</td><td>4</td></tr></table>"
PAGE = f"<html><head><title>年度报告</title></head><body><p>正文</p>{TABLE}</body></html>"


def mht(*parts: MIMEText, kind: str = "related") -> bytes:
    whole = MIMEMultipart(kind)
    whole["From"], whole["Subject"] = "<Saved by a browser>", "年报"
    for part in parts:
        whole.attach(part)
    return whole.as_bytes()


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gb18030"])
def test_a_web_archive(charset: str) -> None:
    frame = MIMEText("<html><body>广告</body></html>", "html", charset)
    data = mht(frame, MIMEText(PAGE, "html", charset), MIMEText("p {}", "css"))
    assert identify(data, "x.doc") == MHTML
    document = read_with(data)
    assert (document.reader, document.media_type, document.title) == ("mht", MHTML, "年度报告")
    assert texts(document) == ["正文"]
    assert rows(grids(document)[0]) == [["规章", "3"], ["甲", "4"]]


def test_a_web_archive_of_one_part_in_quoted_printable() -> None:
    import quopri

    head = b"MIME-Version: 1.0\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    data = head + quopri.encodestring(PAGE.encode("gbk"))
    assert identify(data, "x.html") == MHTML
    assert rows(grids(read_with(data))[0])[0] == ["规章", "3"]


def test_a_web_archive_without_a_page_is_named() -> None:
    with pytest.raises(UnreadableError, match="no page"):
        read_with(mht(MIMEText("p {}", "css")))


def test_parts_without_end_are_bounded() -> None:
    head = "MIME-Version: 1.0\n"
    data = head + "".join(f'Content-Type: multipart/related; boundary="{n}"\n\n--{n}\n' for n in range(3_000))
    with pytest.raises(UnreadableError, match=r"damaged|no page"):
        read_with(data.encode())


@pytest.mark.parametrize(
    "around",
    [
        lambda page: {"code": 0, "data": {"title": "题", "publishTime": "2020-01-20", "content": page, "author": "x"}},
        lambda page: [{"title": "题", "publishTime": "2020-01-20", "deep": [[page]], "summary": "<p>短</p>"}],
    ],
)
@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize("called", ["", "jQuery123_4.show"])
def test_a_page_in_json(around: object, escaped: bool, called: str) -> None:
    from html import escape

    page = f"<p>正文</p>{TABLE}"
    text = json.dumps(around(escape(page) if escaped else page), ensure_ascii=escaped)  # type: ignore[operator]
    data = (f"{called}({text});" if called else text).encode()
    assert identify(data, "x.html") == JSON
    document = read_with(data)
    assert (document.reader, document.media_type, document.title) == ("json", JSON, "题")
    assert document.properties["publishtime"] == "2020-01-20"
    assert texts(document) == ["正文"]
    assert rows(grids(document)[0])[0] == ["规章", "3"]


def test_text_in_json() -> None:
    assert texts(read_with(json.dumps({"name": "a", "body": "一行\n二行"}).encode())) == ["一行", "二行"]
    assert read_with(b'{"a": 1}').blocks == ()


def test_json_is_bounded() -> None:
    with pytest.raises(UnreadableError, match="deep"):
        read_with(('{"a":' * 100_000 + "1" + "}" * 100_000).encode())
    with pytest.raises(UnreadableError, match="elements"):
        read_with(('{"a":[' + "[]," * 700_000 + "1]}").encode(), limits=Limits())
    with pytest.raises(UnreadableError, match="damaged"):
        read_with(b'{"a": <p> }')
