"""The second pass: what is about to be published must be clean, whole, not vacuous, and not less than before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import Connection

from gongkai.errors import GateError
from gongkai.quality import audit
from gongkai.quality.files import load_suites
from gongkai.quality.marts import KEYS, SCHEMA, SUITE, WIDE
from gongkai.quality.runner import Outcome, great_expectations
from gongkai.quality.suites import Suite
from gongkai.warehouse.connection import connect

_LOSSES = """
SELECT coalesce(jsonb_object_agg(report_year, jsonb_build_object('live', live, 'candidate', coalesce(coming, 0))), '{}')
FROM (SELECT report_year, count(*) AS live FROM marts.agency_year GROUP BY report_year) AS now
LEFT JOIN (SELECT report_year, count(*) AS coming FROM candidate.agency_year GROUP BY report_year) AS next
    USING (report_year)
WHERE coalesce(coming, 0) < live
"""


@dataclass(frozen=True, slots=True)
class GateSummary:
    """A gate that let a candidate pass: how many expectations held, and what it warned of."""

    publication_id: int
    expectations: int
    agency_years: int
    warnings: tuple[str, ...]


def gate(
    dsn: str, publication_id: int, *, coverage_floor: float, reason: str | None = None, folder: Path | None = None
) -> GateSummary:
    """Validate the candidate marts by the suite of `folder`; writes ``audit.validation``, whatever comes out.

    Args:
        dsn: of the owner of the warehouse.
        publication_id: the number of the candidate; the first pass must have given its verdicts.
        coverage_floor: least share (0 to 1) of a year's rows of ``agency_year`` that must have each total.
        reason: why the candidate may hold fewer agency-years than the live publication; None: it may not.
        folder: of the suites; default ``expectations/`` of the project.

    Raises:
        GateError: the candidate must not go live. The message says what is wrong, where, and who must act.
    """
    (suite,) = load_suites([SUITE], folder)
    with connect(dsn) as conn:
        with conn.transaction():
            audit.clear(conn, publication_id, "gate")
        outcomes = _evaluate(dsn, _filled(suite, publication_id, coverage_floor))
        outcomes.append(_shrinkage(conn, reason))
        with conn.transaction():
            audit.write_validation(conn, publication_id, "gate", [(o, _observed(conn, o)) for o in outcomes])
        if refused := [outcome for outcome in outcomes if outcome.blocks]:
            raise GateError(_why_refused(conn, publication_id, refused))
        (agency_years,) = conn.execute("SELECT count(*) FROM candidate.agency_year").fetchone() or (0,)
    warnings = tuple(outcome.meta["en"] for outcome in outcomes if not outcome.success)
    return GateSummary(publication_id, len(outcomes), agency_years, warnings)


def _filled(suite: Suite, publication_id: int, coverage_floor: float) -> Suite:
    """The suite with the two things in its queries that only this run knows."""
    if missing := set(KEYS) - {expected["meta"]["table"] for expected in suite["expectations"]}:
        raise GateError(f"the suite {SUITE} expects nothing of {', '.join(sorted(missing))}: generate it again")
    expectations = []
    for expected in suite["expectations"]:
        kwargs = dict(expected["kwargs"])
        if query := kwargs.get("unexpected_rows_query"):
            query = query.replace("{publication_id}", f"{publication_id:d}")
            kwargs["unexpected_rows_query"] = query.replace("{coverage_floor}", f"{coverage_floor:f}")
        expectations.append({**expected, "kwargs": kwargs})
    return {**suite, "expectations": expectations}


def _evaluate(dsn: str, suite: Suite) -> list[Outcome]:
    with great_expectations(dsn, SCHEMA) as run:
        return run(suite)


def _shrinkage(conn: Connection, reason: str | None) -> Outcome:
    """That no year has fewer rows of ``agency_year`` than in the live publication, unless there is a reason."""
    live = conn.execute("SELECT to_regclass(%s)", [f"marts.{WIDE}"]).fetchone()
    losses: dict[str, Any] = {}
    if live and live[0] is not None:
        (losses,) = conn.execute(_LOSSES.encode()).fetchone() or ({},)
    name = "does_not_shrink"
    meta = {
        "name": name,
        "table": WIDE,
        "zh": "各年度的机关数不少于已发布的数据",
        "en": "no year has fewer agencies than the live publication",
        "act": {
            "zh": "数据管理员：查明减少的原因；确属应当减少的，注明理由后重新发布",
            "en": "the data steward finds out why; if it is right, publish again with a reason",
        },
    }
    observed = {"losses": losses, "reason": reason}
    severity = "critical" if reason is None else "warning"
    return Outcome(SUITE, name, f"{SCHEMA}.{WIDE}", severity, not losses, None, observed, None, meta)


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
        seen = observed.get("error") or observed.get("examples", [observed])[:3]
        lines.append(f"- {outcome.table}: expected that {outcome.meta['en']} / {outcome.meta['zh']}")
        lines.append(f"  seen: {seen}")
        if act := outcome.meta.get("act"):
            lines.append(f"  who acts: {act['en']} / {act['zh']}")
    return "\n".join(lines)
