"""How results are shown to people: tables on a terminal, CSV for a spreadsheet, findings in plain words."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from gongkai.extract import ParseResult, Report
from gongkai.forms import CellKey, Form, form_by_id
from gongkai.forms.model import Table

_CSV_COLUMNS = (
    "file", "sha256", "form", "agency", "year", "scope", "verdict",
    "table", "row", "column", "value", "text", "state", "unit", "reader",
)  # fmt: skip
_LABEL_WIDTH = 16
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(results: Iterable[ParseResult], out: TextIO) -> Iterator[ParseResult]:
    """A line a cell. Text that a spreadsheet would run as a formula is quoted with an apostrophe."""
    writer = csv.writer(out)
    writer.writerow(_CSV_COLUMNS)
    for result in results:
        if result.report is None:
            _complain(result)
        else:
            for cell in result.report.cells.values():
                writer.writerow(_defuse(value) for value in _csv_row(result, result.report, cell.to_json()))
        yield result


def _csv_row(result: ParseResult, report: Report, cell: dict[str, Any]) -> Iterator[Any]:
    yield from (result.file, result.sha256, report.form, report.agency, report.year, report.scope, report.verdict)
    yield from (cell[name] for name in _CSV_COLUMNS[7:])


def _defuse(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def print_reports(results: Iterable[ParseResult]) -> Iterator[ParseResult]:
    """Each report's tables as printed, then its findings."""
    console = Console()
    for result in results:
        if result.report is None:
            _complain(result)
        else:
            _print_report(console, result, result.report)
        yield result


def _print_report(console: Console, result: ParseResult, report: Report) -> None:
    form = form_by_id(report.form)
    console.rule(f"[bold]{escape(report.agency or '?')} {report.year or '?'}[/bold]  {report.form}")
    console.print(
        f"{result.file}  sha256 {(result.sha256 or '')[:12]}…  verdict: {_coloured(report.verdict)}", highlight=False
    )
    for table in form.tables:
        for shown in _tables(form, table, report):
            console.print(shown)
    _print_report_findings(console, report)


def _tables(form: Form, table: Table, report: Report) -> Iterator[RichTable]:
    for block in table.blocks:
        shown = RichTable(title=block.caption.zh if block.caption else table.zh, title_justify="left")
        shown.add_column("", overflow="fold", min_width=_LABEL_WIDTH)
        for column in block.columns:
            shown.add_column(column.zh, justify="right", overflow="fold")
        for row in block.rows:
            cells = (report.cells[CellKey(table.key, row.key, column.key)] for column in block.columns)
            shown.add_row(row.zh, *(escape(_figure(cell.to_json())) for cell in cells))
        yield shown


def _figure(cell: dict[str, Any]) -> str:
    if cell["state"] in ("value", "zero"):
        return str(cell["value"])
    if cell["state"] == "inferred":
        return f"{cell['value']}?"
    return str(cell["text"] or cell["state"]).strip() if cell["state"] != "blank" else ""


def print_findings(results: Iterable[ParseResult]) -> Iterator[ParseResult]:
    """A line a report, and under it each finding in Chinese and English."""
    console = Console()
    for result in results:
        report = result.report
        if report is None:
            _complain(result)
        else:
            line = f"{report.agency or '?'} {report.year or '?'}  {len(report.findings)} 项  "
            console.print(f"[bold]{escape(line)}[/bold]{_coloured(report.verdict)}  {result.file}", highlight=False)
            _print_report_findings(console, report)
        yield result


def _print_report_findings(console: Console, report: Report) -> None:
    for finding in report.findings:
        mark = "[yellow]提示[/yellow]" if finding.kind == "advisory" else "[red]错误[/red]"
        console.print(f"  {mark} {finding.identity}: {escape(finding.message_zh)}", highlight=False, soft_wrap=True)
        console.print(f"       {escape(finding.message_en)}", highlight=False, soft_wrap=True)


def _coloured(verdict: str) -> str:
    return f"[green]{verdict}[/green]" if verdict == "accepted" else f"[red]{verdict}[/red]"


def findings_first(result: ParseResult) -> dict[str, Any]:
    """The JSON of `parse`, with what an office looks at before it publishes in front."""
    whole = result.to_json()
    first = ("file", "agency", "year", "verdict", "findings")
    return {name: whole[name] for name in first} | {name: v for name, v in whole.items() if name not in first}


def _complain(result: ParseResult) -> None:
    click.echo(f"{result.file}: {result.status}: {result.error}", err=True)
