from __future__ import annotations

import pytest

from gongkai.extract.header import read_header
from gongkai.read.document import Document, Paragraph, Where

PERIOD = "本报告所列数据的统计期限自2020年1月1日起至2020年12月31日止。"


def document(*lines: str, title: str | None = None, **properties: str) -> Document:
    blocks = tuple(Paragraph(text, Where(line=n)) for n, text in enumerate(lines, start=1))
    return Document("text", "text/plain", blocks, title, properties)


@pytest.mark.parametrize(
    "lines",
    [
        ["乌有市财政局2020年政府信息公开工作年度报告"],
        ["乌有市财政局", "2020 年度政府信息公开工作年度报告"],
        ["乌有市财政局", "2020年度", "政府信息公开工作年度报告"],
        ["2020年乌有市财政局政府信息公开年度报告"],
        ["首页 > 年报", "乌有市财政局关于2020年度政府信息公开年报"],
        ["乌有市财政局2020年政府信息公开工作告年度报"],
    ],
)
def test_a_title_names_the_agency_and_the_year(lines: list[str]) -> None:
    header = read_header(document(*lines))
    assert (header.agency, header.year) == ("乌有市财政局", 2020)


@pytest.mark.parametrize(
    "preamble",
    [
        "如有疑问,请与乌有市大数据局办公室联系(电话:000)。",
        "由乌有市大数据局办公室编制完成本报告。",
    ],
)
def test_without_a_title_the_preamble_names_them(preamble: str) -> None:
    header = read_header(document(preamble + PERIOD))
    assert (header.agency, header.year, header.title) == ("乌有市大数据局", 2020, None)


def test_what_the_caller_knows_wins() -> None:
    header = read_header(document("乌有市财政局2020年政府信息公开工作年度报告"), year=2021, agency="子虚局")
    assert (header.agency, header.year) == ("子虚局", 2021)


def test_two_years_are_both_kept_and_the_more_frequent_is_taken() -> None:
    header = read_header(document("乌有市财政局2019年政府信息公开工作年度报告", PERIOD, PERIOD))
    assert (header.year, set(header.years)) == (2020, {2019, 2020})


@pytest.mark.parametrize(
    ("agency", "scope"),
    [
        ("乌有市人民政府", "whole_area"),
        ("子虚镇人民政府", "own_organ"),
        ("子虚街道办事处", "own_organ"),
        ("乌有市人民政府办公室", "unknown"),
        ("乌有市财政局", "own_organ"),
    ],
)
def test_the_name_tells_the_scope(agency: str, scope: str) -> None:
    assert read_header(document(f"{agency}2020年政府信息公开工作年度报告")).scope == scope


@pytest.mark.parametrize(
    ("lines", "properties"),
    [
        (["发布日期: 2020- 01- 21 16: 37 浏览次数:"], {}),
        (["公开日期2020-01-21"], {}),
        (["发布时间：2020年1月21日"], {}),
        ([], {"pubdate": "2020-01-21 08:00"}),
    ],
)
def test_the_day_of_publication(lines: list[str], properties: dict[str, str]) -> None:
    assert read_header(document(*lines, **properties)).published_on == "2020-01-21"


def test_an_impossible_day_is_no_day() -> None:
    assert read_header(document("发布日期:2020-13-45")).published_on is None
