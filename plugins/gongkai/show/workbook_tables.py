"""A sheet a table of the form, the reports one below the other, the offending cells coloured and named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gongkai.check.finding import as_number
from gongkai.extract import ParseResult, Report, State
from gongkai.forms import CellKey, Form, Table, all_forms, form_by_id
from gongkai.show import words
from gongkai.show.sheets import Note, notes_of, source_of
from gongkai.show.workbook_sheets import Formats, Value, add_sheet, put, put_row, set_height

_LONGEST_NAME = 31
"""Characters of a sheet's name; those below may not stand in one."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")

_MARKS = {"suspect": "✗", "involved": "?", "advice": "!"}
_LABEL_WIDTH, _FIGURE_WIDTH, _REMARK_WIDTH = 52, 12, 50
_REMARKS_AT = 1 + max(len(block.columns) for form in all_forms() for table in form.tables for block in table.blocks)
"""The column right of the widest table."""

Reports = Iterable[tuple[ParseResult, Report]]


def add_tables(book: Any, formats: Formats, reports: Reports) -> None:
    """A sheet for each table of the forms that these reports use."""
    reports = list(reports)
    tables = {table.key: (form, table) for form in _forms(reports) for table in form.tables}
    for key, (form, table) in tables.items():
        _TableSheet(book, formats, _name(form, table)).write(key, reports)


def _forms(reports: Reports) -> list[Form]:
    return [form_by_id(form) for form in dict.fromkeys(report.form for _, report in reports)]


def _name(form: Form, table: Table) -> str:
    """The name of a table's sheet, with the number of the section that it stands in: 表三 …."""
    number = next((section.number for section in form.sections if section.table == table.key), "")
    return _NOT_IN_NAMES.sub(" ", f"表{number} {table.zh}")[:_LONGEST_NAME]


class _TableSheet:
    """One sheet, written from top to bottom."""

    def __init__(self, book: Any, formats: Formats, name: str) -> None:
        self._sheet, self._formats, self._at = add_sheet(book, name), formats, 0
        self._sheet.set_column(0, 0, _LABEL_WIDTH)
        self._sheet.set_column(1, _REMARKS_AT - 1, _FIGURE_WIDTH)
        self._sheet.set_column(_REMARKS_AT, _REMARKS_AT, _REMARK_WIDTH)
        self._title(name)

    def write(self, table: str, reports: Reports) -> None:
        """Write the table of each report whose form has it."""
        for result, report in reports:
            form = form_by_id(report.form)
            if table in {known.key for known in form.tables}:
                self._at += 1
                self._title(f"{report.agency or '？'} {report.year or '？'}　{result.file}")
                self._blocks(form, form.table(table), report)

    def _title(self, text: str) -> None:
        put(self._sheet, self._at, 0, text, self._formats.title)
        self._at += 1

    def _blocks(self, form: Form, table: Table, report: Report) -> None:
        notes = notes_of(form, report.findings)
        groups = {group.key: f"{group.zh}：" for group in table.groups}
        for block in table.blocks:
            heads = [block.caption.zh if block.caption else table.zh, *(column.zh for column in block.columns)]
            widths = [_LABEL_WIDTH, *(_FIGURE_WIDTH for _ in block.columns)]
            put_row(self._sheet, self._at, heads, widths, self._formats.head)
            self._at += 1
            for row in block.rows:
                keys = {column.zh: CellKey(table.key, row.key, column.key) for column in block.columns}
                self._row(groups.get(row.group or "", "") + row.zh, keys, report, notes)

    def _row(
        self, label: str, keys: Mapping[str, CellKey], report: Report, notes: Mapping[CellKey, tuple[Note, ...]]
    ) -> None:
        """A row of figures; `keys` are its cells by the labels of their columns."""
        marked = ((column, key) for column, key in keys.items() if key in notes)
        remarks = "\n".join(_remark(column, notes[key][0], source_of(report.cells[key])) for column, key in marked)
        set_height(self._sheet, self._at, (label, remarks), (_LABEL_WIDTH, _REMARK_WIDTH))
        put(self._sheet, self._at, 0, label, self._formats.text)
        for at, key in enumerate(keys.values(), start=1):
            style = getattr(self._formats, notes[key][0].mark) if key in notes else self._formats.figure
            put(self._sheet, self._at, at, _value(report, key), style)
        if remarks:
            put(self._sheet, self._at, _REMARKS_AT, remarks, self._formats.text)
        self._at += 1


def _value(report: Report, key: CellKey) -> Value:
    cell = report.cells[key]
    return as_number(cell.value) if cell.state in (State.VALUE, State.ZERO) else words.figure(cell)


def _remark(column: str, note: Note, source: words.Words) -> str:
    balances = f"，若为 {note.balances} 则平衡" if note.balances is not None else ""
    return f"{_MARKS[note.mark]} {column}{balances}；原文{source.zh}"
