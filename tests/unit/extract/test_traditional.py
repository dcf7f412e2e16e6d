"""Mirrors of official pages print the same report in Traditional script."""

from __future__ import annotations

from random import Random

import opencc
import pytest

from gongkai.demo.render import render
from gongkai.extract import parse_bytes
from gongkai.extract.labels import fold
from gongkai.forms import form_by_id
from tests.support.figures import as_text, balanced_figures


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("行政規範性檔案", "行政规范性文件"),
        ("政府資訊公(gong)開工作年度報告", "政府信息公开工作年度报告"),
        ("烏有市檔案館關於", "乌有市档案馆关于"),
        ("行政规范性文件", "行政规范性文件"),
        ("公开(gong)", "公开"),
    ],
)
def test_labels_are_folded_to_simplified_script(printed: str, folded: str) -> None:
    assert fold(printed) == folded


@pytest.mark.parametrize("form_id", ["form_2019", "form_2021"])
@pytest.mark.parametrize("layout", ["html_cms_a", "text_lines"])
def test_a_report_in_traditional_script_comes_out_the_same(form_id: str, layout: str) -> None:
    form = form_by_id(form_id)
    figures = balanced_figures(form, Random(3))
    data = render(form, as_text(form, figures), agency="乌有市财政局", year=form.years.first, layout=layout)
    traditional = opencc.OpenCC("s2t").convert(data.decode()).replace("文件", "檔案").replace("信息", "資訊")
    (result,) = parse_bytes(traditional.encode(), "mirror.html" if layout.startswith("html") else "mirror.txt")
    report = result.report
    assert report is not None, result.error
    assert (report.form, report.agency, report.year) == (form_id, "乌有市财政局", form.years.first)
    assert {key: cell.value for key, cell in report.cells.items()} == figures
    assert report.verdict == "accepted"
