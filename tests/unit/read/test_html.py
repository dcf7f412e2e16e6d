from __future__ import annotations

from collections.abc import Callable

import pytest

from gongkai.errors import UnreadableError
from gongkai.read import Grid, Limits, Paragraph, identify
from tests.unit.read.samples import grids, paragraphs, read_with, rows, texts


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def test_spans_place_cells_at_their_columns() -> None:
    document = read_with(
        page(
            "<table><tr><td rowspan=2>甲</td><td colspan=2>乙</td></tr><tr><td>1</td><td>2</td></tr>"
            "<tr><td>丙</td><td></td><td>&nbsp;3&nbsp;</td></tr></table>"
        )
    )
    (grid,) = grids(document)
    assert [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in grid.cells] == [
        (0, 0, 2, 1, "甲"),
        (0, 1, 1, 2, "乙"),
        (1, 1, 1, 1, "1"),
        (1, 2, 1, 1, "2"),
        (2, 0, 1, 1, "丙"),
        (2, 1, 1, 1, ""),
        (2, 2, 1, 1, "3"),
    ]
    assert (grid.cells[3].where.table, grid.cells[3].where.row, grid.cells[3].where.column) == (1, 1, 2)


def test_a_rowspan_ends_with_the_table() -> None:
    (grid,) = grids(
        read_with(page("<table><tr><td rowspan=0>a</td><td>b</td></tr><tr><td rowspan=9>c</td></tr></table>"))
    )
    assert [(c.text, c.rowspan) for c in grid.cells] == [("a", 2), ("b", 1), ("c", 1)]


def test_blocks_and_line_breaks_become_paragraphs_in_order() -> None:
    document = read_with(page("<h2>标题</h2>一<b>二</b><br>三<p>四<span>五</span></p><ul><li>六<li>七</ul>"))
    assert [(p.text, p.heading) for p in paragraphs(document)] == [
        ("标题", True),
        ("一二", False),
        ("三", False),
        ("四五", False),
        ("六", False),
        ("七", False),
    ]


def test_preformatted_lines_are_paragraphs() -> None:
    assert texts(read_with(page("<pre>一  0\n二 1\n</pre>"))) == ["一 0", "二 1"]


def test_digits_split_over_inline_elements_are_one_figure() -> None:
    (grid,) = grids(read_with(page("<table><tr><td>a<td><p><span>2</span><font>0</font></p></table>")))
    assert grid.cells[1].text == "20"


@pytest.mark.parametrize(
    "hidden",
    [
        "<p style='color:red; DISPLAY : none'>x</p>",
        "<div hidden><p>x</p></div>",
        "<!-- x -->",
        "<script>x</script>",
        "<style>x</style>",
        "<template>x</template>",
        "<noscript>x</noscript>",
        "<select><option>x</select>",
    ],
)
def test_what_is_not_seen_is_not_read(hidden: str) -> None:
    assert texts(read_with(page(f"<p>前</p>{hidden}<p>后</p>"))) == ["前", "后"]


def test_hidden_cells_and_rows_take_no_place() -> None:
    document = read_with(
        page(
            "<table><tr style='display:none'><td>x<td>y</tr><tr><td hidden>x</td><td>甲<td>1</tr>"
            "<tr><td>乙<td>2</table>"
        )
    )
    assert rows(grids(document)[0]) == [["甲", "1"], ["乙", "2"]]


def test_a_layout_table_gives_way_to_the_article_and_its_tables() -> None:
    inner = "<table>" + "<tr><td>行政许可<td>5</tr>" * 3 + "</table>"
    document = read_with(page(f"<table><tr><td><p>一、总体情况</p><p>正文</p>{inner}<p>完</p></td></tr></table>"))
    kinds = [block.text if isinstance(block, Paragraph) else "GRID" for block in document.blocks]
    assert kinds == ["一、总体情况", "正文", "GRID", "完"]
    assert grids(document)[0].where.table == 2


def test_rows_around_an_article_stay_a_table() -> None:
    article = "".join(f"<p>第{n}段{'文' * 60}</p>" for n in range(40))
    document = read_with(page(f"<table><tr><td>索引号<td>001</tr><tr><td colspan=2>{article}</td></tr></table>"))
    assert rows(grids(document)[0]) == [["索引号", "001"]]
    assert len(texts(document)) == 40


def test_a_table_within_a_data_table_is_a_grid_of_its_own() -> None:
    inner = "<table><tr><td>甲<td>1<tr><td>乙<td>2</table>"
    outer = "".join(f"<tr><td>较长的标签第{n}行<td>{n}</tr>" for n in range(5))
    document = read_with(page(f"<table>{outer}<tr><td>附<td>9{inner}</tr></table>"))
    first, second = grids(document)
    assert rows(first)[-1] == ["附", "9"]
    assert rows(second) == [["甲", "1"], ["乙", "2"]]


