"""The page of ``gongkai check --format html``: complete, escaped, self-contained, every mark linked to its finding."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest
from lxml import html

from gongkai.extract import State, parse_bytes
from gongkai.forms import CellKey, all_forms, form_by_id
from gongkai.show.page import page
from tests.support.reports import drawn, read

EVIL = "'\"><img src=x onerror=alert(1)><script>alert(1)</script>"
SPOILED = CellKey("applications", "granted_in_full", "natural_person")
SPOILED_PLACE = "applications.granted_in_full.natural_person"


@pytest.fixture(scope="module")
def shown() -> html.HtmlElement:
    results = [
        read(drawn("form_2021", changes={SPOILED: 2}), "a.html"),
        read(drawn("form_2021", agency="乌有市食品药品局"), "b.html"),
        *parse_bytes(b"<p>\xe9\x80\x9a\xe7\x9f\xa5</p>", "notice.html"),
    ]
    return html.document_fromstring(page(results).decode())


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_spoiled_cell_is_marked_and_leads_to_its_findings_and_back(shown: html.HtmlElement) -> None:
    suspects = shown.xpath("//td[@class='suspect']")
    (cell,) = suspects
    printed = cell.text.strip()
    assert cell.get("id") == f"r1-{SPOILED_PLACE}"
    assert f"若为 {int(printed) - 2} 则平衡" in text(cell)
    assert [link.get("href") for link in cell.xpath(".//a")] == ["#r1-f1", "#r1-f2"]
    for number in (1, 2):
        finding = shown.get_element_by_id(f"r1-f{number}")
        assert f"#{cell.get('id')}" in finding.xpath(".//ul//a/@href")
        assert f"“{printed}”，第" in text(finding)


def test_every_figure_stands_in_its_table_with_its_source(shown: html.HtmlElement) -> None:
    figures = shown.xpath("//article[1]//td[@id]")
    assert len(figures) == len(form_by_id("form_2021").cell_ids)
    assert all(cell.get("title") for cell in figures)


def test_links_lead_somewhere_and_ids_are_unique(shown: html.HtmlElement) -> None:
    ids = shown.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in shown.xpath("//a/@href")} <= set(ids)
    assert set(shown.xpath("//@aria-labelledby")) <= set(ids)


def test_the_summary_and_the_file_without_a_report(shown: html.HtmlElement) -> None:
    summary = shown.xpath("//section[@aria-labelledby='summary']//tbody/tr")
    assert [text(row.xpath("./td")[1])[:4] for row in summary] == ["✗ 待核", "✓ 通过"]
    assert [text(row.xpath("./td")[2]) for row in summary] == ["2", "0"]
    assert "notice.html" in text(shown.xpath("//section[@aria-labelledby='failed']")[0])


def test_headers_say_what_they_head(shown: html.HtmlElement) -> None:
    assert {th.get("scope") for th in shown.xpath("//th")} == {"row", "col", "rowgroup", "colgroup"}


def test_nothing_comes_from_elsewhere_and_the_style_is_the_one_allowed(shown: html.HtmlElement) -> None:
    assert not shown.xpath("//@src | //link | //script | //@style | //@onclick | //img | //iframe | //form")
    (policy,) = shown.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = shown.xpath("//style")
    assert "url(" not in style.text
    assert "@import" not in style.text
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_what_a_document_or_a_caller_says_is_escaped() -> None:
    result = read(drawn("form_2021", changes={SPOILED: 2}), f"{EVIL}.html", agency=EVIL)
    assert result.report is not None
    cells = {key: replace(cell, text=EVIL, state=State.TEXT) for key, cell in result.report.cells.items()}
    findings = tuple(replace(finding, message_zh=EVIL, message_en=EVIL) for finding in result.report.findings)
    written = page([replace(result, report=replace(result.report, cells=cells, findings=findings))]).decode()
    shown = html.document_fromstring(written)
    assert "<script" not in written
    assert not shown.xpath("//script | //img | //@onerror")
    assert all(EVIL in cell.get("title") and EVIL in cell.text_content() for cell in shown.xpath("//td[@id]"))


@pytest.mark.parametrize("form", [form.form for form in all_forms()])
def test_every_form_has_a_page_with_all_its_labels(form: str) -> None:
    year = form_by_id(form).years.first
    result = read(drawn(form, year=year))
    shown = html.document_fromstring(page([result]).decode())
    printed = text(shown)
    for table in form_by_id(form).tables:
        for key, _, row, column in table.cells():
            assert shown.get_element_by_id(f"r1-{key}") is not None
            assert row.zh in printed
            assert row.en in printed
            assert column.zh in printed
            assert column.en in printed
