"""``gongkai diagnose``: everything known about one agency's report on one year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from gongkai.errors import WarehouseError

if TYPE_CHECKING:
    from psycopg import Connection

_AGENCIES = """
    SELECT agency.agency_id, agency.name FROM raw.agency
    WHERE agency_id = %(name)s OR EXISTS (
        SELECT FROM raw.agency_alias AS alias
        WHERE alias.agency_id = agency.agency_id AND alias.name_normalised = %(normalised)s)
"""

_PARAMETERS = "SELECT %(year)s::int AS year, %(names)s::text[] AS names, %(listed)s::text[] AS listed"

_SECTIONS = {
    "listed and fetched": """
        SELECT fetched_at, portal, listed_title, url, outcome, http_status, sha256, error_class, error
        FROM raw.fetch, given WHERE ingest_year = year AND (
            sha256 IN (SELECT sha256 FROM raw.report WHERE agency_normalised = ANY (names))
            OR listed_agency = ANY (listed)) ORDER BY fetched_at""",
    "read": """
        SELECT report_id, loaded_at, parser_version, reader, form, report_year, scope, agency_printed, title, verdict,
               sha256
        FROM raw.report, given WHERE agency_normalised = ANY (names) AND coalesce(report_year, ingest_year) = year
        ORDER BY loaded_at""",
    "findings": """
        SELECT report_id, identity, kind, table_key, row_key, column_key, left_value, right_value, fault,
               suspect_row, suspect_column, suspect_printed, suspect_balances, message_zh, message_en
        FROM raw.issue JOIN raw.report USING (report_id), given
        WHERE agency_normalised = ANY (names) AND coalesce(report_year, ingest_year) = year
        ORDER BY report_id, issue.ordinal""",
    "decisions": """
        SELECT decided_at, decided_by, action, cell_id, printed_value, corrected_value, reason
        FROM raw.decision, given WHERE sha256 IN (
            SELECT sha256 FROM raw.report WHERE agency_normalised = ANY (names)
            AND coalesce(report_year, ingest_year) = year) ORDER BY decided_at""",
    "verdicts": """
        SELECT publication_id, verdict.report_id, verdict.verdict
        FROM audit.verdict AS verdict JOIN raw.report USING (report_id), given
        WHERE agency_normalised = ANY (names) AND coalesce(report_year, ingest_year) = year ORDER BY publication_id""",
}


def print_diagnosis(conn: Connection, agency: str, year: int) -> None:
    """Print what every stage knows of the report: listing, downloads, readings, findings, decisions, verdicts.

    Raises:
        WarehouseError: the roster knows no such agency, and no report names it.
    """
    console = Console(soft_wrap=True)
    given = _given(conn, agency, year)
    console.print(f"[bold]{escape(agency)} {year}[/bold]  {given['agency_id'] or 'not on the roster'}", highlight=False)
    for title, query in _SECTIONS.items():
        cursor = conn.execute(f"WITH given AS ({_PARAMETERS}) {query}".encode(), given)
        names = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall()
        console.print(f"\n[bold]{title}[/bold]{'' if rows else ': nothing'}", highlight=False)
        for row in rows:
            known = (f"{name} {value}" for name, value in zip(names, row, strict=True) if value is not None)
            console.print(f"  {escape(', '.join(known))}", highlight=False)


def _given(conn: Connection, agency: str, year: int) -> dict[str, Any]:
    from gongkai.roster import normalise_name

    printed = normalise_name(agency)
    found = conn.execute(_AGENCIES, {"name": agency, "normalised": printed}).fetchone()
    agency_id = found[0] if found else None
    aliases = "SELECT name_normalised FROM raw.agency_alias WHERE agency_id = %s"
    names = [name for (name,) in conn.execute(aliases, (agency_id,))] or [printed]
    known = conn.execute("SELECT 1 FROM raw.report WHERE agency_normalised = ANY (%s) LIMIT 1", (names,)).fetchone()
    if agency_id is None and known is None:
        raise WarehouseError(f"no agency is called {agency!r}: neither on the roster nor in a report; check the name")
    listings = conn.execute("SELECT DISTINCT listed_agency FROM raw.fetch WHERE ingest_year = %s", (year,))
    listed = [name for (name,) in listings if name and normalise_name(name) in names]
    return {"agency_id": agency_id, "year": year, "names": names, "listed": listed}
