"""The first pass: every current report is judged; one with a broken identity is held.

Unless a steward has accepted it as printed, or a reviewed exception of the publication's lock covers all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from gongkai.errors import GateError
from gongkai.quality import audit
from gongkai.quality.files import load_suites
from gongkai.quality.runner import Outcome, great_expectations, require_tables
from gongkai.quality.suites import Suite, verdict_suites
from gongkai.quality.wide import CURRENT_REPORT, DECISION, EDITION, SCHEMA
from gongkai.warehouse.connection import connect
from gongkai.warehouse.years import kept_years

_EXCUSE = """
UPDATE audit.violation SET excused_by = covering.name
FROM (
    SELECT DISTINCT ON (report.report_id, exception.rule) report.report_id, exception.rule, exception.name
    FROM intermediate.int_current_report AS report
    LEFT JOIN raw.agency ON agency.agency_id = report.agency_id
    JOIN audit.locked_input AS locked ON locked.input = 'exception' AND locked.first_publication <= %(publication_id)s
        AND coalesce(locked.last_publication, %(publication_id)s) >= %(publication_id)s
    CROSS JOIN LATERAL jsonb_to_record(locked.line) AS exception (
        name text, rule text, form text, region text, agency text, first_year int, last_year int)
    WHERE report.form LIKE exception.form AND coalesce(agency.region_code, '') LIKE exception.region
        AND (report.agency_id LIKE exception.agency OR report.agency_printed LIKE exception.agency)
        AND report.report_year BETWEEN exception.first_year AND exception.last_year
    ORDER BY report.report_id, exception.rule, exception.name
) AS covering
WHERE violation.publication_id = %(publication_id)s
    AND violation.report_id = covering.report_id AND violation.identity = covering.rule
"""

_JUDGE = """
WITH broken AS (
    SELECT report_id, bool_and(excused_by IS NOT NULL) AS is_excused FROM audit.violation
    WHERE publication_id = %(publication_id)s AND kind <> 'advisory' GROUP BY report_id
), taken AS (
    SELECT report_id FROM intermediate.int_decision WHERE action = 'accept_as_printed' AND is_in_effect
)
INSERT INTO audit.verdict (publication_id, report_id, verdict)
SELECT %(publication_id)s, report_id,
    CASE
        WHEN broken.report_id IS NULL THEN 'accepted'
        WHEN broken.is_excused OR report_id IN (SELECT report_id FROM taken) THEN 'accepted_as_printed'
        ELSE 'held'
    END
FROM intermediate.int_current_report LEFT JOIN broken USING (report_id)
"""

_OF_KEPT_YEARS = """
    JOIN intermediate.int_edition AS edition USING (report_id)
    WHERE edition.is_current AND edition.report_year = ANY(%(years)s) AND publication_id = %(publication_id)s - 1
"""
_KEEP = (
    f"""
    INSERT INTO audit.verdict (publication_id, report_id, verdict, is_kept)
    SELECT %(publication_id)s, report_id, verdict, true FROM audit.verdict {_OF_KEPT_YEARS}
    """,  # noqa: S608
    f"""
    INSERT INTO audit.violation (publication_id, report_id, identity, kind, table_key, row_key, column_key, left_value,
                                 right_value, suite, excused_by, is_kept)
    SELECT %(publication_id)s, report_id, identity, kind, table_key, row_key, column_key, left_value, right_value,
           suite, excused_by, true
    FROM audit.violation {_OF_KEPT_YEARS}
    """,  # noqa: S608
)
_LEFT_OUT = """
    SELECT report_id FROM intermediate.int_edition AS edition
    WHERE is_current AND report_year = ANY(%(years)s) AND report_id NOT IN (
        SELECT report_id FROM audit.verdict WHERE publication_id = %(publication_id)s)
    ORDER BY report_id LIMIT 3
