"""Reports, checks and complaints on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from gongkai.check import Finding
from gongkai.extract import ParseResult, Report
from gongkai.forms import CellKey, Form, form_by_id
from gongkai.forms.parts import Table
from gongkai.show.words import (
    FAULTS,
    KINDS,
    STATUSES,
    VERDICTS,
    advice_zh,
    by_agency,
    errors_and_advice,
    figure,
    without_report,
)

_LABEL_WIDTH = 16
_COLOURS = {"accepted": "green", "held": "red"}


def print_reports(results: Iterable[ParseResult]) -> Iterator[ParseResult]:
    """Each report's tables as printed, then its findings."""
    console = Console()
    for result in results:
        if result.report is None:
            complain(result)
        else:
            _print_report(console, result, result.report)
        yield result


def _print_report(console: Console, result: ParseResult, report: Report) -> None:
    form = form_by_id(report.form)
    console.rule(f"[bold]{escape(report.agency or '?')} {report.year or '?'}[/bold]  {report.form}")
    console.print(
        f"{escape(result.file)}  sha256 {(result.sha256 or '')[:12]}…  verdict: {_coloured(report.verdict)}",
        highlight=False,
    )
    for table in form.tables:
        for shown in _tables(form, table, report):
            console.print(shown)
    for finding in report.findings:
        _print_finding(console, finding)


def _tables(form: Form, table: Table, report: Report) -> Iterator[RichTable]:
    for block in table.blocks:
        shown = RichTable(title=block.caption.zh if block.caption else table.zh, title_justify="left")
        shown.add_column("", overflow="fold", min_width=_LABEL_WIDTH)
        for column in block.columns:
            shown.add_column(column.zh, justify="right", overflow="fold")
        for row in block.rows:
            cells = (report.cells[CellKey(table.key, row.key, column.key)] for column in block.columns)
            shown.add_row(row.zh, *(escape(figure(cell)) for cell in cells))
        yield shown


def print_check(results: Sequence[ParseResult]) -> None:
    """The summary by agency, then each finding in plain words, then the files that gave no report."""
    console = Console()
    reports = by_agency(results)
    if reports:
        console.print(_summary(reports))
    for result, report in reports:
        if report.findings:
            heading = f"{report.agency or '?'} {report.year or '?'}"
            console.print(f"\n[bold]{escape(heading)}[/bold]  {escape(result.file)}", highlight=False, soft_wrap=True)
            for finding in report.findings:
                _print_finding(console, finding)
    failed = without_report(results)
    if failed:
        console.print("\n[bold]没有得出报告的文件 Files that gave no report[/bold]", highlight=False)
    for result in failed:
        status = STATUSES[result.status]
        line = f"  [red]{status.zh}[/red] {escape(result.file)}: {advice_zh(result)}"
        console.print(line, highlight=False, soft_wrap=True)
        console.print(f"       {result.status}: {result.error}", highlight=False, markup=False, soft_wrap=True)


def _summary(reports: Iterable[tuple[ParseResult, Report]]) -> RichTable:
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column("机关\nAgency", overflow="fold")
    shown.add_column("年度\nYear")
    shown.add_column("结论\nVerdict", no_wrap=True)
    shown.add_column("错误\nErrors", justify="right")
    shown.add_column("提示\nAdvice", justify="right")
    shown.add_column("文件\nFile", overflow="fold")
    for result, report in reports:
        counts = map(str, errors_and_advice(report))
        verdict = f"{VERDICTS[report.verdict].zh} {_coloured(report.verdict)}"
        shown.add_row(escape(report.agency or "?"), str(report.year or "?"), verdict, *counts, escape(result.file))
    return shown


def _print_finding(console: Console, finding: Finding) -> None:
    advisory = finding.kind == "advisory"
    kind, fault = KINDS[finding.kind], FAULTS[finding.fault]
    mark = f"[yellow]{kind.zh}[/yellow]" if advisory else f"[red]{kind.zh}[/red]"
    zh, en = finding.message_zh, finding.message_en
    if not advisory:
        zh, en = f"{zh}{fault.zh}", f"{en} {fault.en}"
    console.print(f"  {mark} {finding.identity}: {escape(zh)}", highlight=False, soft_wrap=True)
    console.print(f"       {escape(en)}", highlight=False, soft_wrap=True)


def _coloured(verdict: str) -> str:
    return f"[{_COLOURS[verdict]}]{verdict}[/]"


def complain(result: ParseResult) -> None:
    """One line on standard error for a file that gave no report: which file, what is wrong, what to do."""
    click.echo(f"{result.file}: {result.status}: {result.error}", err=True)
