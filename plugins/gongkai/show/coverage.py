"""公布情况, as offices publish it: how many reports were due and on time, which were late, which are missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import xlsxwriter

from gongkai.show.words import defused
from gongkai.show.workbook_sheets import OPTIONS, Value, add_list, make_formats
from gongkai.warehouse.coverage import Area, Due, areas

_SUMMARY = (
    ("地区 Area", 22), ("应公布数 Due", 10), ("按时公布数 On time", 11), ("按时公布率 On-time share", 12),
    ("未按时公布数 Late", 12), ("未按时公布名单 Late", 46), ("未公布数 Missing", 10), ("未公布名单 Missing", 46),
    ("日期不明数 Day unknown", 12), ("公布后变动数 Changed afterwards", 14),
)  # fmt: skip
_UNITS = (
    ("地区 Area", 18), ("区划代码 Code", 10), ("机关 Agency", 36), ("范围 Scope", 12), ("法定期限 Deadline", 12),
    ("首次公布日期 First published", 14), ("公布情况 State", 16), ("公布后数值有变动 Figures changed", 16),
    ("网址 Address", 60), ("读取结果 Outcome", 16),
)  # fmt: skip
_STATES = {
    "on_time": "按时 on time",
    "late": "未按时 late",
    "day_unknown": "日期不明 day unknown",
    "missing": "未公布 missing",
}
_SCOPES = {"own_organ": "本机关", "whole_area": "本地区"}
_ALL = "合计 All"


def summary(due: Sequence[Due]) -> list[tuple[str, ...]]:
    """The heading, a row for all, and a row for each region."""
    heading = tuple(title for title, _ in _SUMMARY)
    return [heading, *(tuple(map(_text, row)) for row in _summary_rows(due))]


def as_csv(due: Sequence[Due]) -> bytes:
    """The summary as a CSV file that Excel takes for UTF-8, and no cell of it for a formula."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([defused(cell) for cell in row] for row in summary(due))
    return buffer.getvalue().encode("utf-8-sig")


def as_workbook(due: Sequence[Due], year: int) -> bytes:
    """The summary, and a sheet of every report that was due with dates and addresses."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        formats = make_formats(book)
        add_list(book, formats, f"{year}年度公布情况", _SUMMARY, _summary_rows(due))
        add_list(book, formats, "应公布单位 Units", _UNITS, map(_unit_row, due))
    return buffer.getvalue()


def _summary_rows(due: Sequence[Due]) -> list[tuple[Value, ...]]:
    return [_area_row(area) for area in (Area(_ALL, tuple(due)), *areas(due))]


def _area_row(area: Area) -> tuple[Value, ...]:
    late, missing = area.names("late"), area.names("missing")
    return (
        area.name,
        len(area.due),
        len(area.names("on_time")),
        f"{area.on_time_share:.2%}",
        len(late),
        "、".join(late),
        len(missing),
        "、".join(missing),
        len(area.names("day_unknown")),
        sum(each.changed for each in area.due),
    )


def _unit_row(due: Due) -> tuple[Value, ...]:
    return (
        due.region,
        due.region_code,
        due.agency,
        _SCOPES.get(due.scope, due.scope),
        due.deadline.isoformat(),
        due.published_on.isoformat() if due.published_on else None,
        _STATES[due.state],
        "是 yes" if due.changed else "否 no",
        due.url,
        due.outcome,
    )


def _text(value: Value) -> str:
    return "" if value is None else str(value)
