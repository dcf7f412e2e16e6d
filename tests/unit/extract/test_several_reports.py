"""Several reports in one document come out as several; one report stays whole whatever stands around it."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from gongkai.demo.render import LAYOUTS, Noise, render
from gongkai.extract import ParseResult, parse_bytes
from gongkai.forms import form_by_id
from tests.support.figures import as_text, balanced_figures
from tests.unit.extract.test_without_tables import of_year

AGENCIES = ("乌有市财政局", "乌有市水务局", "乌有市教育局", "乌有市司法局", "乌有县人民政府")
QUIET = Noise(chrome=False)


def text_of(agency: str, form_id: str = "form_2021", year: int = 2022, layout: str = "text_tab_cells") -> str:
    form = form_by_id(form_id)
    figures = balanced_figures(form, Random(f"{agency}{year}"))
    return render(form, as_text(form, figures), agency=agency, year=year, layout=layout, noise=QUIET).decode()


def read(text: str, name: str = "yearbook.txt") -> list[ParseResult]:
    return parse_bytes(text.encode(), name)


def named(results: list[ParseResult]) -> list[tuple[str | None, int | None, str]]:
    return [(r.report.agency, r.report.year, r.report.verdict) for r in results if r.report]


@pytest.mark.parametrize("layout", ["text_tab_cells", "text_markdown_tsv", "text_lines", "text_bars"])
def test_a_yearbook_gives_each_agency_its_report(layout: str) -> None:
    results = read("\n\n".join(text_of(agency, layout=layout) for agency in AGENCIES), f"y.{LAYOUTS[layout].extension}")
    assert named(results) == [(agency, 2022, "accepted") for agency in AGENCIES]
    for agency, result in zip(AGENCIES, results, strict=True):
        form = form_by_id("form_2021")
        assert result.report is not None
        figures = {key: cell.value for key, cell in result.report.cells.items()}
        assert figures == balanced_figures(form, Random(f"{agency}2022"))
    assert len({result.sha256 for result in results}) == 1


def test_positions_are_those_of_the_file() -> None:
    first, second = text_of(AGENCIES[0]), text_of(AGENCIES[1])
    results = read(f"{first}\n\n{second}")
    lines = f"{first}\n\n{second}".split("\n")
    for result in results:
        assert result.report is not None
        for cell in result.report.cells.values():
            assert cell.where is not None
            assert cell.where.line is not None
            assert cell.text is not None
            assert cell.text.strip() in lines[cell.where.line - 1]


def test_two_years_of_one_agency_in_two_forms() -> None:
    both = [text_of(AGENCIES[0], "form_2019", 2020), text_of(AGENCIES[0], "stat_2014", 2017)]
    assert named(read("\n\n".join(both))) == [(AGENCIES[0], 2020, "accepted"), (AGENCIES[0], 2017, "accepted")]


def test_a_page_of_the_web_with_two_reports() -> None:
    bodies = []
    for agency in AGENCIES[:2]:
        page = text_of(agency, layout="html_cms_a")
        bodies.append(page[page.index("<body") : page.index("</body>")].partition(">")[2])
    results = read(f"<html><body>{'<hr>'.join(bodies)}</body></html>", "y.html")
    assert named(results) == [(agency, 2022, "accepted") for agency in AGENCIES[:2]]


def test_reports_without_tables_are_told_apart_too() -> None:
    results = read(f"{of_year(2011)}\n\n{of_year(2012)}")
    assert [(r.report.year, r.report.form) for r in results if r.report] == [(2011, "free_2008"), (2012, "free_2008")]


def test_a_table_of_contents_is_no_report() -> None:
    contents = "\n\n".join(f"{agency}2022年政府信息公开工作年度报告" for agency in AGENCIES)
    whole = "\n\n".join(["目录", contents, *map(text_of, AGENCIES)])
    assert named(read(whole)) == [(agency, 2022, "accepted") for agency in AGENCIES]


@pytest.mark.parametrize(
    "around",
    [
        "{report}\n\n附件\n\n乌有市审计局2022年政府信息公开工作年度报告\n\n（另行公布）",
        "{report}\n\n上一篇：\n\n乌有市财政局2021年政府信息公开工作年度报告\n\n",
        "乌有市政府2022年政府信息公开工作年度报告\n\n目录\n\n{report}",
        "{report}\n\n乌有市财政局2022年政府信息公开工作年度报告\n\n打印本页",
    ],
)
def test_what_stands_around_a_report_does_not_cut_it(around: str) -> None:
    (result,) = read(around.format(report=text_of(AGENCIES[0])))
    assert result.report is not None
    assert result.report.verdict == "accepted"
    assert result.report.year == 2022


def test_a_title_that_heads_every_page_cuts_nothing() -> None:
    blocks = text_of(AGENCIES[0]).split("\n\n")
    header = "\n\n乌有市2022年政府信息公开工作年度报告\n\n"
    cut = [len(blocks) * n // 5 for n in range(6)]
    pages = ["\n\n".join(blocks[a:b]) for a, b in pairwise(cut)]
    (result,) = read(header.join(pages))
    assert result.report is not None
    assert result.report.verdict == "accepted"
