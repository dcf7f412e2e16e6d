"""The second pass: what is about to be published must be clean, whole, not vacuous, and not less than before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import Connection

from gongkai.errors import GateError
from gongkai.quality import audit
from gongkai.quality.changes import changes, compared
from gongkai.quality.files import load_suites
from gongkai.quality.marts import SCHEMA, WIDE, marts_suite
from gongkai.quality.runner import Outcome, great_expectations
from gongkai.quality.suites import Suite
from gongkai.warehouse.connection import connect
from gongkai.warehouse.diff import Diff
from gongkai.warehouse.partitions import rows_of
from gongkai.warehouse.passed import candidate_hashes, record_pass
from gongkai.warehouse.years import kept_years

_SHOWN = 3
"""Examples in the message of a refusal; all are in audit.validation."""


@dataclass(frozen=True, slots=True)
class GateSummary:
    """A gate that let a candidate pass: how many expectations held, what it warned of, and what will change."""

    publication_id: int
    expectations: int
    agency_years: int
    warnings: tuple[str, ...]
    diff: Diff


def gate(
    dsn: str,
    publication_id: int,
    *,
    coverage_floor: float,
    changed_share: float,
    reason: str | None = None,
    folder: Path | None = None,
) -> GateSummary:
    """Validate the candidate marts by the suite of `folder`; writes ``audit.validation``, whatever comes out.

    What passes is written to ``audit.passed`` with the hashes of the marts; only that can be published.

    Args:
        dsn: of the owner of the warehouse.
        publication_id: the number of the candidate; the first pass must have given its verdicts, and its diff against
            the live publication must be written.
        coverage_floor: least share (0 to 1) of a year's rows of ``agency_year`` that must have each total.
        changed_share: largest share (0 to 1) of the live publication's figures that may change.
        reason: why the candidate may lose agency-years or change more figures than that; None: it may not.
        folder: of the suites; default ``expectations/`` of the project.

    Raises:
        GateError: the candidate must not go live. The message says what is wrong, where, and who must act.
        WarehouseError: the candidate was not compared with the live publication.
    """
    (suite,) = load_suites([marts_suite()], folder)
    with connect(dsn) as conn:
        with conn.transaction():
            audit.clear(conn, publication_id, "gate")
        diff = compared(conn, publication_id)
        seen = candidate_hashes(conn)  # before anything is evaluated: what changes from now on is not what passes
        known = {
            "publication_id": f"{publication_id:d}",
            "coverage_floor": f"{coverage_floor:f}",
            "kept_agency_year": _kept_agency_year(conn, publication_id),
        }
        outcomes = _evaluate(dsn, _filled(suite, known))
        outcomes += changes(conn, diff, changed_share, reason)
        with conn.transaction():
            audit.write_validation(conn, publication_id, "gate", [(o, _observed(conn, o)) for o in outcomes])
        if refused := [outcome for outcome in outcomes if outcome.blocks]:
            raise GateError(_why_refused(conn, publication_id, refused))
        record_pass(conn, publication_id, diff.against, seen)
        (agency_years,) = conn.execute("SELECT count(*) FROM candidate.agency_year").fetchone() or (0,)
    warnings = tuple(outcome.meta["en"] for outcome in outcomes if not outcome.success)
    return GateSummary(publication_id, len(outcomes), agency_years, warnings, diff)


def _filled(suite: Suite, known: Mapping[str, str]) -> Suite:
    """The suite with the things in its queries that only this run knows."""
    expectations = []
    for expected in suite["expectations"]:
        kwargs = dict(expected["kwargs"])
        if query := kwargs.get("unexpected_rows_query"):
            for name, value in known.items():
                query = query.replace(f"{{{name}}}", value)
            kwargs["unexpected_rows_query"] = query
        expectations.append({**expected, "kwargs": kwargs})
    return {**suite, "expectations": expectations}


def _kept_agency_year(conn: Connection, publication_id: int) -> str:
    """Of the years that the candidate keeps, those that it builds the next one of, as a subquery."""
    kept = kept_years(conn, publication_id)
    last = {year: built_by for year, built_by in kept.items() if year + 1 not in kept}
    if not last:
        return f"(SELECT * FROM {SCHEMA}.{WIDE} LIMIT 0)"  # noqa: S608 - constants
    # the candidate is no partition yet, so that nothing of its own is found
    return f"(SELECT * FROM published.{WIDE} WHERE {rows_of(publication_id, last, by_year=True)})"  # noqa: S608 - numbers


def _evaluate(dsn: str, suite: Suite) -> list[Outcome]:
    with great_expectations(dsn, SCHEMA) as run:
        return run(suite)


def _observed(conn: Connection, outcome: Outcome) -> Mapping[str, Any]:
    if outcome.error:
        return {"error": outcome.error}
    if outcome.found:
        return {"found": outcome.found, "examples": audit.examples(conn, outcome)}
    return outcome.observed


def _why_refused(conn: Connection, publication_id: int, refused: list[Outcome]) -> str:
    lines = [f"Candidate {publication_id} is refused; the live marts stay as they are."]
    for outcome in refused:
        observed = _observed(conn, outcome)
        seen = observed.get("error") or {**observed, "examples": observed.get("examples", [])[:_SHOWN]}
        lines.append(f"- {outcome.table}: expected that {outcome.meta['en']} / {outcome.meta['zh']}")
        lines.append(f"  seen: {seen}")
        if act := outcome.meta.get("act"):
            lines.append(f"  who acts: {act['en']} / {act['zh']}")
    return "\n".join(lines)
