"""A workbook to send back: 汇总 the summary, 问题 the findings, then a sheet a table with the offending cells coloured.

Everything is written as a string or a number, never as a formula or a link.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import xlsxwriter

from gongkai.check import Finding
from gongkai.check.finding import as_number
from gongkai.extract import ParseResult, Report, State
from gongkai.forms import Block, CellKey, Form, Row, Table, all_forms, form_by_id
from gongkai.show import words
from gongkai.show.sheets import Note, notes_of, source_of

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_LONGEST_TEXT = 32_767
"""Characters of a cell."""

_LONGEST_NAME = 31
"""Characters of a sheet's name; those below may not stand in one."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")

_SUMMARY = (
    ("机关 Agency", 34), ("年度 Year", 8), ("结论 Verdict", 16), ("错误 Errors", 9), ("提示 Advice", 9),
    ("文件 File", 44), ("格式 Form", 12), ("怎么办 What to do", 60), ("sha256", 20),
)  # fmt: skip
_FINDINGS = (
    ("机关 Agency", 30), ("文件 File", 30), ("年度 Year", 8), ("表 Table", 30), ("行 Row", 30), ("列 Column", 16),
    ("印为 Printed", 10), ("平衡值 Balances", 10), ("类别 Kind", 12), ("问题", 60), ("Finding", 60),
    ("责任 Whose fault", 34), ("原文 Source text", 16), ("位置 Position", 34), ("等式 Identity", 24),
)  # fmt: skip
_MARKS = {"suspect": "✗", "involved": "?", "advice": "!"}
_REMARKS_AT = 1 + max(len(block.columns) for form in all_forms() for table in form.tables for block in table.blocks)
"""The column right of the widest table's."""

_LABEL_WIDTH, _FIGURE_WIDTH, _REMARK_WIDTH = 52, 13, 60

Value = str | int | float | None


class _Formats(NamedTuple):
    head: Any
    text: Any
    figure: Any
    suspect: Any
    involved: Any
    advice: Any


def workbook(results: Sequence[ParseResult]) -> bytes:
    """The bytes of the .xlsx file."""
    buffer = io.BytesIO()
    reports = words.by_agency(results)
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        formats = _formats(book)
        summary = [*(_summary_row(*pair) for pair in reports), *map(_failed_row, words.without_report(results))]
        _list(book, formats, "汇总 Summary", _SUMMARY, summary)
        findings = (_finding_row(*pair, finding) for pair in reports for finding in pair[1].findings)
        _list(book, formats, "问题 Findings", _FINDINGS, findings)
        for table, name in _table_names(report.form for _, report in reports).items():
            _Tables(book, formats, name).write(table, reports)
    return buffer.getvalue()


def _formats(book: Any) -> _Formats:
    cell = {"border": 1, "border_color": "#C9D1D9", "valign": "top"}
    figure = {**cell, "align": "right"}
    return _Formats(
        head=book.add_format({**cell, "bold": True, "bg_color": "#F0F2F0", "text_wrap": True}),
        text=book.add_format({**cell, "text_wrap": True}),
        figure=book.add_format(figure),
        suspect=book.add_format({**figure, "bold": True, "bg_color": "#FDEAEA", "font_color": "#A61B1B"}),
        involved=book.add_format({**figure, "bg_color": "#FDEAEA"}),
        advice=book.add_format({**figure, "bg_color": "#FFF4DC"}),
    )


def _summary_row(result: ParseResult, report: Report) -> tuple[Value, ...]:
    verdict = str(words.VERDICTS[report.verdict])
    counts = words.errors_and_advice(report)
    return (report.agency, report.year, verdict, *counts, result.file, report.form, None, result.sha256)


def _failed_row(result: ParseResult) -> tuple[Value, ...]:
    advice = f"{words.ADVICE_ZH[result.status]}\n{result.error}"
    return (None, None, str(words.STATUSES[result.status]), None, None, result.file, None, advice, result.sha256)


def _finding_row(result: ParseResult, report: Report, finding: Finding) -> tuple[Value, ...]:
    form, suspect = form_by_id(report.form), finding.suspect
    cells = words.cells_of(form, finding)
    key = suspect.key if suspect else cells[0] if len(cells) == 1 else None
    cell = report.cells[key] if key else None
    return (
        report.agency,
        result.file,
        report.year,
        form.table(finding.table).zh if finding.table else None,
        *words.row_and_column(form, finding),
        as_number(suspect.printed) if suspect else words.figure(cell) if cell else None,
        as_number(suspect.balances) if suspect else None,
        str(words.KINDS[finding.kind]),
        finding.message_zh,
        finding.message_en,
        None if finding.kind == "advisory" else str(words.FAULTS[finding.fault]),
        cell.text if cell else None,
        "\n".join(filter(None, words.place(cell.where))) if cell else None,
        finding.identity,
    )


