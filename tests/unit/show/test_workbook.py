"""The workbook of ``gongkai check --format xlsx``, opened again: what it holds, and that nothing in it is a formula."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from gongkai.extract import ParseResult, State, parse_bytes
from gongkai.forms import CellKey, all_forms, form_by_id
from gongkai.show.workbook import workbook
from tests.support.reports import drawn, read

MAIN = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
SPOILED = CellKey("applications", "granted_in_full", "natural_person")
SUSPECT_GROUND = "FFFDEAEA"


def rows(data: bytes, sheet: int) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(sheet).to_python()


def part(data: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read(name))


def ground(data: bytes, sheet: int, row: int, column: int) -> str | None:
    """The colour behind a cell (sheet, row and column from 0)."""
    address = f"{chr(ord('A') + column)}{row + 1}"
    (style,) = part(data, f"xl/worksheets/sheet{sheet + 1}.xml").xpath(f"//m:c[@r='{address}']/@s", namespaces=MAIN)
    styles = part(data, "xl/styles.xml")
    fill = int(styles.xpath("//m:cellXfs/m:xf/@fillId", namespaces=MAIN)[int(style)])
    found = styles.xpath("//m:fills/m:fill", namespaces=MAIN)[fill].xpath(".//m:fgColor/@rgb", namespaces=MAIN)
    return found[0] if found else None


@pytest.fixture(scope="module")
def results() -> list[ParseResult]:
    return [
        read(drawn("form_2021", changes={SPOILED: 2}), "a.html"),
        read(drawn("form_2019", agency="乌有市食品药品局", year=2019), "b.html"),
        *parse_bytes(b"<p>\xe9\x80\x9a\xe7\x9f\xa5</p>", "notice.html"),
    ]


def test_the_summary_has_every_file(results: list[ParseResult]) -> None:
    header, *lines = rows(workbook(results), 0)
    assert header[:3] == ["机关 Agency", "年度 Year", "结论 Verdict"]
    assert [line[:6] for line in lines] == [
        ["乌有市财政局", 2021, "待核 held", 2, 0, "a.html"],
        ["乌有市食品药品局", 2019, "通过 accepted", 0, 0, "b.html"],
        ["", "", "不是年度报告 not a report", "", "", "notice.html"],
    ]
    assert str(results[2].error) in lines[2][7]


def test_a_finding_says_where_what_and_whose(results: list[ParseResult]) -> None:
    header, *lines = rows(workbook(results), 1)
    assert len(lines) == 2
    report = results[0].report
    assert report is not None
    finding = report.findings[0]
    line = dict(zip(header, lines[0], strict=True))
    form = form_by_id("form_2021")
    assert finding.suspect is not None
    assert line["行 Row"] == form.rows_of_cells[SPOILED].zh
    assert line["列 Column"] == form.columns_of_cells[SPOILED].zh
    assert (line["印为 Printed"], line["平衡值 Balances"]) == (finding.suspect.printed, finding.suspect.balances)
    assert line["问题"] == finding.message_zh
    assert line["Finding"] == finding.message_en
    assert line["位置 Position"].startswith("第")


def test_only_the_suspect_cell_is_coloured(results: list[ParseResult]) -> None:
    data = workbook(results)
    lines = rows(data, 3)
    (at,) = (n for n, line in enumerate(lines) if any(str(value).startswith("✗") for value in line))
    row = form_by_id("form_2021").rows_of_cells[SPOILED]
    assert lines[at][0] == row.zh
    assert ground(data, 3, at, 1) == SUSPECT_GROUND
    assert ground(data, 3, at, 2) is None
    assert ground(data, 3, at + 1, 1) is None


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_is_a_formula_or_a_link(results: list[ParseResult], start: str) -> None:
    evil = f'{start}HYPERLINK("http://elsewhere.test","x")'
    result = results[0]
    assert result.report is not None
    cells = {key: replace(cell, text=evil, state=State.TEXT) for key, cell in result.report.cells.items()}
    findings = tuple(replace(finding, message_zh=evil, message_en=evil) for finding in result.report.findings)
    report = replace(result.report, agency=evil, cells=cells, findings=findings)
    data = workbook([replace(result, file=evil, report=report), replace(results[2], file=evil, error=evil)])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/")]
        xml = b"".join(package.read(name) for name in sheets)
    assert len(sheets) == 5
    assert not re.search(rb"<f[ >]|<hyperlink", xml)
    values = [value for sheet in range(5) for line in rows(data, sheet) for value in line if isinstance(value, str)]
    assert any("elsewhere" in value for value in values)
    assert not [value for value in values if value.startswith(start)]


def test_long_and_broken_text_and_awkward_names_are_survived(results: list[ParseResult]) -> None:
    result = results[2]
    strange = replace(result, file="\udcff\x00.html", error="长" * 40_000)
    lines = rows(workbook([strange]), 0)
    assert lines[1][5].endswith(".html")
    assert len(lines[1][7]) <= 32_767


@pytest.mark.parametrize("form", [form.form for form in all_forms()])
def test_every_form_has_its_tables(form: str) -> None:
    year = form_by_id(form).years.first
    data = workbook([read(drawn(form, year=year))])
    names = CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names
    assert len(names) == 2 + len(form_by_id(form).tables)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)
    shown = [value for sheet in range(2, len(names)) for line in rows(data, sheet) for value in line[1:]]
    figures = [value for value in shown if isinstance(value, float)]
    assert len(figures) == len(form_by_id(form).cell_ids)


def test_lists_have_a_filter_a_standing_header_and_print_on_a4(results: list[ParseResult]) -> None:
    data = workbook(results)
    for number in (1, 2):
        sheet = part(data, f"xl/worksheets/sheet{number}.xml")
        assert sheet.xpath("//m:autoFilter", namespaces=MAIN)
        assert sheet.xpath("//m:pane/@state", namespaces=MAIN) == ["frozen"]
        assert sheet.xpath("//m:pageSetup/@paperSize", namespaces=MAIN) == ["9"]
