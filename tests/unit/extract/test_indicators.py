"""Tables of indicators as agencies print them: numbered rows, several counts, rows left out, labels that repeat."""

from __future__ import annotations

from html import escape

import pytest

from gongkai.extract import Report, State, parse_bytes
from gongkai.forms import CellKey, Row, form_by_id

STAT, FREE = form_by_id("stat_2014"), form_by_id("free_2008")
AGENCY = "乌有市财政局"
YEARS = {"stat_2014": 2016, "free_2008": 2012}
Line = list[str]


def rows_of(form_id: str) -> dict[str, Row]:
    return {row.key: row for row in form_by_id(form_id).tables[0].blocks[0].rows}


def sheet(form_id: str, figures: dict[str, str], without: tuple[str, ...] = ()) -> list[Line]:
    """Label, unit and figure of each row of the form; what is not given is zero."""
    form = form_by_id(form_id)
    columns = form.columns_of_cells
    lines = []
    for key, row in rows_of(form_id).items():
        unit = columns[CellKey("statistics", key, "value")].unit
        if key not in without:
            lines.append([(row.ordinal or "") + row.zh, unit, figures.get(key, "0")])
    return lines


def read(lines: list[Line], *, year: int = 2016, head: Line | None = None, heads: list[Line] | None = None) -> Report:
    (result,) = parse_bytes(page(lines, year, head, heads), "report.html")
    assert result.report is not None, result.error
    return result.report


def page(
    lines: list[Line], year: int = 2016, head: Line | None = None, heads: list[Line] | None = None, above: str = ""
) -> bytes:
    table = [*(heads or [head or ["统计指标", "单位", "统计数"]]), *lines]
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in table)
    title = f"{AGENCY}{year}年政府信息公开工作年度报告"
    period = f"本报告统计期限为{year}年1月1日至{year}年12月31日。"
    return f"<html><body><h1>{title}</h1><p>{period}</p><p>{above}</p><table>{body}</table></body></html>".encode()


def value(report: Report, row: str) -> object:
    return report.cells[CellKey("statistics", row, "value")].value


REQUESTS = {"requests_received": "5", "requests_online": "3", "requests_letter": "2"}


def test_a_plain_sheet() -> None:
    report = read(sheet("stat_2014", {**REQUESTS, "dedicated_budget": "12.5", "request_fees_collected": "300元"}))
    assert (report.form, report.agency, report.year, report.verdict) == ("stat_2014", AGENCY, 2016, "accepted")
    assert (value(report, "requests_received"), value(report, "requests_letter")) == (5, 2)
    budget = report.cells[CellKey("statistics", "dedicated_budget", "value")]
    assert (str(budget.value), budget.unit, budget.text) == ("12.5", "万元", "12.5")
    assert str(value(report, "request_fees_collected")) == "0.03"


def test_an_amount_whose_unit_is_not_the_forms_is_brought_to_it() -> None:
    lines = [
        [label, "元", "25000"] if "专项经费" in label else [label, *rest] for label, *rest in sheet("stat_2014", {})
    ]
    assert str(value(read(lines), "dedicated_budget")) == "2.5"


def test_a_total_that_is_no_sum_is_found_in_its_row() -> None:
    report = read(sheet("stat_2014", {**REQUESTS, "requests_received": "6"}))
    (finding,) = [finding for finding in report.findings if finding.kind != "advisory"]
    assert (finding.identity, finding.table, finding.row, finding.column) == (
        *("statistics_sum", "statistics", "requests_received", None),
    )
    assert (finding.left, finding.right) == (5, 6)
    assert report.verdict == "held"
    assert "收到申请数" in finding.message_zh


def test_equal_labels_belong_to_the_row_they_stand_under() -> None:
    inner = tuple(f"reconsideration_{end}" for end in ("upheld", "corrected", "other"))
    figures = {
        "litigation_total": "3",
        "litigation_corrected": "2",
        "litigation_other": "1",
        "reconsideration_total": "0",
    }
    report = read(sheet("stat_2014", figures, without=inner))
    assert (value(report, "litigation_corrected"), value(report, "litigation_other")) == (2, 1)
    assert report.cells[CellKey("statistics", "reconsideration_corrected", "value")].state is State.LOST


