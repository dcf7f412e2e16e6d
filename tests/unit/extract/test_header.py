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
        ["乌有市", "财政局", "2020年度", "政府信息公开工作年度报告"],
        ["乌有市财政局", "政府信息公开工作年度报告", "（2020年）"],
        ["2020年乌有市财政局政府信息公开年度报告"],
        ["首页 > 年报", "乌有市财政局关于2020年度政府信息公开年报"],
        ["当前位置：首页 > 政务公开 > 年报", "【字体：大 中 小】", "乌有市财政局2020年度政府信息公开工作年度报告"],
        ["乌有市财政局2020年度政务公开工作总结暨政府信息公开年度报告"],
        ["乌有市财政局", "2020年度", "政府信息公开工作年度报告", "子虚县教育局2021年政府信息公开工作年度报告"],
        ["乌有市财政局", "2020年度政府信息公开", "工作年度报告", "子虚县教育局2021年政府信息公开工作年度报告"],
        ["【年报】乌有市财政局2020年政府信息公开工作年度报告"],
        ["乌有市财政局2020年政府信息公开工作告年度报"],
        ["乌有市财政局2020年度政府信息公开工作年度"],
        ["乌有市财政局政府信息公开工作年度报告（2020年度）"],
        ["乌有市财政局政府信息公开工作2020年度报告"],
        ["乌有市财政局政府信息公开2020年年度报告"],
        ["乌有市财政局二〇二〇年政府信息公开工作年度报告"],
        ["乌有市财政局二零二零年度政府信息公开工作年度报告"],
        ["乌有市财政局2O20年政府信息公开工作年度报告"],
        ["乌有市财政局 2020 年 政 府 信 息 公 开 工 作 年 度 报 告"],
        ["关于印发乌有市财政局2020年政府信息公开工作年度报告的通知"],
        ["乌有市财政局关于公布2020年政府信息公开工作年度报告的公告"],
        ["乌有市财政局2020年度政府信息公开工作年度报告-乌有市人民政府"],
        ["乌有市财政局政府信息公开工作年度报告", PERIOD],
        ["2020年政府信息公开工作年度报告", "来源：乌有市财政局 发布时间：2021-01-20 浏览次数：88"],
        ["政府信息公开年报", "2020年政府信息公开工作年度报告", "由乌有市财政局办公室编制。" + PERIOD],
        ["依照《中华人民共和国政府信息公开条例》的规定，乌有市财政局编制了2020年度政府信息公开年度报告。" + PERIOD],
        ["现向社会公布乌有市财政局2020年度政府信息公开年度报告。" + PERIOD],
        ["一、总体情况", "2020年，我局认真贯彻。", PERIOD, "特此报告。", "乌有市财政局", "2021年1月20日"],
    ],
)
def test_a_report_names_its_agency_and_its_year(lines: list[str]) -> None:
    header = read_header(document(*lines))
    assert (header.agency, header.year) == ("乌有市财政局", 2020)


@pytest.mark.parametrize("before", ["", "名称", "标题：", "当前位置：首页 > 年报 > "])
def test_a_title_begins_with_the_agency(before: str) -> None:
    title = "乌有市财政局2020年政府信息公开工作年度报告"
    assert read_header(document(before + title)).title == title


@pytest.mark.parametrize(
    "agency",
    [
        "乌有市扶贫办",
        "子虚街道",
        "子虚镇",
        "乌有县",
        "乌有县人民政府",
        "乌有市第一中学",
        "乌有市人民医院",
        "乌有市自来水有限公司",
        "国家税务总局乌有市税务局",
        "乌有市公安局交警支队",
        "乌有市档案馆",
        "乌有市乡村振兴局(市扶贫办)",
        "中共乌有市委机构编制委员会办公室",
        "乌有经济技术开发区管理委员会",
        "乌有市子虚区人民政府子虚街道办事处",
    ],
)
def test_names_of_every_kind(agency: str) -> None:
    assert read_header(document(f"{agency}2020年政府信息公开工作年度报告")).agency == agency


def test_the_name_as_printed_keeps_its_blanks() -> None:
    header = read_header(document("乌有市 财政局2020年政府信息公开工作年度报告"))
    assert (header.agency, header.agency_printed) == ("乌有市财政局", "乌有市 财政局")


def test_lost_digits_and_marks_of_a_period() -> None:
    assert read_header(document("乌有市财政局政府信息公开年报", "统计期限自201711日至20171231日")).year == 2017


def test_the_day_of_publication_decides_between_title_and_period() -> None:
    lines = ("乌有市财政局2019年政府信息公开工作年度报告", PERIOD)
    assert read_header(document(*lines)).year == 2019
    header = read_header(document(*lines, "发布日期：2021-01-20"))
    assert (header.year, set(header.years)) == (2020, {2019, 2020})


CODE = "11341702486344515H"


