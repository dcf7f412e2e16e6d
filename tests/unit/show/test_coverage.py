"""公布情况 in the layout that offices publish."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from gongkai.cli import cli
from gongkai.show.coverage import as_csv, as_workbook, summary
from gongkai.warehouse.coverage import Due, State, areas

DEADLINE = date(2022, 1, 31)


def due(agency: str, state: State, region: str = "乌有市", **more: object) -> Due:
    days = {"on_time": date(2022, 1, 20), "late": date(2022, 2, 20)}
    given = Due(
        region_code="990100" if region == "乌有市" else "990121",
        region=region,
        agency=agency,
        scope="own_organ",
        deadline=DEADLINE,
        published_on=days.get(state),
        state=state,
        changed=False,
        outcome="accepted",
        url="http://a.gov.cn/1",
    )
    return replace(given, **more)  # type: ignore[arg-type]


YEAR = [
    due("甲局", "on_time"),
    due("乙局", "late", changed=True),
    due("丙局", "missing", url=None, outcome="not_found"),
    due("丁局", "missing", url=None, outcome="not_found"),
    due("戊局", "day_unknown", region="子虚县"),
]


def test_a_row_for_all_and_one_for_each_area() -> None:
    heading, everything, city, county = summary(YEAR)
    assert [title.split()[0] for title in heading] == [
        *("地区", "应公布数", "按时公布数", "按时公布率", "未按时公布数", "未按时公布名单"),
        *("未公布数", "未公布名单", "日期不明数", "公布后变动数"),
    ]
    assert everything == ("合计 All", "5", "1", "20.00%", "1", "乙局", "2", "丙局、丁局", "1", "1")
    assert city == ("乌有市", "4", "1", "25.00%", "1", "乙局", "2", "丙局、丁局", "0", "1")
    assert county == ("子虚县", "1", "0", "0.00%", "0", "", "0", "", "1", "0")


def test_a_report_whose_day_nobody_knows_is_not_on_time() -> None:
    (county,) = areas(YEAR[-1:])
    assert (county.on_time_share, county.names("late", "missing")) == (0, [])


def test_no_cell_of_the_csv_is_a_formula() -> None:
    data = as_csv([due("=HYPERLINK(1)", "late", region="+区"), due("@SUM(1)", "missing", region="+区")])
    assert data.startswith(b"\xef\xbb\xbf")
    _, everything, area = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert (everything[5], everything[7], area[0]) == ("'=HYPERLINK(1)", "'@SUM(1)", "'+区")


def test_the_workbook_lists_every_report_that_was_due() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_workbook([*YEAR, due("=1+1", "on_time")], 2021)))
    assert book.sheet_names == ["2021年度公布情况", "应公布单位 Units"]
    figures = book.get_sheet_by_index(0).to_python()
    assert figures[1][:4] == ["合计 All", 6, 2, "33.33%"]
    units = book.get_sheet_by_index(1).to_python()
    assert len(units) == 7
    assert units[2][2:9] == [
        *("乙局", "本机关", "2022-01-31", "2022-02-20", "未按时 late", "是 yes", "http://a.gov.cn/1")
    ]
    assert units[3][5:10] == ["", "未公布 missing", "否 no", "", "not_found"]
    assert units[6][2] == "'=1+1"


@pytest.mark.parametrize("name", ["coverage.ods", "coverage"])
def test_other_kinds_of_files_are_refused(tmp_path: Path, name: str) -> None:
    result = CliRunner().invoke(cli, ["coverage", "--year", "2021", "--to", str(tmp_path / name)])
    assert result.exit_code == 2
    assert ".xlsx or .csv" in result.output
