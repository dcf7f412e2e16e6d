from __future__ import annotations

import pytest

from gongkai.demo.render import LAYOUTS, render
from gongkai.demo.samples import samples
from gongkai.fetch.judge import problem_with
from gongkai.forms import form_by_id

FORM = form_by_id("form_2021")
URL = "http://portal.example/1.html"


def judged(body: bytes | str) -> str | None:
    problem = problem_with(body if isinstance(body, bytes) else body.encode(), URL)
    assert problem is None or URL in problem.message
    return problem.error_class if problem else None


@pytest.mark.parametrize("layout", LAYOUTS)
def test_reports_in_every_layout_are_taken_and_halves_of_files_are_not(layout: str) -> None:
    figures = dict.fromkeys(FORM.cell_ids, "0")
    body = render(FORM, figures, agency="某局", year=2021, layout=layout)
    assert judged(body) is None
    if layout.startswith("html") or LAYOUTS[layout].extension in ("pdf", "docx"):
        assert judged(body[: len(body) // 2]) == "truncated"


def test_every_sample_of_the_demo_is_taken() -> None:
    assert {judged(sample.render()) for sample in samples()} == {None}


@pytest.mark.parametrize(
    ("body", "error_class"),
    [
        ("", "empty"),
        ("\n \0", "empty"),
        ("<html><head><title>404 错误</title></head><body></body></html>", "soft_404"),
        ("<html><body><h2>您访问的页面不存在</h2></body></html>", "soft_404"),
        ("<html><body>该信息已删除</body></html>", "soft_404"),
        ("<html><body><script>location='/notfound';</script>Not Found</body></html>", "soft_404"),
        ("<html><script>window.$_ts={};</script><body></body></html>", "challenge"),
        ("<html><body>为了您的访问安全，请完成人机验证</body></html>", "challenge"),
        ("<html><body>统一身份认证<input name=a><input type=PASSWORD name=b></body></html>", "login"),
        ("<!DOCTYPE html><html><body><p>半页", "truncated"),
        ("%PDF-1.7 …", "truncated"),
        ("PK\x03\x04…", "truncated"),
    ],
)
def test_what_is_none(body: str, error_class: str) -> None:
    assert judged(body) == error_class


@pytest.mark.parametrize(
    "body",
    [
        "<p>局部</p>",  # a part of a page need not end like a page
        "<html><body><p>年度报告见附件。</p><a href='a.pdf'>下载</a></body></html>",
        "<html><body><script>if (status == 404) retry();</script><p>本年新收404件。</p></body></html>",
        "<html><body>不予公开；本机关不掌握相关政府信息；没有现成信息需要另行制作；申请的信息不存在。</body></html>",
        "<html><body>" + "政府信息公开工作年度报告。" * 300 + "该页面不存在<input type=password></body></html>",
        "乌有市某局2021年政府信息公开工作年度报告",
        "{}",
    ],
)
def test_what_may_be_a_page(body: str) -> None:
    assert judged(body) is None


def test_hostile_pages_take_no_time() -> None:
    assert judged("<html>" + "<script>" * 20_000 + "</html>") is None