"""

_FORMS = "SELECT DISTINCT form FROM intermediate.int_current_report"


@dataclass(frozen=True, slots=True)
class VerdictSummary:
    """How many current reports got which verdict, and how many places of identities do not hold."""

    publication_id: int
    accepted: int
    held: int
    accepted_as_printed: int
    violations: int

    @property
    def reports(self) -> int:
        return self.accepted + self.held + self.accepted_as_printed


def verdicts(dsn: str, publication_id: int, *, folder: Path | None = None) -> VerdictSummary:
    """Judge every report of ``int_current_report`` for a publication, by the suites of `folder`.

    Those of years that the publication keeps have been judged; their verdicts are taken over.

    Writes ``audit.validation`` (an expectation each), ``audit.violation`` (all of them) and ``audit.verdict`` (a report
    each), in place of what an earlier run wrote for the same number.

    Raises:
        GateError: no verdict can be given: there is no report, a table is missing or empty, a suite is empty, or an
            expectation could not be evaluated. What was observed is in ``audit.validation`` all the same.
    """
    suites = load_suites(verdict_suites(), folder)
    expected_of = {expected["meta"]["table"] for suite in suites for expected in suite["expectations"]}
    require_tables(dsn, SCHEMA, sorted({CURRENT_REPORT, EDITION, DECISION} | expected_of))
    with connect(dsn) as conn:
        outcomes = _evaluate(dsn, _of_forms_present(conn, suites))
        unusable = [outcome for outcome in outcomes if outcome.error or (outcome.blocks and outcome.query is None)]
        with conn.transaction():
            audit.clear(conn, publication_id, "verdict", "gate")
            audit.write_validation(conn, publication_id, "verdict", [(o, _observed(conn, o)) for o in outcomes])
            if not unusable:
                for outcome in outcomes:
                    _write_violations(conn, publication_id, outcome)
                conn.execute(_EXCUSE, {"publication_id": publication_id})
                conn.execute(_JUDGE, {"publication_id": publication_id})
                _keep(conn, publication_id)
                # the marts join them next; a planner that takes them for empty goes through all cells once a report
                conn.execute("ANALYZE audit.violation, audit.verdict")
        if unusable:
            raise GateError(_why_unusable(unusable))
        return _summary(conn, publication_id)


def _of_forms_present(conn: Connection, suites: list[Suite]) -> list[Suite]:
    """Without those of forms that no current report uses: they have nothing to assess."""
    present = {form for (form,) in conn.execute(_FORMS)}
    return [suite for suite in suites if suite["meta"].get("form") is None or suite["meta"]["form"] in present]


def _evaluate(dsn: str, suites: list[Suite]) -> list[Outcome]:
    with great_expectations(dsn, SCHEMA) as run:
        return [outcome for suite in suites for outcome in run(suite)]


def _observed(conn: Connection, outcome: Outcome) -> Mapping[str, Any]:
    """What is kept of an outcome; of an identity also in how many places it stands and could be assessed."""
    if outcome.error:
        return {"error": outcome.error}
    query = outcome.meta.get("assessable_query")
    if query is None:
        return outcome.observed
    with conn.cursor(row_factory=dict_row) as cursor:
        counts = cursor.execute(outcome.fill(query).encode()).fetchone()
    return {"violations": outcome.found, **(counts or {})}


def _write_violations(conn: Connection, publication_id: int, outcome: Outcome) -> None:
    if outcome.query is None or not outcome.found:  # nothing to read the whole table again for
        return
    written = audit.write_violations(conn, publication_id, outcome)
    if written != outcome.found:
        raise GateError(
            f"{outcome.suite}, {outcome.name}: {outcome.found} violations were found and then {written}; another build "
            f"changed the schema {SCHEMA} meanwhile: run the publication again when it has ended"
        )


def _keep(conn: Connection, publication_id: int) -> None:
    """Of the years that the candidate keeps, what the publication before said.

    Raises:
        GateError: it has not judged one of their reports.
    """
    kept = {"publication_id": publication_id, "years": list(kept_years(conn, publication_id))}
    if not kept["years"]:
        return
    for statement in _KEEP:
        conn.execute(statement.encode(), kept)
    if left_out := conn.execute(_LEFT_OUT, kept).fetchall():
        reports = ", ".join(str(report_id) for (report_id,) in left_out)
        raise GateError(
            f"Candidate {publication_id} keeps years in which reports were never judged (report_id {reports}, ...): "
            "publish again and build every year"
        )


def _summary(conn: Connection, publication_id: int) -> VerdictSummary:
    rows = conn.execute(
        "SELECT verdict, count(*) FROM audit.verdict WHERE publication_id = %s GROUP BY verdict", [publication_id]
    )
    counts: dict[str, int] = dict(rows.fetchall())
    found = conn.execute("SELECT count(*) FROM audit.violation WHERE publication_id = %s", [publication_id]).fetchone()
    return VerdictSummary(
        publication_id,
        accepted=counts.get("accepted", 0),
        held=counts.get("held", 0),
        accepted_as_printed=counts.get("accepted_as_printed", 0),
        violations=found[0] if found else 0,
    )


def _why_unusable(outcomes: list[Outcome]) -> str:
    lines = [
        f"{each.suite}, {SCHEMA}.{each.meta['table']}: {each.error or each.meta['en']} ({dict(each.observed)})"
        for each in outcomes
    ]
    return (
        "No verdict can be given; the live marts stay as they are. The data engineer looks at "
        "dbt_project/models/intermediate:\n" + "\n".join(lines)
    )