def _list(
    book: Any, formats: _Formats, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Value]]
) -> None:
    """A sheet with a header that stays, a filter, and a row an entry."""
    sheet = _sheet(book, name)
    for at, (title, width) in enumerate(columns):
        sheet.set_column(at, at, width)
        _put(sheet, 0, at, title, formats.head)
    last = 0
    for last, row in enumerate(rows, start=1):
        for at, value in enumerate(row):
            _put(sheet, last, at, value, formats.text)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    sheet.repeat_rows(0)


def _sheet(book: Any, name: str) -> Any:
    """A sheet that prints on A4, as wide as the page, with page numbers."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
    return sheet


def _put(sheet: Any, row: int, column: int, value: Value, style: Any) -> None:
    """Write one cell: a number as a number, all else as a string that no spreadsheet takes for a formula."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, words.defused(words.encodable(value))[:_LONGEST_TEXT], style)
    else:
        sheet.write_number(row, column, value, style)


def _table_names(form_ids: Iterable[str]) -> dict[str, str]:
    """The tables of these forms in printed order, each with the name of its sheet, e.g. 表三 …."""
    names: dict[str, str] = {}
    for form in map(form_by_id, dict.fromkeys(form_ids)):
        numbers = {section.table: section.number for section in form.sections}
        for table in form.tables:
            name = f"表{numbers.get(table.key, '')} {table.zh}"
            names[table.key] = _NOT_IN_NAMES.sub(" ", name)[:_LONGEST_NAME]
    return names


class _Tables:
    """One sheet: a table of every report, one below the other, row by row as constant memory wants it."""

    def __init__(self, book: Any, formats: _Formats, name: str) -> None:
        self._sheet, self._formats, self._at = _sheet(book, name), formats, 0

    def write(self, table_key: str, reports: Iterable[tuple[ParseResult, Report]]) -> None:
        """Write the table of each report whose form has it."""
        self._sheet.set_column(0, 0, _LABEL_WIDTH)
        self._sheet.set_column(1, _REMARKS_AT - 1, _FIGURE_WIDTH)
        self._sheet.set_column(_REMARKS_AT, _REMARKS_AT, _REMARK_WIDTH)
        self._line(("机关、年度、文件 Agency, year, file",), self._formats.head)
        for result, report in reports:
            form = form_by_id(report.form)
            if table_key in {table.key for table in form.tables}:
                self._at += 1
                self._line((f"{report.agency or '？'} {report.year or '？'}　{result.file}",), self._formats.head)
                self._blocks(form, form.table(table_key), report)

    def _blocks(self, form: Form, table: Table, report: Report) -> None:
        notes = notes_of(form, report.findings)
        groups = {group.key: group.zh for group in table.groups}
        for block in table.blocks:
            caption = block.caption.zh if block.caption else table.zh
            self._line((caption, *(column.zh for column in block.columns)), self._formats.head)
            for row in block.rows:
                label = f"{groups[row.group]}：{row.zh}" if row.group else row.zh
                self._row(label, block, row, report, notes, table.key)

    def _row(
        self, label: str, block: Block, row: Row, report: Report, notes: dict[CellKey, tuple[Note, ...]], table: str
    ) -> None:
        _put(self._sheet, self._at, 0, label, self._formats.text)
        remarks: list[str] = []
        for at, column in enumerate(block.columns, start=1):
            key = CellKey(table, row.key, column.key)
            cell, about = report.cells[key], notes.get(key, ())
            style = getattr(self._formats, about[0].mark) if about else self._formats.figure
            value = as_number(cell.value) if cell.state in (State.VALUE, State.ZERO) else words.figure(cell)
            _put(self._sheet, self._at, at, value, style)
            remarks.extend(_remark(column.zh, note, source_of(cell)) for note in about[:1])
        if remarks:
            _put(self._sheet, self._at, _REMARKS_AT, "\n".join(remarks), self._formats.text)
        self._at += 1

    def _line(self, texts: Iterable[str], style: Any) -> None:
        for at, text in enumerate(texts):
            _put(self._sheet, self._at, at, text, style)
        self._at += 1


def _remark(column: str, note: Note, source: words.Words) -> str:
    balances = f"，若为 {note.balances} 则平衡" if note.balances is not None else ""
    return f"{_MARKS[note.mark]} {column}{balances}；原文{source.zh}"