def test_rows_that_some_leave_out_are_not_asked_for() -> None:
    reasons = tuple(key for key in rows_of("stat_2014") if key.startswith("denied_") and key != "denied_total")
    report = read(sheet("stat_2014", {"replies_total": "4", "denied_total": "4", "requests_closed": "4",
                                      "requests_closed_on_time": "4"}, without=reasons))  # fmt: skip
    cell = report.cells[CellKey("statistics", reasons[0], "value")]
    assert (cell.state, cell.value, cell.text) == (State.NOT_APPLICABLE, None, None)
    assert report.verdict == "accepted"


def test_a_row_left_out_whose_figure_the_total_needs_is_noticed() -> None:
    report = read(sheet("stat_2014", {"replies_total": "4", "denied_total": "4", "denied_privacy": "3"},
                        without=("denied_state_secret",)))  # fmt: skip
    assert "blanks_do_not_balance" in {finding.identity for finding in report.findings}
    assert report.verdict == "held"


def test_a_damaged_label_is_no_row_that_was_left_out() -> None:
    lines = [
        ["涉及国家秘X", *rest] if "国家秘密" in label else [label, *rest] for label, *rest in sheet("stat_2014", {})
    ]
    lines = [[label, unit, "7" if "秘X" in label else figure] for label, unit, figure in lines]
    report = read(lines)
    assert report.cells[CellKey("statistics", "denied_state_secret", "value")].state is State.LOST
    assert report.verdict == "held"


def test_a_stroke_is_not_zero() -> None:
    report = read(sheet("stat_2014", {"denied_privacy": "——", "press_conferences_by_principal": "/"}))
    assert report.cells[CellKey("statistics", "denied_privacy", "value")].state is State.NOT_APPLICABLE
    assert report.verdict == "accepted"


@pytest.mark.parametrize(
    ("head", "cells", "expected"),
    [
        (["序号", "统计指标", "单位", "统计数"], "nlu5", 5),
        (["统计指标", "代码", "单位", "统计数"], "lnu5", 5),
        (["统计指标", "单位", "代码", "统计数"], "lun5", 5),
        (["统计指标", "单位", "代码", "统计数", "备注"], "lun5r", 5),
        (["统计指标", "单位", "本级", "部门", "乡镇"], "lu5xx", 5),
        (["统计指标", "单位", "本级", "部门", "乡镇", "合计"], "luxxx5", 5),
        (["序号", "统计指标", "单位", "区政府统计数", "区直单位统计数", "乡镇街道统计数"], "nlu5xx", 5),
        (["统计指标", "单位", "部门统计数", "本级统计数"], "lu5x", 5),
        (["统计指标", "单位", "代码", "本期实际", "本年累计"], "lunx5", 5),
        (["某列", "统计指标", "单位", "甲列", "统计数"], "nlun5", 5),
    ],
)
def test_the_figure_is_neither_a_number_of_the_row_nor_of_another_column(head: Line, cells: str, expected: int) -> None:
    lines = []
    for n, (label, unit, figure) in enumerate(sheet("stat_2014", REQUESTS), start=1):
        texts = {"n": f"{n:02}", "l": label, "u": unit, "5": figure, "x": str(n * 7 % 31), "r": ""}
        lines.append([texts[cell] for cell in cells])
    report = read(lines, head=head)
    assert value(report, "requests_received") == expected
    assert report.verdict == "accepted"
    several = [finding for finding in report.findings if finding.identity == "several_count_columns"]
    assert bool(several) == ("x" in cells)


def test_a_head_of_two_rows() -> None:
    heads = [["统计指标", "单位", "统计数"], ["本级", "部门", "乡镇"]]
    lines = [[label, unit, figure, "8", "9"] for label, unit, figure in sheet("stat_2014", REQUESTS)]
    report = read(lines, heads=heads)
    assert (value(report, "requests_received"), report.verdict) == (5, "accepted")


