"""Loads what was parsed into raw: one transaction a call, by COPY, as often as one likes.

A report is known by (document hash, parser version, ordinal in the document); what is there already is left alone. Two
loaders at once wait for each other at the report they share, and a killed one leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.errors import ForeignKeyViolation
from psycopg.types.json import Jsonb

from gongkai.check.finding import Finding
from gongkai.errors import WarehouseError
from gongkai.extract.report import Cell, ParseResult, Report, State
from gongkai.forms import CellKey, form_by_id
from gongkai.roster import normalise_name
from gongkai.warehouse.cell_copy import ReportCells, copy_cells, in_batches
from gongkai.warehouse.plain import plain_text
from gongkai.warehouse.runs import Outcome, write_outcomes

FIRST_YEAR, LAST_YEAR = 2008, 2035
"""Years that a report can be for; the Regulations came into force in 2008. Others are loaded as unknown."""

UNKNOWN_YEAR = 0
"""The year of the cells of a report whose year is unknown."""

_REPORTS_A_STATEMENT = 200


@dataclass(frozen=True, slots=True)
class LoadCounts:
    """What a call did. `present`: reports that were there before. `held`: of the new ones. `without_report`: files."""

    reports: int
    cells: int
    held: int
    present: int
    without_report: int


class _Key(NamedTuple):
    sha256: str
    parser_version: str
    ordinal: int


class _Item(NamedTuple):
    key: _Key
    report: Report
    result: ParseResult


def load_results(conn: Connection, run_id: str, ingest_year: int, results: Iterable[ParseResult]) -> LoadCounts:
    """Load a batch of results of one run, and write one outcome a file (`parse`) and one a report (`load`).

    A report whose year is missing or impossible is loaded with year NULL and held; no mart shows it. All results are
    held in memory: call it with batches of some hundreds or thousands of reports, as a transaction each of a single
    report is twenty times as slow.

    Raises:
        WarehouseError: the run is not known; start it with :func:`gongkai.warehouse.runs.start_run`.
    """
    every = list(results)
    items = _items(every)
    try:
        with conn.transaction():
            # everybody inserts in the same order, so that two loaders wait for each other but never in a circle
            _insert_documents(conn, every)
            loaded = _insert_reports(conn, ingest_year, items)
            new = [(loaded[item.key], item) for item in items if item.key in loaded]
            cells = copy_cells(conn, _cells_of(new))
            _insert_claims(conn, new)
            _insert_issues(conn, new)
            write_outcomes(conn, run_id, ingest_year, _outcomes(every, items, set(loaded)))
    except ForeignKeyViolation as error:
        raise WarehouseError(f"Run {run_id!r} is not known to the warehouse; start it before loading.") from error
    return LoadCounts(
        reports=len(new),
        cells=cells,
        held=sum(_verdict(item.report) == "held" for _, item in new),
        present=len(items) - len(new),
        without_report=sum(result.report is None for result in every),
    )


def _items(results: Sequence[ParseResult]) -> list[_Item]:
    """The reports found, each once, ordered by key. The same bytes under two names are one document."""
    ordinals: Counter[tuple[str, str]] = Counter()
    items: dict[_Key, _Item] = {}
    for result in results:
        if result.report is None or result.sha256 is None:
            continue
        key = _Key(result.sha256, result.parser, ordinals[result.sha256, result.document])
        ordinals[result.sha256, result.document] += 1
        items.setdefault(key, _Item(key, result.report, result))
    return [items[key] for key in sorted(items)]


def _insert_documents(conn: Connection, results: Sequence[ParseResult]) -> None:
    documents = {result.sha256: result.media_type for result in results if result.sha256 is not None}
    ordered = sorted(documents)
    conn.execute(
        "INSERT INTO raw.document (sha256, media_type) SELECT * FROM unnest(%s::text[], %s::text[]) "
        "ON CONFLICT DO NOTHING",
        (ordered, [documents[sha256] for sha256 in ordered]),
    )


# one JSON parameter for all rows: as an array of text the places of the cells would take longer than all else
_INSERT_REPORTS = """
    INSERT INTO raw.report (sha256, parser_version, ordinal, ingest_year, form, report_year, agency_printed,
                            agency_normalised, scope, title, published_on, verdict, reader, locators, figures_hash)
    SELECT sha256, parser_version, ordinal, %s, form, report_year, agency_printed,
           agency_normalised, scope, title, published_on, verdict, reader, locators, figures_hash
    FROM json_to_recordset(%s::json) AS given (
        sha256 text, parser_version text, ordinal smallint, form text, report_year smallint, agency_printed text,
        agency_normalised text, scope text, title text, published_on date, verdict text, reader text, locators jsonb,
        figures_hash text)
    ON CONFLICT DO NOTHING
    RETURNING sha256, parser_version, ordinal, report_id
