"""A workbook to send back: 汇总 the summary, 问题 the findings, then the tables with the offending cells coloured."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from gongkai.check import Finding
from gongkai.check.finding import as_number
from gongkai.extract import ParseResult, Report
from gongkai.forms import form_by_id
from gongkai.show import words
from gongkai.show.workbook_sheets import OPTIONS, Value, add_list, make_formats
from gongkai.show.workbook_tables import add_tables

_SUMMARY = (
    ("机关 Agency", 34), ("年度 Year", 7), ("结论 Verdict", 16), ("错误 Errors", 8), ("提示 Advice", 8),
    ("文件 File", 40), ("格式 Form", 11), ("怎么办 What to do", 50), ("sha256", 18),
)  # fmt: skip
_FINDINGS = (
    ("机关 Agency", 18), ("文件 File", 18), ("年度 Year", 7), ("表 Table", 16), ("行 Row", 20), ("列 Column", 10),
    ("印为 Printed", 9), ("平衡值 Balances", 9), ("类别 Kind", 9), ("问题", 40), ("Finding", 40),
    ("责任 Whose fault", 22), ("原文 Source text", 10), ("位置 Position", 18), ("等式 Identity", 20),
)  # fmt: skip


def workbook(results: Sequence[ParseResult]) -> bytes:
    """The bytes of the .xlsx file."""
    buffer = io.BytesIO()
    reports = words.by_agency(results)
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        formats = make_formats(book)
        summary = [*(_summary_row(*pair) for pair in reports), *map(_failed_row, words.without_report(results))]
        add_list(book, formats, "汇总 Summary", _SUMMARY, summary)
        findings = (_finding_row(*pair, finding) for pair in reports for finding in pair[1].findings)
        add_list(book, formats, "问题 Findings", _FINDINGS, findings)
        add_tables(book, formats, reports)
    return buffer.getvalue()


def _summary_row(result: ParseResult, report: Report) -> tuple[Value, ...]:
    verdict = str(words.VERDICTS[report.verdict])
    counts = words.errors_and_advice(report)
    return (report.agency, report.year, verdict, *counts, result.file, report.form, None, _start(result.sha256))


def _failed_row(result: ParseResult) -> tuple[Value, ...]:
    status, advice = str(words.STATUSES[result.status]), f"{words.advice_zh(result)}\n{result.error}"
    return (None, None, status, None, None, result.file, None, advice, _start(result.sha256))


def _start(sha256: str | None) -> str | None:
    return f"{sha256[:16]}…" if sha256 else None


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
