"""CSV for a spreadsheet: a line a cell."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from gongkai.extract import ParseResult, Report
from gongkai.show.terminal import complain
from gongkai.show.words import defused

_COLUMNS = (
    "file", "sha256", "form", "agency", "year", "scope", "verdict",
    "table", "row", "column", "value", "text", "state", "unit", "reader",
)  # fmt: skip


def write_csv(results: Iterable[ParseResult], out: TextIO) -> Iterator[ParseResult]:
    """A line a cell. Text that a spreadsheet would run as a formula is quoted with an apostrophe."""
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for result in results:
        if result.report is None:
            complain(result)
        else:
            for cell in result.report.cells.values():
                line = _line(result, result.report, cell.to_json())
                writer.writerow(defused(value) if isinstance(value, str) else value for value in line)
        yield result


def _line(result: ParseResult, report: Report, cell: dict[str, Any]) -> Iterator[Any]:
    yield from (result.file, result.sha256, report.form, report.agency, report.year, report.scope, report.verdict)
    yield from (cell[name] for name in _COLUMNS[7:])
