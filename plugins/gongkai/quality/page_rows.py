"""What the page of a gate shows, read from the schema `audit`: checks, held reports, changes, and the publications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from gongkai.errors import WarehouseError
from gongkai.forms import form_by_id
from gongkai.warehouse.diff import Diff, read_diff

FINDINGS_SHOWN = 2_000
CHANGES_SHOWN = 500
PUBLICATIONS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation, and what it said. `observed` is what ``audit.validation`` keeps of it."""

    first_pass: bool
    suite: str
    expectation: str
    severity: str
    success: bool
    observed: Mapping[str, Any]

    @property
    def refuses(self) -> bool:
        """Whether the candidate could not go live because of it; a broken identity only holds its report."""
        return not self.success and self.severity == "critical" and "violations" not in self.observed


@dataclass(frozen=True, slots=True)
class Held:
    """A finding against a held report."""

    report_id: int
    agency: str
    report_year: int | None
    form: str
    identity: str
    table_key: str | None
    row_key: str | None
    column_key: str | None
    left_value: Any
    right_value: Any
    url: str | None

    @property
    def place(self) -> tuple[str, str]:
        """Table, row and column in the words of the form, Chinese and English."""
        form = form_by_id(self.form)
        table = next((table for table in form.tables if table.key == self.table_key), None)
        if table is None:
            return "", ""
        labelled = [table]
        for block in table.blocks:
            labelled += [row for row in block.rows if row.key == self.row_key]  # type: ignore[misc]
            labelled += [column for column in block.columns if column.key == self.column_key]  # type: ignore[misc]
        unique = {label.key: label for label in labelled}.values()
        return "·".join(label.zh for label in unique), " · ".join(label.en for label in unique)


@dataclass(frozen=True, slots=True)
class Judged:
    """How many reports of one publication got which verdict, and how it went on."""

    publication_id: int
    status: str
    published_at: datetime | None
    reason: str | None
    reports: int
    held: int
    accepted_as_printed: int


@dataclass(frozen=True, slots=True)
class AgencyYear:
    """A report that is new or gone, or whose figures change: (column of agency_year, its words, before, after)."""

    kind: str
    agency: str
    report_year: int
    scope: str
    figures: list[tuple[str, str | None, float | int | None, float | int | None]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What the candidate changes against what was live: in numbers, and the first agency-years of each kind."""

    diff: Diff
    shown: Mapping[str, list[AgencyYear]]


_CHECKS = """
    SELECT pass = 'verdict' AS first_pass, suite, expectation, coalesce(severity, 'critical') AS severity, success,
           coalesce(observed, '{}') AS observed
    FROM audit.validation WHERE publication_id = %s ORDER BY pass DESC, success, suite, expectation
"""
_HELD = """
    SELECT report_id, coalesce(agency_printed, sha256) AS agency, report_year, form, identity, table_key, row_key,
           column_key, left_value, right_value,
           (SELECT min(url) FROM raw.fetch AS seen WHERE seen.sha256 = report.sha256) AS url
    FROM audit.violation JOIN audit.verdict USING (publication_id, report_id) JOIN raw.report USING (report_id)
    WHERE publication_id = %s AND verdict.verdict = 'held' AND kind <> 'advisory'
    ORDER BY report_year DESC, agency, report_id, identity, table_key, row_key, column_key LIMIT %s
"""
_FOUND = """
    SELECT count(*) FROM audit.violation JOIN audit.verdict USING (publication_id, report_id)
    WHERE publication_id = %s AND verdict.verdict = 'held' AND kind <> 'advisory'
"""
_JUDGED = """
    SELECT publication_id, coalesce(publication.status, 'refused') AS status, published_at, reason, reports, held,
           accepted_as_printed
    FROM (
        SELECT publication_id, count(*) AS reports, count(*) FILTER (WHERE verdict = 'held') AS held,
               count(*) FILTER (WHERE verdict = 'accepted_as_printed') AS accepted_as_printed
        FROM audit.verdict WHERE publication_id <= %s GROUP BY publication_id
    ) AS judged LEFT JOIN published.publication AS publication USING (publication_id)
    ORDER BY publication_id DESC LIMIT %s
"""
_CHANGES = """
    SELECT kind, coalesce(agency.name, regexp_replace(agency_id, '^unconfirmed:', '')) AS agency, report_year, scope,
           coalesce(jsonb_agg(jsonb_build_array(item, words.text, before, after) ORDER BY abs(after - before) DESC
                    NULLS FIRST, item) FILTER (WHERE item IS NOT NULL), '[]') AS figures
    FROM audit.diff LEFT JOIN (SELECT agency_id, name FROM raw.agency) AS agency USING (agency_id)
    LEFT JOIN (
        SELECT attname, col_description(attrelid, attnum) AS text FROM pg_attribute
        WHERE attrelid = to_regclass('marts.agency_year') AND attnum > 0
    ) AS words ON attname = item
    WHERE publication_id = %s AND kind = %s AND agency_id IS NOT NULL
    GROUP BY kind, agency_id, agency.name, report_year, scope
    ORDER BY max(abs(after - before)) DESC NULLS LAST, report_year DESC, agency, scope LIMIT %s
"""


def checks_of(conn: Connection, publication_id: int) -> list[Check]:
    """Every expectation of both passes."""
    with conn.cursor(row_factory=class_row(Check)) as cursor:
        return cursor.execute(_CHECKS, (publication_id,)).fetchall()


def held_by(conn: Connection, publication_id: int) -> tuple[list[Held], int]:
    """The findings against held reports, and how many there are in all."""
    with conn.cursor(row_factory=class_row(Held)) as cursor:
        held = cursor.execute(_HELD, (publication_id, FINDINGS_SHOWN)).fetchall()
    return held, int(conn.execute(_FOUND, (publication_id,)).fetchall()[0][0])


def judged_until(conn: Connection, publication_id: int) -> list[Judged]:
    """This publication and those before it, the newest first; one in which no verdict could be given has no reports."""
    with conn.cursor(row_factory=class_row(Judged)) as cursor:
        found = cursor.execute(_JUDGED, (publication_id, PUBLICATIONS_SHOWN)).fetchall()
    if not found or found[0].publication_id != publication_id:
        found.insert(0, Judged(publication_id, "refused", None, None, 0, 0, 0))
    return found


def changes_of(conn: Connection, publication_id: int) -> Changes | None:
    """What it changes; None if it was never compared, as when no verdict could be given."""
    try:
        diff = read_diff(conn, publication_id)
    except WarehouseError:
        return None
    shown = {}
    with conn.cursor(row_factory=class_row(AgencyYear)) as cursor:
        for kind in ("gone", "changed", "new"):
            shown[kind] = cursor.execute(_CHANGES, (publication_id, kind, CHANGES_SHOWN)).fetchall()
    return Changes(diff, shown)