"""


def _insert_reports(conn: Connection, ingest_year: int, items: Sequence[_Item]) -> dict[_Key, int]:
    """Insert the reports that are not there yet, and return their numbers."""
    inserted: dict[_Key, int] = {}
    for some in in_batches(items, _REPORTS_A_STATEMENT):
        rows = json.dumps([_report_row(item) for item in some], separators=(",", ":"))
        for *key, report_id in conn.execute(_INSERT_REPORTS, (ingest_year, rows)):
            inserted[_Key(*key)] = report_id
    return inserted


def _report_row(item: _Item) -> dict[str, Any]:
    report = item.report
    readers = Counter(cell.reader for cell in report.cells.values())
    return {
        **item.key._asdict(),
        "form": report.form,
        "report_year": _year(report),
        "agency_printed": plain_text(report.agency),
        "agency_normalised": plain_text(normalise_name(report.agency)) if report.agency else None,
        "scope": report.scope,
        "title": plain_text(report.title),
        "published_on": report.published_on,
        "verdict": _verdict(report),
        "reader": readers.most_common(1)[0][0] if readers else None,
        "locators": _locators(report),
        "figures_hash": figures_hash(report),
    }


def figures_hash(report: Report) -> str:
    """A fingerprint of what the document says in figures: without texts, places, and how a missing figure is marked.

    A lost figure counts as another than a missing one: nobody knows what is printed there.
    """
    cell_ids = form_by_id(report.form).cell_ids
    figures = sorted((cell_ids[key], _said(cell)) for key, cell in report.cells.items())
    return hashlib.sha256(repr(figures).encode()).hexdigest()[:32]


def _said(cell: Cell) -> str:
    if cell.value is None:
        return "lost" if cell.state is State.LOST else ""
    return str(cell.value) if isinstance(cell.value, int) else f"{cell.value.normalize():f}"


def _year(report: Report) -> int | None:
    return report.year if report.year is not None and FIRST_YEAR <= report.year <= LAST_YEAR else None


def _verdict(report: Report) -> str:
    return report.verdict if _year(report) is not None else "held"


def _locators(report: Report) -> dict[int, dict[str, Any]]:
    cell_ids = form_by_id(report.form).cell_ids
    return {
        cell_ids[key]: {**(cell.where.to_json() if cell.where else {}), "reader": cell.reader}
        for key, cell in report.cells.items()
    }


def _cells_of(new: Sequence[tuple[int, _Item]]) -> Iterator[ReportCells]:
    for report_id, item in new:
        cell_ids: dict[CellKey, int] = form_by_id(item.report.form).cell_ids
        cells = ((cell_ids[key], cell) for key, cell in item.report.cells.items())
        yield ReportCells(report_id, _year(item.report) or UNKNOWN_YEAR, cells)


def _insert_claims(conn: Connection, new: Sequence[tuple[int, _Item]]) -> None:
    rows = [
        (
            report_id,
            claim.key,
            claim.value,
            plain_text(claim.unit),
            plain_text(claim.quote),
            Jsonb(claim.where.to_json()) if claim.where else None,
        )
        for report_id, item in new
        for claim in item.report.claims
    ]
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO raw.claim (report_id, key, value, unit, quote, locator) VALUES (%s, %s, %s, %s, %s, %s)", rows
        )


def _insert_issues(conn: Connection, new: Sequence[tuple[int, _Item]]) -> None:
    rows = [
        (report_id, ordinal, *_issue_row(finding))
        for report_id, item in new
        for ordinal, finding in enumerate(item.report.findings, start=1)
    ]
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO raw.issue (report_id, ordinal, identity, kind, table_key, row_key, column_key, left_value, "
            "right_value, fault, suspect_row, suspect_column, suspect_printed, suspect_balances, message_zh, "
            "message_en) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            rows,
        )


def _issue_row(finding: Finding) -> tuple[Any, ...]:
    suspect = finding.suspect
    return (
        finding.identity,
        finding.kind,
        finding.table,
        plain_text(finding.row),
        plain_text(finding.column),
        finding.left,
        finding.right,
        finding.fault,
        suspect.key.row if suspect else None,
        suspect.key.column if suspect else None,
        suspect.printed if suspect else None,
        suspect.balances if suspect else None,
        plain_text(finding.message_zh),
        plain_text(finding.message_en),
    )


def _outcomes(results: Sequence[ParseResult], items: Sequence[_Item], loaded: set[_Key]) -> Iterator[Outcome]:
    """What became of each file, once, and of each report in it. Of an archive, a report in it decides."""
    by_document: dict[str, list[ParseResult]] = {}
    for result in results:
        by_document.setdefault(result.document, []).append(result)
    for document, found in by_document.items():
        best = next((result for result in found if result.report), found[-1])
        unread = "; ".join(result.error for result in found if result is not best and result.error)
        yield Outcome("parse", document, best.sha256, best.status, best.error, hint=unread or None)
    for item in items:
        document = item.result.document
        name = document if item.key.ordinal == 0 else f"{document}#{item.key.ordinal + 1}"
        status = "loaded" if item.key in loaded else "present"
        hint = None if _year(item.report) else f"no report year was found (read: {item.report.year}); it is held"
        yield Outcome("load", name, item.key.sha256, status, hint=hint)
