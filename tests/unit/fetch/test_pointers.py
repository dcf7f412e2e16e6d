"""What pages that only point to the report point to."""

from __future__ import annotations

import pytest

from gongkai.fetch.pointers import pointed_to

URL = "https://www.example.gov.cn/nb/index.html"
FRAMES = "<iframe src='2023.html'></iframe><iframe src='https://count.example.com/c.html'></iframe>"
GRID = f"<table>{'<tr><td>1<td>2<td>3<td>4' * 12}</table>"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<p>年报见附件</p><a href='a.pdf'>附件</a>", ("a.pdf",)),
        ("<p>年报</p><button onclick=\"window.open('a.pdf')\">下载</button>", ("a.pdf",)),
        (f"<p>年报</p>{FRAMES}", ("2023.html",)),
        ("<frameset><frame src='menu.htm'><frame src='/nb/2023.htm'></frameset>", ("menu.htm", "2023.htm")),
        (f"<a href='a.pdf'>附件</a>{FRAMES}", ("a.pdf",)),  # a report in a frame would be no attachment
        (f"<p>{'我局全年主动公开政府信息。' * 30}</p>{FRAMES}", ()),  # a short report of the years without tables
        (GRID + FRAMES, ()),
        ("<p>年报</p>", ()),
    ],
)
def test_a_page_without_a_report_points_to_its_attachments_or_frames(body: str, wanted: tuple[str, ...]) -> None:
    markup = f"<html><head><meta charset=utf-8><title>年报</title></head>{body}</html>"
    assert pointed_to(markup.encode(), URL) == tuple(f"https://www.example.gov.cn/nb/{name}" for name in wanted)