def test_a_frame_around_a_figure_is_part_of_the_cell() -> None:
    document = read_with(page("<table><tr><td>行政处罚<td><table><tr><td>12</table></tr><tr><td>行政强制<td>3</table>"))
    assert rows(grids(document)[0]) == [["行政处罚", "12"], ["行政强制", "3"]]


def test_facts_and_attachments_are_kept() -> None:
    document = read_with(
        page(
            "<ucaptitle>某局2023年报告</ucaptitle><publishtime>2024-01-17</publishtime>"
            "<a href='/a/年报.docx'>一</a><a href='down.jsp?f=b.PDF&x=1'>二</a><a href='/index.html'>三</a>"
            "<a href='javascript:open(\"c.pdf\")'>四</a><a href='/a/年报.docx'>五</a><iframe src='d.ofd'></iframe>",
            "<title> 年报 </title><meta name=PubDate content='2024-01-31'><meta name='ContentSource' content=' 某局 '>",
        )
    )
    assert document.title == "年报"
    assert document.properties == {
        "pubdate": "2024-01-31",
        "contentsource": "某局",
        "publishtime": "2024-01-17",
        "ucaptitle": "某局2023年报告",
    }
    assert document.links == ("/a/年报.docx", "down.jsp?f=b.PDF&x=1", "d.ofd")


@pytest.mark.parametrize(
    ("markup", "elsewhere"),
    [
        (
            "<frameset cols='20%,*'><frame src='menu.htm'><frame src='bao gao.htm'></frameset>",
            ("menu.htm", "bao gao.htm"),
        ),
        ("<body><iframe src='/nb/2023.html'></iframe><iframe src='about:blank'></iframe></body>", ("/nb/2023.html",)),
        ("<head><meta http-equiv=refresh content='0; URL=\"/nb/2023.htm\"'></head>", ("/nb/2023.htm",)),
        ("<body><iframe src='viewer.html?file=a.pdf'></iframe><iframe></iframe></body>", ()),
        ("<head><meta http-equiv=refresh content='30'><meta name=keywords content='公开'></head>", ()),
        ("<script> window.location.href = '/nb/2023.htm'; </script>", ("/nb/2023.htm",)),
        ("<script>window.open('/nb/2023.htm', '_self')</script>", ("/nb/2023.htm",)),
        ('<script>location.replace("/nb/2023.htm")</script>', ("/nb/2023.htm",)),
        ("<script>function go() { location.href = '/search.htm'; }</script>", ()),
        ("<script>if (mobile) location = '/m/'; else location = '/pc/';</script>", ()),
        ("<script>location.href = '/nb/' + year + '.htm'</script>", ()),
        ("".join(f"<iframe src='{n}.html'></iframe>" for n in range(99)), tuple(f"{n}.html" for n in range(8))),
    ],
)
def test_pages_in_frames_and_those_sent_on_to_are_kept(markup: str, elsewhere: tuple[str, ...]) -> None:
    assert read_with(f"<html>{markup}</html>".encode()).elsewhere == elsewhere


@pytest.mark.parametrize(
    ("markup", "links"),
    [
        ("<a href='#' onclick=\"window.open('/a/年报.docx')\">下载</a>", ("/a/年报.docx",)),
        ("<a href=\"javascript:window.open('a.pdf','_blank');void(0)\">下载</a>", ("a.pdf",)),
        ("<button onclick='location.href=\"a.wps\"'>下载</button>", ("a.wps",)),
        ("<input type=button value=下载 onclick=\"window.location.assign('a.ofd')\">", ("a.ofd",)),
        ("<object data='a.pdf'><embed src='a.pdf'></object><embed src='b.pdf'>", ("a.pdf", "b.pdf")),
        ("<script>window.location='down.jsp?f=a.pdf'</script>", ("down.jsp?f=a.pdf",)),
        ("<a href='b.pdf' onclick=\"window.open('b.pdf?seen=1')\">下载</a>", ("b.pdf",)),
        ("<a href='#' onclick=\"window.open('/a/' + name + '.pdf')\">下载</a>", ()),
        ("<a href='#' onclick=\"if (location.href == 'a.pdf') stop()\">下载</a>", ()),
        ("<a href='#' onclick=\"window.open('/index.html')\">首页</a>", ()),
    ],
)
def test_attachments_that_a_script_opens_are_links(markup: str, links: tuple[str, ...]) -> None:
    assert read_with(f"<html><body><p>年报见附件</p>{markup}</body></html>".encode()).links == links


