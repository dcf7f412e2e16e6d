"""One self-contained page: the summary, each report's tables with the offending cells marked, the findings beside.

It asks for nothing from anywhere (its policy forbids it), needs no script, and prints on A4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gongkai.check import Finding
from gongkai.extract import ParseResult, Report, State
from gongkai.forms import CellKey, Form, form_by_id
from gongkai.pages import render_page
from gongkai.show import words
from gongkai.show.sheets import ShownTable, shown_tables, source_of

_FEW = 8
"""Cells of a finding whose sources are all listed: a whole row of the form."""


class _Source(NamedTuple):
    """A cell that a finding is about, and what its source says."""

    key: CellKey
    row: words.Words
    column: words.Words
    said: words.Words


class _ShownFinding(NamedTuple):
    number: int
    finding: Finding
    kind: words.Words
    fault: words.Words | None
    sources: tuple[_Source, ...]


class _ShownReport(NamedTuple):
    result: ParseResult
    report: Report
    form: Form
    verdict: words.Words
    errors: int
    advice: int
    tables: tuple[ShownTable, ...]
    findings: tuple[_ShownFinding, ...]


def page(results: Sequence[ParseResult]) -> bytes:
    """The page as UTF-8 HTML. Everything that comes from a document is escaped."""
    reports = [_shown(result, report) for result, report in words.by_agency(results)]
    text = render_page(
        "gongkai.show",
        "page",
        reports=reports,
        failed=words.without_report(results),
        held=sum(shown.report.verdict == "held" for shown in reports),
        words=words,
        parser=results[0].parser if results else "",
    )
    return words.encodable(text).encode()


def _shown(result: ParseResult, report: Report) -> _ShownReport:
    form = form_by_id(report.form)
    verdict, counts = words.VERDICTS[report.verdict], words.errors_and_advice(report)
    findings = tuple(_finding(form, report, at, finding) for at, finding in enumerate(report.findings, start=1))
    return _ShownReport(result, report, form, verdict, *counts, tuple(shown_tables(form, report)), findings)


def _finding(form: Form, report: Report, number: int, finding: Finding) -> _ShownFinding:
    fault = None if finding.kind == "advisory" else words.FAULTS[finding.fault]
    sources = tuple(_sources(form, report, finding))
    return _ShownFinding(number, finding, words.KINDS[finding.kind], fault, sources)


def _sources(form: Form, report: Report, finding: Finding) -> Iterator[_Source]:
    """The suspect cell, else the cells of the finding; of many, the zeros are left out, which add nothing to a sum."""
    keys = (finding.suspect.key,) if finding.suspect else words.cells_of(form, finding)
    for key in keys:
        cell = report.cells[key]
        if len(keys) <= _FEW or cell.state is not State.ZERO:
            row, column = form.rows_of_cells[key], form.columns_of_cells[key]
            yield _Source(key, words.Words(row.zh, row.en), words.Words(column.zh, column.en), source_of(cell))
