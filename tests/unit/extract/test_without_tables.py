"""Reports of 2008 to 2018 that have no table, and pages that are none."""

from __future__ import annotations

import json
from random import Random

import pytest

from gongkai.demo.render import Noise, render
from gongkai.extract import ParseResult, parse_bytes, result_from_json
from gongkai.forms import form_by_id
from tests.support.figures import as_text, balanced_figures

AGENCY = "乌有市水务局"
PARTS = {
    "一、概述": "2012年，我局按照条例要求推进政府信息公开工作，完善制度，落实责任，公开工作平稳有序。",
    "二、主动公开政府信息的情况": "全年共主动公开政府信息156条，其中机构职能类12条，规划计划类44条，其余为动态信息。",
    "三、依申请公开政府信息的情况": "全年收到政府信息公开申请3件，其中网上申请2件，信函申请1件，均已按期答复申请人。",
    "四、政府信息公开的收费及减免情况": "我局未向申请人收取任何费用，也没有减免费用，经费由财政保障。",
    "五、因政府信息公开申请行政复议、提起行政诉讼的情况": "2012年没有发生因政府信息公开引起的行政复议和行政诉讼。",
    "六、存在的主要问题及改进措施": "公开的内容还不够丰富，更新还不够及时，下一年将加强培训，定期检查。",
}


def page(title: str, parts: dict[str, str], opening: str = "") -> str:
    return "\n\n".join([title, opening, *(text for part in parts.items() for text in part)])


def read(text: str, *, year: int | None = None) -> ParseResult:
    (result,) = parse_bytes(text.encode(), "report.txt", year=year)
    return result


def of_year(year: int) -> str:
    return page(f"{AGENCY}{year}年政府信息公开工作年度报告", PARTS).replace("2012年", f"{year}年")


@pytest.mark.parametrize(
    ("year", "form"), [(2008, "free_2008"), (2013, "free_2008"), (2014, "stat_2014"), (2018, "stat_2014")]
)
def test_prose_alone_gives_agency_year_sections_and_claims(year: int, form: str) -> None:
    result = read(of_year(year))
    assert result.status == "parsed"
    assert result.report is not None
    report = result.report
    assert (report.form, report.agency, report.year, report.verdict) == (form, AGENCY, year, "accepted")
    assert dict(report.cells) == {}
    assert [(finding.identity, finding.kind) for finding in report.findings] == [("no_table", "advisory")]
    assert [section.key for section in report.sections] == [
        *("overview", "proactive_disclosure", "applications", "fees", "disputes", "problems"),
    ]
    assert [(section.number, section.title) for section in report.sections][1] == ("二", "二、主动公开政府信息的情况")
    claims = {claim.key: claim.value for claim in report.claims}
    assert (claims["n_proactive_items"], claims["n_requests_received"]) == (156, 3)


def test_sections_travel_as_json() -> None:
    result = read(of_year(2012))
    written = result.to_json()
    assert written["sections"][0] == {"key": "overview", "number": "一", "title": "一、概述", "where": {"line": 5}}
    assert result_from_json(json.loads(json.dumps(written))) == result


def test_reports_with_tables_have_sections_too() -> None:
    form = form_by_id("form_2021")
    text = render(form, dict.fromkeys(form.cell_ids, "0"), agency=AGENCY, year=2023, layout="html_cms_a")
    (result,) = parse_bytes(text, "x.html")
    assert result.report is not None
    assert [section.key for section in result.report.sections] == [section.key for section in form.sections]


@pytest.mark.parametrize("year", [2019, 2021, 2024])
def test_a_report_that_lost_its_tables_is_none(year: int) -> None:
    form = form_by_id("form_2019")
    parts = dict(zip((f"{s.number}、{s.zh}" for s in form.sections), PARTS.values(), strict=True))
    title = f"{AGENCY}{year}年政府信息公开工作年度报告"
    assert read(page(title, parts)).status == "not_a_report"
    assert read(of_year(year)).status == "not_a_report"
    assert read(page(title, parts), year=2016).status == "not_a_report"
    assert read(page(title.replace(str(year), "2016"), parts)).status == "not_a_report"


def test_a_caller_who_says_another_year_makes_no_report() -> None:
    assert read(of_year(2021), year=2012).status == "not_a_report"
    assert read(of_year(2012), year=2021).status == "not_a_report"


def test_a_notice_on_how_to_report_is_none() -> None:
    title = "乌有市人民政府办公室关于做好2012年政府信息公开工作年度报告编制工作的通知"
    assert read(page(title, PARTS, "各县（区）人民政府，市政府各部门：")).status == "not_a_report"
    items = dict.fromkeys(PARTS, "")
    assert read(page(f"{AGENCY}2012年政府信息公开工作年度报告", items)).status == "not_a_report"


def test_news_about_a_report_is_none() -> None:
    text = f"{AGENCY}发布2012年政府信息公开工作年度报告\n\n报告显示，全年主动公开政府信息156条，收到申请3件。"
    assert read(text).status == "not_a_report"


def test_an_empty_template_is_none() -> None:
    blank = dict.fromkeys(PARTS, "全年共主动公开政府信息    条，收到申请    件，其中网上申请    件，已按期答复    件。")
    assert read(page(f"{AGENCY}2012年政府信息公开工作年度报告", blank)).status == "not_a_report"


def test_without_agency_or_year_there_is_no_report() -> None:
    assert read(page("政府信息公开工作年度报告", PARTS).replace("2012年", "本年")).status == "not_a_report"
    assert read(page("2012年政府信息公开工作年度报告", PARTS)).status == "not_a_report"


def test_a_second_reader_that_sees_no_table_leaves_the_first_its_findings() -> None:
    form = form_by_id("stat_2014")
    figures = balanced_figures(form, Random(62), density=1.0)
    spoilt = next(equation.right[0] for equation in form.equations if equation.is_sum)
    printed = as_text(form, {**figures, spoilt: figures[spoilt] + 3})
    noise = Noise(figure_style="nbsp")  # which text parts into words
    data = render(form, printed, agency=AGENCY, year=2014, layout="csv", noise=noise)
    (result,) = parse_bytes(data, "report.csv")
    assert result.report is not None
    assert result.report.cells[spoilt].value == figures[spoilt] + 3
    assert result.report.verdict == "held"


def test_a_page_of_frames_names_the_pages_that_it_shows() -> None:
    markup = "<html><frameset><frame src='menu.htm'><frame src='baogao.htm'></frameset></html>"
    (result,) = parse_bytes(markup.encode(), "index.html")
    assert (result.status, result.report) == ("not_a_report", None)
    assert "menu.htm, baogao.htm; parse those" in (result.error or "")