TEXT = "政府信息公开工作年度报告：予以公开26件"


@pytest.mark.parametrize(
    ("encoding", "declared", "bom"),
    [
        ("utf-8", "utf-8", b""),
        ("utf-8", "gb2312", b""),
        ("utf-8", None, b"\xef\xbb\xbf"),
        ("gb18030", "gb2312", b""),
        ("gb18030", "utf-8", b""),
        ("gb18030", "no-such-encoding", b""),
        ("gb18030", None, b""),
        ("big5", "big5", b""),
        ("big5", None, b""),
        ("utf-16-le", None, b"\xff\xfe"),
        ("utf-16-be", None, b"\xfe\xff"),
        ("utf-16-le", None, b""),
    ],
)
def test_encodings_are_recognised_whatever_is_declared(encoding: str, declared: str | None, bom: bytes) -> None:
    text = "政府資訊公開年度報告" * 5 if encoding == "big5" else TEXT
    head = f'<meta charset="{declared}">' if declared else ""
    data = bom + f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(encoding)
    assert identify(data, "x.doc") == "text/html"
    assert texts(read_with(data)) == [text]


def test_what_is_hidden_still_states_facts_and_leads_to_attachments() -> None:
    document = read_with(
        page("<publishtime style='display:none'>2024-01-17</publishtime><a hidden href='b.pdf'>x<b>x</b></a><p>后</p>")
    )
    assert (texts(document), document.properties["publishtime"]) == (["后"], "2024-01-17")
    assert document.links == ("b.pdf",)


def test_one_broken_byte_does_not_turn_utf8_into_gbk() -> None:
    data = page(f"<p>{TEXT * 20}</p>").replace("工".encode(), b"\xe5\xb7", 1)
    assert TEXT in texts(read_with(data))[0]


def test_hundreds_of_unclosed_elements_lose_nothing() -> None:
    document = read_with(page("<font>甲" * 600 + "<p>尾</p>"))
    assert "".join(texts(document)) == "甲" * 600 + "尾"


@pytest.mark.parametrize("tag", ["<div>", "<table><tr><td>", "<b><i>"])
def test_absurd_nesting_is_refused(tag: str) -> None:
    with pytest.raises(UnreadableError, match="deep"):
        read_with(page(tag * 50_000))


@pytest.mark.parametrize("span", ["1000000000", "-3", "0", "x", "2.5", "٣", "1e9"])
def test_odd_spans_are_bounded(span: str) -> None:
    data = page(f"<table><tr><td colspan={span} rowspan={span}>a</td><td>b</td></tr><tr><td>c</td></tr></table>")
    (grid,) = grids(read_with(data))
    assert sum(cell.colspan for cell in grid.cells) <= 1_003
    assert [cell.text for cell in grid.cells] == ["a", "b", "c"]


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(UnreadableError, match="cells"):
        read_with(page("<table>" + "<tr><td colspan=1000>a<td>b" * 900 + "</table>"), limits=Limits(table_cells=10_000))
    with pytest.raises(UnreadableError, match="paragraphs"):
        read_with(page("<p>a" * 500), limits=Limits(blocks=400))
    with pytest.raises(UnreadableError, match="limit of 100 bytes"):
        read_with(page("<p>a" * 500), limits=Limits(expanded_bytes=100))


def test_entities_are_not_fetched() -> None:
    data = b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>a&x;b</p></body></html>'
    assert "root:" not in "".join(texts(read_with(data)))


def test_the_real_page(shared_report: Callable[[str], bytes]) -> None:
    document = read_with(shared_report("shuyang"))
    box, proactive, applications, disputes = grids(document)
    assert rows(box)[2] == ["发布机构", "沭阳县发展和改革局", "公开日期", "2024-01-17"]
    assert rows(proactive)[3] == ["规范性文件", "8", "0", "18"]
    figures = [row[-7:] for row in rows(applications) if row[-1].isdigit()]
    assert len(figures) == 25
    assert [row[0] for row in figures] == ["26", "0", "26"] + ["0"] * 20 + ["26", "0"]
    assert all(row[1:6] == [""] * 5 and row[0] == row[6] for row in figures)
    assert rows(disputes)[-1] == ["0", "0", "0", "1", "1"] + ["0"] * 10
    assert document.properties["publishtime"] == "2024-01-17"
    assert isinstance(document.blocks[-3], Paragraph)
    assert not any(isinstance(block, Grid) for block in document.blocks[-3:])
