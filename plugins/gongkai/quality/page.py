"""The record of a gate as one self-contained page: what was checked, what failed, whose reports, and the trend.

Great Expectations' own Data Docs load from the internet; this page asks for nothing from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from psycopg import Connection
from psycopg.rows import class_row, dict_row

from gongkai.errors import WarehouseError
from gongkai.forms import form_by_id
from gongkai.quality.files import load_suites
from gongkai.quality.marts import SUITE
from gongkai.quality.suites import verdict_suites

FINDINGS_SHOWN = 2_000
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
_FOUND = "SELECT count(*) FROM audit.violation WHERE publication_id = %s AND kind <> 'advisory'"


def gate_page(conn: Connection, publication_id: int, folder: Path | None = None) -> str:
    """The page of a publication, or of a candidate that the gate refused, as HTML.

    Args:
        conn: of the owner of the warehouse. publication_id: its number.
        folder: of the suites, for the words of the expectations; default ``expectations/`` of the project.

    Raises:
        WarehouseError: nothing was ever checked under that number.
    """
    with conn.cursor(row_factory=class_row(Check)) as cursor:
        checks = cursor.execute(_CHECKS, (publication_id,)).fetchall()
    with conn.cursor(row_factory=class_row(Judged)) as cursor:
        trend = cursor.execute(_JUDGED, (publication_id, PUBLICATIONS_SHOWN)).fetchall()
    if not checks or not trend or trend[0].publication_id != publication_id:
        raise WarehouseError(f"Nothing was checked as publication {publication_id}. See `gongkai publications list`.")
    with conn.cursor(row_factory=class_row(Held)) as cursor:
        held = cursor.execute(_HELD, (publication_id, FINDINGS_SHOWN)).fetchall()
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_FOUND, (publication_id,)).fetchone() or {"count": 0}
    return _render(checks, trend, held, found["count"], _words(folder))


def write_gate_page(conn: Connection, publication_id: int, to: Path, folder: Path | None = None) -> None:
    """Write the page to a file; folders above it are made.

    Raises:
        WarehouseError: nothing was ever checked under that number.
    """
    text = gate_page(conn, publication_id, folder)
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(text, encoding="utf-8")


def _words(folder: Path | None) -> dict[str, tuple[str, str]]:
    """What the expectations of all suites say, Chinese and English, by their names."""
    suites = load_suites([*(suite["name"] for suite in verdict_suites()), SUITE], folder)
    metas = (expected["meta"] for suite in suites for expected in suite["expectations"])
    return {meta["name"]: (meta["zh"], meta["en"]) for meta in metas}


def _render(
    checks: Sequence[Check], trend: Sequence[Judged], held: Sequence[Held], found: int, words: Mapping[str, Any]
) -> str:
    style = files("gongkai.quality").joinpath("templates", "gate.css").read_text(encoding="utf-8")
    return _environment().get_template("gate.html.j2").render(
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        now=trend[0],
        trend=trend,
        most=max(judged.reports for judged in trend),
        checks=checks,
        failed=[check for check in checks if not check.success],
        held=held,
        found=found,
        words=words,
    )  # fmt: skip


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("gongkai.quality"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