@pytest.mark.parametrize(("heads", "expected"), [(["2009年度", "历年累计"], 5), (["本期实际", "本年累计"], 90)])
def test_the_year_is_read_and_neither_its_parts_nor_all_years(heads: Line, expected: int) -> None:
    lines = [[label, unit, f"{n:02}", figure, str(int(figure) * 18)]
             for n, (label, unit, figure) in enumerate(sheet("free_2008", {
                 "requests_received": "5", "requests_fax": "5"}), start=1)]  # fmt: skip
    report = read(lines, year=2009, head=["指标名称", "计量单位", "代码", *heads])
    assert (report.form, value(report, "requests_received"), report.verdict) == ("free_2008", expected, "accepted")


INSIDE = tuple(key for key in rows_of("free_2008") if key.startswith("reply_"))
OUTSIDE = tuple(key.replace("reply_", "denied_") for key in INSIDE)


def test_reasons_inside_the_denials() -> None:
    figures = {"replies_total": "3", "denied_total": "3", "denied_nonexistent": "2", "denied_privacy": "1"}
    report = read(sheet("free_2008", figures, without=INSIDE), year=2010)
    assert (value(report, "denied_nonexistent"), value(report, "reply_nonexistent")) == (2, None)
    assert report.verdict == "accepted"
    spoilt = read(sheet("free_2008", {**figures, "denied_nonexistent": "5"}, without=INSIDE), year=2010)
    assert [(f.identity, f.row) for f in spoilt.findings] == [("statistics_sum", "denied_total")]


@pytest.mark.parametrize("before_denials", [True, False])
def test_reasons_beside_the_denials(before_denials: bool) -> None:
    figures = {"replies_total": "6", "denied_total": "1", "reply_nonexistent": "3", "reply_repeat_request": "2",
               "denied_privacy": "1"}  # fmt: skip
    keys = [key for key in rows_of("free_2008") if key not in OUTSIDE]
    lines = dict(zip(keys, sheet("free_2008", figures, without=OUTSIDE), strict=True))
    if before_denials:
        at = keys.index("denied_total")
        keys = [key for key in keys if key not in INSIDE]
        keys[at:at] = INSIDE
    report = read([lines[key] for key in keys], year=2012)
    assert (value(report, "denied_nonexistent"), value(report, "reply_nonexistent")) == (None, 3)
    assert report.verdict == "accepted"
    lines["granted_in_full"][2] = "1"
    spoilt = read([lines[key] for key in keys], year=2012)
    assert [(f.identity, f.row) for f in spoilt.findings] == [("statistics_sum", "replies_total")]


def test_a_second_sheet_is_not_mixed_into_the_first() -> None:
    report = read([*sheet("stat_2014", REQUESTS), *sheet("stat_2014", {})])
    assert value(report, "requests_received") == 5
    assert not [finding for finding in report.findings if finding.identity == "unknown_row"]


@pytest.mark.parametrize("form_id", ["stat_2014", "free_2008"])
@pytest.mark.parametrize(("again", "verdict"), [("0", "accepted"), ("77", "held")])
def test_an_indicator_printed_twice_with_other_figures_holds_the_report(form_id: str, again: str, verdict: str) -> None:
    for at, row in list(enumerate(rows_of(form_id)))[1:]:
        if row in OUTSIDE:
            continue  # the second may be its twin beside the denials
        lines = sheet(form_id, {})
        lines.insert(at + 1, [*lines[at][:2], again])
        report = read(lines, year=YEARS[form_id])
        assert {cell.value for cell in report.cells.values()} == {0}, row
        assert report.verdict == verdict, row
        assert [f.row for f in report.findings if f.identity == "printed_twice"] == [row][: verdict == "held"]


