"""What the commands of the local stack print: addresses, what is published, what is held and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from gongkai.local.stack import Stack
    from gongkai.warehouse.decisions import Decision
    from gongkai.warehouse.publication import Publication

_NARROWEST = 140  # columns for output that goes to a file

_BY_YEAR = """
    SELECT report_year, count(*) FILTER (WHERE expected), count(*) FILTER (WHERE found), count(*) FILTER (WHERE parsed),
           count(*) FILTER (WHERE held), count(*) FILTER (WHERE published)
    FROM marts.fct_coverage GROUP BY report_year ORDER BY report_year
"""

_HELD = """
    SELECT coalesce(agency.name, finding.agency_id), finding.report_year, finding.identity,
           concat_ws('.', finding.table_key, coalesce(finding.suspect_row, finding.row_key),
                     coalesce(finding.suspect_column, finding.column_key)),
           coalesce(finding.suspect_printed, finding.left_value),
           coalesce(finding.suspect_balances, finding.right_value), finding.fault
    FROM marts.fct_findings AS finding LEFT JOIN marts.dim_agency AS agency USING (agency_id)
    WHERE finding.verdict = 'held' AND finding.kind <> 'advisory'
    ORDER BY finding.report_year, 1, finding.finding_number
"""

# What a listing under an unknown name is about, only its address tells.
_NOT_READ = """
    SELECT coalesce(nullif(agency.name, coverage.agency_id), coverage.url), coverage.report_year, coverage.outcome,
           coalesce(coverage.error, CASE coverage.outcome
               WHEN 'not_found' THEN 'its portal lists no report on this year; look there, or ask the agency'
               WHEN 'unofficial' THEN 'only an unofficial host has it, so it is not published; see official_hosts'
               WHEN 'not_placed' THEN 'what was read is of another agency or year; see `gongkai diagnose`' END)
    FROM marts.fct_coverage AS coverage LEFT JOIN marts.dim_agency AS agency USING (agency_id)
    WHERE NOT coverage.parsed AND (coverage.found OR coverage.expected) ORDER BY coverage.report_year, 1
"""


def open_console() -> Console:
    """Where commands print: as wide as the terminal, or wide enough for a file."""
    console = Console()
    return console if console.is_terminal else Console(width=_NARROWEST)


def print_table(console: Console, title: str, headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Print a table, unless it has no rows."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    if table.row_count:
        console.print("", table)


def print_addresses(stack: Stack) -> None:
    """Where to look around."""
    from gongkai.warehouse.connection import dsns

    user, password = stack.login()
    addresses = stack.addresses()
    console = open_console()
    lines = {
        "marts for BI": f"{dsns(stack.settings).bi_reader}   (schema marts, read only)",
        "Airflow": f"{addresses.airflow}   login {user}, password {password}",
        "demo portal": addresses.portal,
        "stop": "make down",
    }
    console.print()
    for name, text in lines.items():
        console.print(f"{name:13} {text}", highlight=False, markup=False, soft_wrap=True)


def print_publication() -> None:
    """What the live publication holds, and what it does not and why; read as a BI tool reads it."""
    from gongkai.warehouse.connection import connect, dsns

    console = open_console()
    with connect(dsns().bi_reader) as conn:
        number = conn.execute("SELECT max(publication_id) FROM marts.dim_year").fetchall()[0][0]
        years = ("report year", "expected", "found", "parsed", "held", "published")
        print_table(console, f"publication {number}: reports", years, conn.execute(_BY_YEAR))
        held = ("agency", "year", "identity", "where", "printed", "balances", "fault")
        print_table(console, "held: figures that do not balance", held, conn.execute(_HELD))
        unread = ("agency", "year", "outcome", "what was wrong")
        print_table(console, "expected or found, but no report was read", unread, conn.execute(_NOT_READ))


def print_status(found: Mapping[str, Any], parts: Mapping[str, bool]) -> None:
    """The status for people."""
    console = open_console()
    if found["publication"] is None:
        console.print("nothing is published yet: `gongkai demo`, or `gongkai ingest --year Y`", highlight=False)
    else:
        counts = f"{found['agency_years']} agency-years, {found['held']} held, {found['findings']} findings"
        console.print(f"publication {found['publication']}: {counts}", highlight=False)
        rows = ((year, *counts.values()) for year, counts in found["years"].items())
        print_table(console, "", ("report year", "published", "held", "expected"), rows)
    console.print()
    for name, runs in parts.items():
        console.print(f"{name:14} {'runs' if runs else 'does not run'}", highlight=False)


def print_publications(publications: Iterable[Publication]) -> None:
    """A line a publication."""
    rows = (
        (
            p.publication_id,
            p.status,
            p.published_at.isoformat(" ", "seconds"),
            p.row_counts.get("agency_year"),
            p.reason,
        )
        for p in publications
    )
    print_table(open_console(), "", ("publication", "status", "published at", "agency-years", "reason"), rows)


def print_decisions(decisions: Iterable[Decision]) -> None:
    """A line a decision."""
    from gongkai.forms import all_forms

    names = {cell_id: str(key) for form in all_forms() for key, cell_id in form.cell_ids.items()}
    headings = ("decision", "when", "who", "agency", "year", "what", "printed", "corrected", "status", "reason")
    rows = (
        (
            *(d.decision_id, d.decided_at.isoformat(" ", "seconds"), d.decided_by, d.agency, d.report_year),
            names[d.cell_id] if d.cell_id else d.action,
            *(d.printed_value, d.corrected_value, d.status, d.reason),
        )
        for d in decisions
    )
    print_table(open_console(), "", headings, rows)
