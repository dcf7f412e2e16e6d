"""Findings that are not equations: figures that were not found, blanks that hide one, years that disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gongkai.check import Finding
from gongkai.check.blanks import assessed_share, contradictions
from gongkai.check.equations import Number
from gongkai.check.finding import Fault, as_number
from gongkai.check.report import describe_cell
from gongkai.extract.cells import numbers_of
from gongkai.extract.header import Header
from gongkai.extract.report import Cell, State
from gongkai.extract.tables import TablesReading
from gongkai.forms import CellKey, Form
from gongkai.forms.model import IdentityKind

_ENOUGH_ASSESSED = 0.5
"""Below this share of its equations a report proves nothing about its own reading."""


def anomalies(form: Form, cells: Mapping[CellKey, Cell], header: Header, reading: TablesReading) -> Iterator[Finding]:
    """Everything that speaks against a reading, apart from the equations."""
    yield from _lost_rows(form, cells)
    yield from _blanks(form, cells)
    yield from _unplaced(form, cells)
    yield from _header(header)
    for table, label, line in reading.unknown:
        figures = " ".join(token.text.strip() for token in line.tokens)
        yield _finding(
            "unknown_row", "advisory", f"表中有本格式没有的一行：{label}（{figures}）。",
            f"A row that the form does not have: {label} ({figures}).", table=table,
        )  # fmt: skip


def _finding(
    identity: str,
    kind: IdentityKind,
    zh: str,
    en: str,
    *,
    table: str | None = None,
    row: str | None = None,
    column: str | None = None,
    left: Number | None = None,
    right: Number | None = None,
    fault: Fault = "unknown",
) -> Finding:
    return Finding(identity, kind, table, row, column, left, right, fault, None, zh, en)


def _lost_rows(form: Form, cells: Mapping[CellKey, Cell]) -> Iterator[Finding]:
    rows: dict[tuple[str, str], list[CellKey]] = {}
    for key, cell in cells.items():
        if cell.state is State.LOST:
            rows.setdefault((key.table, key.row), []).append(key)
    for (table, row), keys in rows.items():
        label = form.rows_of_cells[keys[0]]
        title = form.table(table)
        yield _finding(
            "cells_lost", "derived", f"{title.zh}“{label.zh}”行有 {len(keys)} 个数字未能读出，请核对原文。",
            f"{title.en}, row “{label.en}”: {len(keys)} figures were not found; look at the source.",
            table=table, row=row, column=keys[0].column if len(keys) == 1 else None, fault="reader",
        )  # fmt: skip


def _blanks(form: Form, cells: Mapping[CellKey, Cell]) -> Iterator[Finding]:
    numbers = numbers_of(cells)
    empty = {key for key, cell in cells.items() if cell.state in (State.BLANK, State.NOT_APPLICABLE)}
    for result in contradictions(form, numbers, empty) if empty else ():
        equation = result.equation
        left, right = as_number(result.left), as_number(result.right)
        yield _finding(
            "blanks_do_not_balance", "derived",
            f"{equation.identity.zh}：空白单元格按零计算为 {left} 与 {right}，不相等，疑有数字未填或未读出。",
            f"{equation.identity.en}: with blanks as zero {left} against {right}; a figure is missing.",
            table=equation.identity.table, row=equation.row, column=equation.column,
            left=result.left, right=result.right,
        )  # fmt: skip
    lost = any(cell.state is State.LOST for cell in cells.values())
    if not lost and assessed_share(form, numbers, empty) < _ENOUGH_ASSESSED:
        yield _finding(
            "not_assessable",
            "derived",
            "数字过少，勾稽关系无法核对。",
            "Too few figures: the arithmetic cannot be checked.",
        )


def _unplaced(form: Form, cells: Mapping[CellKey, Cell]) -> Iterator[Finding]:
    for key, cell in cells.items():
        column = form.columns_of_cells[key]
        zh, en = describe_cell(form, key)
        if cell.state in (State.TEXT, State.APPROXIMATE):
            yield _finding(
                "cell_is_not_a_figure", "derived", f"{zh}印为“{cell.text}”，不是确切数字。",
                f"{en[0].upper()}{en[1:]} prints “{cell.text}”, which is no exact figure.",
                table=key.table, row=key.row, column=key.column,
            )  # fmt: skip
        elif column.value == "amount" and cell.value and cell.unit is None:
            yield _finding(
                "amount_without_unit", "advisory", f"{zh}印为 {cell.text}，没有单位，按元计。",
                f"{en[0].upper()}{en[1:]} prints {cell.text} without a unit; read as yuan.",
                table=key.table, row=key.row, column=key.column, left=cell.value,
            )  # fmt: skip


def _header(header: Header) -> Iterator[Finding]:
    if header.agency is None:
        yield _finding(
            "agency_unknown", "derived", "未能识别发布机关名称。", "The agency's name was not found; give --agency."
        )
    if header.year is None:
        yield _finding("year_unknown", "derived", "未能识别报告年度。", "The report year was not found; give --year.")
    elif len(header.years) > 1 or (header.years and header.year not in header.years):
        years = "、".join(map(str, header.years))
        yield _finding(
            "year_disagrees", "advisory", f"文中年度不一致（{years}），按 {header.year} 年计。",
            f"The document names several years ({', '.join(map(str, header.years))}); read as {header.year}.",
        )  # fmt: skip
