"""A steward's word on a report: accept it as printed, correct a figure, or reject it. Rows are added, never changed.

A decision is bound to the document's hash and to what is printed there. It takes effect with the next publication, and
for as long as the document is the current one and reads as it did; int_decision says whether it still does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from psycopg import Connection
from psycopg.rows import class_row

from gongkai.errors import WarehouseError
from gongkai.forms import CellKey, form_by_id
from gongkai.roster import normalise_name

ACCEPT, CORRECT, REJECT = "accept_as_printed", "correct", "reject"

NOT_APPLIED = ("figures_changed", "document_replaced", "document_unknown")
"""Decisions that somebody has to look at again."""


@dataclass(frozen=True, slots=True)
class DecidedReport:
    """The report that a decision is about. `verdict`: of the newest candidate; None if it was never judged."""

    report_id: int
    sha256: str
    ordinal: int
    form: str
    agency_printed: str | None
    report_year: int | None
    scope: str
    figures_hash: str | None
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """What is decided. `corrections`: (cell, figure) pairs; a rejection stands alone."""

    accept: bool
    reject: bool
    corrections: tuple[tuple[CellKey, Decimal], ...]
    reason: str
    evidence: str | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as it is kept. `status`: as fct_decisions has it, or ``waiting`` for the next publication."""

    decision_id: int
    decided_at: datetime
    decided_by: str
    agency: str | None
    report_year: int | None
    action: str
    cell_id: int | None
    printed_value: Decimal | None
    corrected_value: Decimal | None
    status: str
    reason: str
    evidence: str | None


_REPORT = """
    WITH judged AS (
        SELECT report_id, verdict.verdict FROM audit.verdict
        WHERE publication_id = (SELECT max(publication_id) FROM audit.verdict)
    )
    SELECT report_id, sha256, ordinal, form, agency_printed, report_year, scope, figures_hash, judged.verdict
    FROM raw.visible_report AS report LEFT JOIN judged USING (report_id) WHERE {condition} ORDER BY report_id
"""

_BY_ID = "report_id = %(report_id)s"

_BY_AGENCY = """
    judged.report_id IS NOT NULL AND report_year = %(year)s AND agency_normalised IN (
        SELECT %(normalised)s UNION SELECT name_normalised FROM raw.agency_alias WHERE agency_id IN (
            SELECT %(name)s UNION SELECT agency_id FROM raw.agency_alias WHERE name_normalised = %(normalised)s))
"""

_READ_AGAIN = """
    SELECT max(report_id) FROM raw.visible_report
    WHERE (sha256, ordinal) = (%s, %s) AND loaded_at > (SELECT loaded_at FROM raw.report WHERE report_id = %s)
"""

_INSERT = """
    INSERT INTO raw.decision (sha256, report_ordinal, action, cell_id, printed_value, corrected_value, figures_hash,
                              reason, evidence, decided_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING decision_id
"""

_EVERY = """
    SELECT decision_id, decision.decided_at, decision.decided_by, report.agency_printed AS agency, report.report_year,
           decision.action, decision.cell_id, decision.printed_value, decision.corrected_value,
           {status} AS status, decision.reason, decision.evidence
    FROM raw.decision {join}
    LEFT JOIN LATERAL (
        SELECT agency_printed, report_year FROM raw.report
        WHERE report.sha256 = decision.sha256 AND report.ordinal = decision.report_ordinal
        ORDER BY loaded_at DESC LIMIT 1) AS report ON true
    ORDER BY decision_id DESC
"""


def find_report(conn: Connection, words: Sequence[str]) -> DecidedReport:
    """The report of a number, or the current one of (agency, year); `conn` may be the steward's.

    Raises:
        WarehouseError: there is none, there are several, or the document has been read again since.
    """
    match list(words):
        case [number] if number.isdecimal():
            found = _reports(conn, _BY_ID, report_id=int(number))
        case [name, year] if year.isdecimal():
            found = _reports(conn, _BY_AGENCY, year=int(year), name=name, normalised=normalise_name(name))
        case _:
            raise WarehouseError("REPORT is the number of a report, or an agency and a year: 17, or 乌有市财政局 2021")
    said = " ".join(words)
    if not found:
        raise WarehouseError(f"no report {said} has been judged; `gongkai diagnose AGENCY YEAR` shows what is known")
    if len(found) > 1:
        numbers = ", ".join(f"{report.report_id} ({report.scope})" for report in found)
        raise WarehouseError(f"{said} is more than one report; give the number of one: {numbers}")
    (report,) = found
    again = conn.execute(_READ_AGAIN, (report.sha256, report.ordinal, report.report_id)).fetchall()[0][0]
    if again is not None:
        raise WarehouseError(f"report {report.report_id} was read again as report {again}; decide on that one")
    return report


