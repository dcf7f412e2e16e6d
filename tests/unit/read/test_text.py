from __future__ import annotations

from collections.abc import Callable

import pytest

from gongkai.errors import UnreadableError
from gongkai.read import Document, Limits, identify
from tests.unit.read.samples import paragraphs, read_with, texts


def read(text: str, name: str = "x.txt") -> Document:
    return read_with(text.encode(), name=name)


def test_tab_cells_keep_empty_ones_and_join_broken_labels() -> None:
    document = read("二、主动公开\n\t信息内容\n\t本年新\n制作数量\n\n\t规章\n\t  0\u00a0\n\t\n\t2\n\n\n三、收到\n")
    assert [(p.text, p.fields, p.where.line) for p in paragraphs(document)] == [
        ("二、主动公开", (), 1),
        ("信息内容", ("信息内容",), 2),
        ("本年新制作数量", ("本年新制作数量",), 3),
        ("规章", ("规章",), 6),
        ("0", ("0",), 7),
        ("", ("",), 8),
        ("2", ("2",), 9),
        ("三、收到", (), 12),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\t0\n五、存在的主要问题\n\n后",  # after a figure
        "\t法律服务机构\n四、政府信息公开\n\n后",  # a section
        "\t其他\n这一行很长，是正文而不是标签的第二行，所以不能并入上面的格子\n\n后",
        "\t其他\n正文\n再一行正文",
    ],
)
def test_what_may_be_running_text_is_not_joined(text: str) -> None:
    cell, line = texts(read(text))[:2]
    assert [cell, line] == [part.strip() for part in text.split("\n")[:2]]


def test_rows_of_tabs_keep_their_empty_fields() -> None:
    document = read("行政许可\t0\t0\t\n\t\t总计\t\n---\t---\t---\t---\n:---\t---:\t:-:-\t---\n")
    rows = paragraphs(document)
    assert [p.fields for p in rows] == [
        ("行政许可", "0", "0", ""),
        ("", "", "总计", ""),
        (":---", "---:", ":-:-", "---"),
    ]
    assert all(p.row_like for p in rows)
    assert rows[0].text == "行政许可 0 0"


def test_rows_of_bars() -> None:
    document = read("# 年报\n| 规章 | **0** |  | a\\|b |\n|---|:---:|---|---|\n甲 | 1 | 2\n")
    assert [(p.text, p.fields, p.row_like) for p in paragraphs(document)] == [
        ("年报", (), False),
        ("规章 0 a|b", ("规章", "0", "", "a|b"), True),
        ("甲 1 2", ("甲", "1", "2"), True),
    ]


def test_a_bar_alone_parts_cells() -> None:
    document = read("规章\n|\n0\n|\n|\n2019年新\n制作数量\n|\n")
    assert [(p.text, p.where.line) for p in paragraphs(document)] == [
        ("规章", 1),
        ("0", 3),
        ("", 5),
        ("2019年新", 6),
        ("制作数量", 7),
    ]


def test_a_bar_begins_a_cell() -> None:
    document = read("二、主动公开\n|信息内容\n|本年新\n制作数量\n|规章\n|0\n|\n|2\n三、收到\n")
    assert [(p.text, p.fields, p.where.line) for p in paragraphs(document)] == [
        ("二、主动公开", (), 1),
        ("信息内容", ("信息内容",), 2),
        ("本年新制作数量", ("本年新制作数量",), 3),
        ("规章", ("规章",), 5),
        ("0", ("0",), 6),
        ("", ("",), 7),
        ("2", ("2",), 8),
        ("三、收到", (), 9),
    ]


def test_marks_of_markdown_are_not_text() -> None:
    document = read(
        "## 2020 年度报告\n\n**（一）加强。**见<http://www.example.cn/>，[公告](http://a.cn/b)\n\n"
        "1\\. 属于<br>国家秘密\n\n"
        "---\n"
    )
    assert [(p.text, p.heading) for p in paragraphs(document)] == [
        ("2020 年度报告", True),
        ("（一）加强。见http://www.example.cn/，公告", False),
        ("1. 属于 国家秘密", False),
    ]
    assert document.media_type == "text/markdown"


def test_marks_stay_in_plain_text() -> None:
    assert texts(read("3*4=12 __x__ #5\n")) == ["3*4=12 __x__ #5"]


def test_artefacts_are_dropped() -> None:
    assert texts(read("[bookmark: _GoBack]（三）\u200b加强\ufeff\n")) == ["（三）加强"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_line_ends(end: str) -> None:
    assert texts(read(f"甲{end}{end}乙{end}")) == ["甲", "乙"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    data = "政府信息公开工作年度报告\n\t0\n".encode(encoding)
    assert identify(data, "x.txt") == "text/plain"
    assert texts(read_with(data)) == ["政府信息公开工作年度报告", "0"]


def test_too_many_lines_are_refused() -> None:
    with pytest.raises(UnreadableError, match="paragraphs"):
        read_with(b"a\n" * 500, limits=Limits(blocks=400))


@pytest.mark.parametrize(
    ("report", "figures"),
    [
        ("000", "1 4662039元"),
        ("001", "5432 1418 6850 18950 3320 22270 75 11 86 25 7 32"),
        ("003", "12 225940元"),
    ],
)
def test_real_reports_keep_their_figures_in_order(
    shared_report: Callable[[str], bytes], report: str, figures: str
) -> None:
    found = " ".join(text for text in texts(read_with(shared_report(report))) if text and text[0].isdigit())
    assert figures in found


def test_the_real_table_of_tabs(shared_report: Callable[[str], bytes]) -> None:
    document = read_with(shared_report("002"))
    table = [p.fields for p in paragraphs(document) if p.row_like]
    assert ("政府集中采购", "20", "13329640 元", "") in table
    assert ("", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", *"000000") in table
    assert ("", "四、结转下年度继续办理", "", *"0000000") in table
    assert tuple("000440000000000") in table
    assert not any(field.startswith("---") for row in table for field in row)
    assert [p.text for p in paragraphs(document) if p.heading][:2] == [
        "温州市政务服务中心",
        "2020 年度政府信息公开工作年度报告",
    ]


def test_the_real_report_of_bars(shared_report: Callable[[str], bytes]) -> None:
    found = texts(read_with(shared_report("004")))
    assert "|" not in found
    assert found[found.index("政府集中采购") :][:3] == ["政府集中采购", "0", "0"]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("规章    0    1,234   2 件", ("规章", "0", "1,234", "2 件")),
        ("\u3000 行政许可\u3000\u300018（其中变更2件）  3", ("行政许可", "18（其中变更2件）", "3")),
        ("信息内容    本年制发件数    现行有效件数", ("信息内容", "本年制发件数", "现行有效件数")),
        ("行政处罚    无", ("行政处罚", "无")),
        ("政府集中采购  47  123万元", ("政府集中采购", "47", "123万元")),
        ("一、  总体情况", ()),
        ("    全年收到申请 3 件，均已办结。", ()),
    ],
)
def test_wide_gaps_part_the_fields_of_a_row(line: str, fields: tuple[str, ...]) -> None:
    (paragraph,) = paragraphs(read(f"{line}\n"))
    assert (paragraph.fields, paragraph.row_like) == (fields, False)
