"""The words around a result, in both languages: verdicts, faults, what to do with a file, where a cell stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gongkai.check import Finding
from gongkai.errors import Problem
from gongkai.extract import Cell, ParseResult, Report
from gongkai.forms import CellKey, Form
from gongkai.read.document import Where

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Words(NamedTuple):
    """One text in Chinese and English."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} {self.en}"


VERDICTS = {"accepted": Words("通过", "accepted"), "held": Words("待核", "held")}

KINDS = {
    "statutory": Words("错误", "error"),
    "derived": Words("错误", "error"),
    "advisory": Words("提示", "advice"),
}

FAULTS = {
    "publisher": Words("原文如此：两次独立读取一致，请报告机关更正。", "So printed: two independent readings agree."),
    "reader": Words("读取可能有误：请核对原文。", "Perhaps misread: compare with the source."),
    "unknown": Words("不能判定是原文还是读取有误：请核对原文。", "Printed so or misread: compare with the source."),
}

STATUSES = {
    "not_a_report": Words("不是年度报告", "not a report"),
    "unreadable": Words("无法读取", "unreadable"),
    "unsupported": Words("不支持的格式", "unsupported"),
}

_ADVICE_ZH = {
    "not_a_report": "未找到法定表格；如年报在附件中，请检查附件。",
    "unsupported": "此处不能读取这种格式；请另存为 DOCX、HTML 或文字版 PDF 后再检查。",
}

_OF_PROBLEMS_ZH: dict[Problem, tuple[str, str]] = {  # of a document that was fetched, and of a file of one's own
    "damaged": (
        "文件损坏或不完整；请重新下载，仍打不开的，请向报告机关索取完整文件。",
        "文件损坏或不完整；请用制作它的软件打开，重新保存或导出后再检查。",
    ),
    "empty": ("文件没有内容；请重新下载。", "文件没有内容；请重新保存或导出后再检查。"),
    "locked": ("文件设有密码；请向报告机关索取不设密码的文件。", "文件设有密码；请另存一份不设密码的文件后再检查。"),
    "too_large": 2 * ("文件超出限制；请只留年度报告，另存后再检查，或按英文说明处理。",),
    "exhausted": 2 * ("读取超出时间或内存限制，或读取程序崩溃；请另存为 DOCX 或文字版 PDF 后再检查。",),
    "not_opened": 2 * ("文件打不开；请检查路径和权限。",),
    "other": 2 * ("文件不能读取；请另存为 DOCX、HTML 或文字版 PDF 后再检查，或按英文说明处理。",),
}

STATES = {
    "blank": Words("空白", "blank"),
    "not_applicable": Words("不适用", "not applicable"),
    "text": Words("文字", "words"),
    "approximate": Words("约数", "approximate"),
    "lost": Words("未读出", "not found"),
    "inferred": Words("推算", "inferred"),
}


def errors_and_advice(report: Report) -> tuple[int, int]:
    """How many findings hold the report, and how many are advisory."""
    advisory = sum(finding.kind == "advisory" for finding in report.findings)
    return len(report.findings) - advisory, advisory


def advice_zh(result: ParseResult) -> str:
    """What to do with a file that gave no report."""
    if result.status == "unreadable":
        return _OF_PROBLEMS_ZH[result.problem or "other"][0 if result.is_fetched else 1]
    return _ADVICE_ZH[result.status]


def by_agency(results: Iterable[ParseResult]) -> list[tuple[ParseResult, Report]]:
    """The results that are reports, ordered by agency and year."""
    reports = [(result, result.report) for result in results if result.report is not None]
    return sorted(reports, key=lambda pair: (pair[1].agency or "", pair[1].year or 0, pair[0].file))


def without_report(results: Iterable[ParseResult]) -> list[ParseResult]:
    """The results of files that gave no report, ordered by file."""
    return sorted((result for result in results if result.report is None), key=lambda result: result.file)


def cells_of(form: Form, finding: Finding) -> tuple[CellKey, ...]:
    """The cells that a finding is about: those of its equation, else the cell or the row that it names."""
    for equation in form.equations:
        if (equation.identity.name, equation.row, equation.column) == (finding.identity, finding.row, finding.column):
            return equation.cells
    if finding.table is None or finding.row is None:
        return ()
    place = (finding.table, finding.row)
    return tuple(key for key in form.cell_ids if key[:2] == place and finding.column in (None, key.column))


def row_and_column(form: Form, finding: Finding) -> tuple[str, str]:
    """The printed labels of the finding's row and column, '' where it is about several; its suspect cell's first."""
    keys = (finding.suspect.key,) if finding.suspect else cells_of(form, finding)
    return _only(form.rows_of_cells[key].zh for key in keys), _only(form.columns_of_cells[key].zh for key in keys)


def _only(labels: Iterable[str]) -> str:
    """The label, if there is just one."""
    different = set(labels)
    return different.pop() if len(different) == 1 else ""


def place(where: Where | None) -> Words:
    """Where a cell stands in its source, counted from 1."""
    if where is None:
        return Words("", "")
    column = None if where.column is None else where.column + 1
    row = None if where.row is None else where.row + 1
    parts = (
        (where.member, "内含文件“{}”", "in it {}"),
        (where.page, "第{}页", "page {}"),
        (where.table, "第{}个表", "table {}"),
        (row, "第{}行", "row {}"),
        (where.line, "文本第{}行", "line {}"),
        (column, "第{}列", "column {}"),
    )
    known = [(zh.format(at), en.format(at)) for at, zh, en in parts if at is not None]
    return Words("".join(zh for zh, _ in known), ", ".join(en for _, en in known))


def figure(cell: Cell) -> str:
    """A cell as people read it: the figure, `?` behind an inferred one, the text of one that is no figure."""
    shown = cell.to_json()
    if cell.state in ("value", "zero"):
        return str(shown["value"])
    if cell.state == "inferred":
        return f"{shown['value']}?"
    return "" if cell.state == "blank" else str(cell.text or STATES[cell.state].zh).strip()


def defused(text: str) -> str:
    """Text that no spreadsheet runs as a formula: what would begin one gets an apostrophe in front."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def encodable(text: str) -> str:
    """Text that UTF-8 can hold: file names may carry bytes that it cannot."""
    return text.encode("utf-8", errors="replace").decode()