def _reports(conn: Connection, condition: str, **values: Any) -> list[DecidedReport]:
    with conn.cursor(row_factory=class_row(DecidedReport)) as cursor:
        return cursor.execute(_REPORT.format(condition=condition).encode(), values).fetchall()


def parse_correction(report: DecidedReport, text: str) -> tuple[CellKey, Decimal]:
    """The cell and the figure of ``table.row.column=VALUE``.

    Raises:
        WarehouseError: the form has no such cell, or its column cannot hold the figure.
    """
    address, _, figure = text.partition("=")
    form, key = form_by_id(report.form), CellKey(*[*address.strip().split("."), "", ""][:3])
    if str(key) != address.strip() or key not in form.cell_ids:
        raise WarehouseError(f"{form.form} has no cell {address!r}; see table.row.column in docs/dictionary.md")
    try:
        value = Decimal(figure.strip())
    except InvalidOperation:
        value = Decimal("nan")
    column = form.columns_of_cells[key]
    if not value.is_finite() or (value < 0 and not column.may_be_negative) or (column.is_count and value % 1):
        raise WarehouseError(f"{figure!r} is no figure for {key} ({column.value}, unit {column.unit})")
    return key, value


def decide(conn: Connection, report: DecidedReport, word: Word) -> list[int]:
    """Add the decision, a row for each figure corrected and one for the report; returns their numbers.

    Raises:
        WarehouseError: it says nothing, contradicts itself, gives no reason, or changes nothing.
    """
    _check(report, word)
    about = (report.sha256, report.ordinal)
    said = (word.reason.strip(), word.evidence, word.decided_by)
    rows: list[tuple[Any, ...]] = []
    for key, value in word.corrections:
        cell_id = form_by_id(report.form).cell_ids[key]
        printed = _printed(conn, report, cell_id)
        if printed == value:
            raise WarehouseError(f"{key} of report {report.report_id} reads {value} already")
        rows.append((*about, CORRECT, cell_id, printed, value, None, *said))
    if word.accept or word.reject:
        rows.append((*about, ACCEPT if word.accept else REJECT, None, None, None, report.figures_hash, *said))
    with conn.transaction():
        return [int(conn.execute(_INSERT, row).fetchall()[0][0]) for row in rows]


def _check(report: DecidedReport, word: Word) -> None:
    if not (word.accept or word.reject or word.corrections):
        raise WarehouseError("decide what: --accept-as-printed, --correct CELL=VALUE or --reject")
    if word.reject and (word.accept or word.corrections):
        raise WarehouseError("a report that is rejected is neither accepted nor corrected")
    if len({key for key, _ in word.corrections}) < len(word.corrections):
        raise WarehouseError("one cell is corrected twice")
    if not word.reason.strip():
        raise WarehouseError("--reason must say why; it is kept for good")
    if word.evidence is not None and urlsplit(word.evidence).scheme not in ("http", "https"):
        raise WarehouseError(f"--evidence must be an address (http or https), not {word.evidence!r}")
    if word.accept and not word.corrections and report.verdict == "accepted":
        raise WarehouseError(f"report {report.report_id} is accepted: nothing in it needs a decision")


def _printed(conn: Connection, report: DecidedReport, cell_id: int) -> Decimal | None:
    query = "SELECT coalesce(value_decimal, value) FROM raw.cell WHERE (report_id, cell_id) = (%s, %s)"
    row = conn.execute(query, (report.report_id, cell_id)).fetchone()
    return row[0] if row else None


def decisions(conn: Connection) -> list[Decision]:
    """Every decision, the newest first, with what became of it in the live publication; `conn` is the owner's."""
    known = conn.execute("SELECT to_regclass('marts.fct_decisions')").fetchone() != (None,)
    status = "coalesce(live.status, 'waiting')" if known else "'waiting'"
    join = (
        "LEFT JOIN (SELECT decision_id, status FROM marts.fct_decisions) AS live USING (decision_id)" if known else ""
    )
    with conn.cursor(row_factory=class_row(Decision)) as cursor:
        return cursor.execute(_EVERY.format(status=status, join=join).encode()).fetchall()


def reopened(every: Iterable[Decision]) -> list[Decision]:
    """Those that no longer apply although no later word replaced them."""
    return [decision for decision in every if decision.status in NOT_APPLIED]