@pytest.mark.parametrize(
    ("lines", "index", "code"),
    [
        ([f"索 引 号：{CODE}/202101-00013 主题分类：年报"], f"{CODE}/202101-00013", CODE),
        (["索引号：014314799/2024-00002"], "014314799/2024-00002", None),
        (["索引号", "014314799/2024-00002"], "014314799/2024-00002", None),
        ([f"统一社会信用代码：{CODE}"], None, CODE),
        ([f"统一社会信用代码：{CODE[:-1]}J"], None, None),
        (["索引号："], None, None),
    ],
)
def test_the_index_number_and_the_code_in_it(lines: list[str], index: str | None, code: str | None) -> None:
    header = read_header(document(*lines, "乌有市财政局2020年政府信息公开工作年度报告"))
    assert (header.index_number, header.uscc) == (index, code)


@pytest.mark.parametrize(
    ("prose", "scope"),
    [
        ("全县主动公开政府信息100条，各乡镇、各部门共收到申请3件。", "whole_area"),
        ("本机关主动公开政府信息10条，我办收到申请1件。", "own_organ"),
        ("扎实推进。", "unknown"),
    ],
)
def test_the_prose_says_for_whom_an_office_reports(prose: str, scope: str) -> None:
    assert read_header(document("乌有县人民政府办公室2020年政府信息公开工作年度报告", prose)).scope == scope


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


def test_an_agency_that_compiles_names_of_agencies() -> None:
    agency = "中共乌有市委机构编制委员会办公室"
    lines = ["2020年政府信息公开工作年度报告", PERIOD, agency, "2021年1月20日"]
    assert read_header(document(*lines)).agency == agency


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
        (["发布时间：20200121"], {}),
        (["日期：2020/1/21"], {}),
        (["发布日期", "2020.01.21"], {}),
        (["正文", "乌有市财政局", "二〇二〇年一月二十一日"], {}),
    ],
)
def test_the_day_of_publication(lines: list[str], properties: dict[str, str]) -> None:
    assert read_header(document(*lines, **properties)).published_on == "2020-01-21"


def test_an_impossible_day_is_no_day() -> None:
    assert read_header(document("发布日期:2020-13-45")).published_on is None


TITLE = "2020年政府信息公开工作年度报告"
OTHERS = ["子虚县审计局" + TITLE, "亡是镇人民政府2019年政府信息公开工作年度报告"]
PREAMBLE = "现向社会公布乌有市财政局" + TITLE + "。" + PERIOD


@pytest.mark.parametrize(
    "lines",
    [
        [*OTHERS, "乌有市财政局" + TITLE, PREAMBLE],
        [*OTHERS, "乌有市财政局", TITLE, PREAMBLE],
        ["乌有市财政局", TITLE, PREAMBLE, *OTHERS],
        ["•" + OTHERS[0], "乌有市人民政府门户网站", "乌有市财政局", TITLE, PREAMBLE],
        ["乌有市财", "政局" + TITLE, PREAMBLE],
        ["乌有市人民政府", "乌有市财政局", TITLE, "现向社", "会公布乌有市财政局" + TITLE + "。"],
    ],
)
def test_titles_of_other_reports_and_the_name_of_the_site_are_not_those_of_the_report(lines: list[str]) -> None:
    header = read_header(document(*lines))
    assert (header.agency, header.year) == ("乌有市财政局", 2020)


@pytest.mark.parametrize("name", ["XXX（单位名称）", "某某市财政局", "××局"])
def test_a_template_names_no_agency(name: str) -> None:
    assert read_header(document(name + TITLE, PERIOD)).agency is None


def test_a_report_of_the_organ_alone_is_one_of_the_agency() -> None:
    assert read_header(document("乌有市财政局（本级）" + TITLE, PERIOD)).agency == "乌有市财政局"


def test_the_date_of_the_line_above_is_no_part_of_a_name() -> None:
    title = "乌有市人民政府" + TITLE
    listed = [OTHERS[0] + "2021-01-20", title + "2021-01-22"]
    header = read_header(document(*listed, *listed, title, PERIOD))
    assert header.agency == "乌有市人民政府"


@pytest.mark.parametrize("times", [1, 2])
def test_of_several_titles_of_others_none_is_believed_while_the_preamble_names_the_author(times: int) -> None:
    header = read_header(document(*OTHERS * times, TITLE, "本报告由乌有市财政局编制。" + PERIOD))
    assert (header.agency, header.year, header.title) == ("乌有市财政局", 2020, TITLE)


@pytest.mark.parametrize(
    "title", ["乌有市人民政府-{}", "中国·乌有-{}", "{}_乌有市人民政府", "{} - 乌有市人民政府门户网站"]
)
def test_the_title_of_a_page_names_its_site_too(title: str) -> None:
    assert read_header(document("首页", title=title.format("乌有市财政局" + TITLE))).agency == "乌有市财政局"


def test_a_heading_goes_before_other_lines() -> None:
    blocks = [Paragraph(text, Where()) for text in OTHERS]
    heading = Paragraph("乌有市财政局" + TITLE, Where(), heading=True)
    assert read_header(Document("pdf.text", "application/pdf", (*blocks, heading))).agency == "乌有市财政局"


def test_a_year_of_the_first_decade_in_numerals() -> None:
    assert read_header(document("乌有市财政局二〇〇八年政府信息公开工作年度报告")).year == 2008