@pytest.mark.parametrize("part", ["2017年第三季度政府信息公开情况统计表", "政府信息公开情况统计表（2017年上半年）"])
def test_a_sheet_of_part_of_a_year_is_no_report(part: str) -> None:
    (result,) = parse_bytes(page(sheet("stat_2014", REQUESTS), above=part), "report.html")
    assert result.status == "not_a_report"


def test_an_empty_sheet_is_no_report() -> None:
    lines = [[label, unit, ""] for label, unit, _ in sheet("stat_2014", {}, without=("denied_privacy",))]
    (result,) = parse_bytes(page(lines), "report.html")
    assert result.status == "not_a_report"


@pytest.mark.parametrize("cells", [[], [""], ["×"], ["____"]])
def test_the_numbers_of_the_rows_of_an_empty_sheet_are_no_figures(cells: Line) -> None:
    rows = sheet("free_2008", {}, without=("denied_privacy",))
    lines = [[label, unit, f"{n:02d}", *cells] for n, (label, unit, _) in enumerate(rows, start=1)]
    (result,) = parse_bytes(page(lines, 2012, ["指标名称", "计量单位", "代码", "本年累计"]), "report.html")
    assert result.report is None or all(cell.value is None for cell in result.report.cells.values())
    assert result.report is None or result.report.verdict == "held"


def test_a_sheet_alone_says_whose_it_is_and_for_which_year() -> None:
    rows = "".join(f"<tr><td>{label}</td><td>{unit}</td><td>{n}</td></tr>" for label, unit, n in sheet("stat_2014", {}))
    text = "<p>政府信息公开情况统计表</p><p>（2017年度）</p><p>填报单位（盖章）：乌有市财政局</p>"
    (result,) = parse_bytes(f"<html><body>{text}<table>{rows}</table></body></html>".encode(), "x.html")
    assert result.report is not None
    assert (result.report.agency, result.report.year, result.report.verdict) == (AGENCY, 2017, "accepted")


@pytest.mark.parametrize("cells", [["7", "1", "89"], ["89"]])
def test_a_row_with_other_cells_than_most_has_no_sure_figure(cells: Line) -> None:
    lines = [[label, unit, "7", figure] for label, unit, figure in sheet("stat_2014", REQUESTS)]
    fees = next(line for line in lines if line[1] == "万元")
    fees[2:] = cells
    report = read(lines, head=["统计指标", "单位", "部门", "合计"])
    assert report.cells[CellKey("statistics", "request_fees_collected", "value")].state is State.LOST
    assert report.verdict == "held"


def test_a_unit_behind_the_first_label_is_no_head_of_a_column() -> None:
    lines = [[label + unit, "1", "2", figure] for label, unit, figure in sheet("stat_2014", REQUESTS)]
    report = read(lines, head=["统计指标", "本级", "部门", "合计"])
    assert (value(report, "requests_received"), report.verdict) == (5, "accepted")


def test_cells_one_a_line_that_leave_no_trace_of_blanks_hold_the_report() -> None:
    rows = [[label, unit, "0", "0"] for label, unit, _ in sheet("stat_2014", {})]  # 合计 is blank
    lines = [cell for row in (["统计指标", "单位", "本级", "部门", "合计"], *rows) for cell in row]
    title = f"{AGENCY}2016年政府信息公开工作年度报告"
    (result,) = parse_bytes("\n\n".join([title, *lines]).encode(), "report.txt")
    assert result.report is not None
    assert {cell.state for cell in result.report.cells.values()} == {State.LOST}
    assert result.report.verdict == "held"


def test_a_page_number_between_two_halves_is_no_figure_of_the_row_above() -> None:
    whole = page(sheet("stat_2014", REQUESTS)).decode()
    cut = whole.index("<tr><td>1.当面申请数")
    halves = f"{whole[:cut]}</table><p>3</p><table>{whole[cut:]}".encode()
    (result,) = parse_bytes(halves, "report.html")
    assert result.report is not None
    assert result.report.verdict == "accepted"
    assert value(result.report, "requests_received") == 5
