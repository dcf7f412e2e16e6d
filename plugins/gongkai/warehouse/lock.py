"""The lock of a publication: every row that its marts are made from, so that they can be made again.

Most rows stay from one publication to the next. Each is kept once, with the first and last publication that used it.
"""
# ruff: noqa: S608 - every query is a constant of this module

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

EXCEPTION = "exception"
REPORT = "report"

_COMPLETE = "run_id IN (SELECT run_id FROM raw.ingest_run WHERE status = 'complete')"

_ROWS = {
    "ingest_run": "SELECT to_jsonb(run) FROM raw.ingest_run AS run WHERE status = 'complete'",
    "document": f"""
        SELECT to_jsonb(document) FROM raw.document WHERE sha256 IN (SELECT sha256 FROM raw.visible_report)
        OR sha256 IN (SELECT sha256 FROM raw.fetch WHERE {_COMPLETE})""",
    "fetch": f"SELECT to_jsonb(request) FROM raw.fetch AS request WHERE {_COMPLETE}",
    "outcome": f"SELECT to_jsonb(outcome) FROM raw.outcome WHERE stage = 'parse' AND {_COMPLETE}",
    # cells are read again from the document; only what the loader gave is kept
    REPORT: """
        SELECT jsonb_build_object('report_id', report_id, 'sha256', sha256, 'parser_version', parser_version,
            'ordinal', ordinal, 'ingest_year', ingest_year, 'loaded_at', loaded_at, 'figures_hash', figures_hash)
        FROM raw.visible_report""",
    "decision": "SELECT to_jsonb(decision) FROM raw.decision",
    "agency": "SELECT to_jsonb(agency) FROM raw.agency",
    "agency_alias": "SELECT to_jsonb(alias) FROM raw.agency_alias AS alias",
    "agency_change": "SELECT to_jsonb(change) FROM raw.agency_change AS change",
    "region": "SELECT to_jsonb(region) FROM raw.region",
}
"""Tables of raw, in an order in which they can be filled again."""

TABLES = tuple(name for name in _ROWS if name != REPORT)

# a row that is closed is none of those of now, so that it does not matter which half of the statement runs first
_LOCK = """
    WITH now AS MATERIALIZED (SELECT line, md5(line::text)::uuid AS digest FROM ({rows}) AS row (line)),
    gone AS (
        UPDATE audit.locked_input SET last_publication = %(number)s - 1
        WHERE input = %(input)s AND last_publication IS NULL AND digest NOT IN (SELECT digest FROM now))
    INSERT INTO audit.locked_input (input, line, first_publication)
    SELECT %(input)s, line, %(number)s FROM now
    WHERE digest NOT IN (
        SELECT digest FROM audit.locked_input WHERE input = %(input)s AND last_publication IS NULL)
"""

_GIVEN = "SELECT jsonb_array_elements(%(lines)s::jsonb)"


def write_lock(conn: Connection, publication_id: int, exceptions: Sequence[dict[str, Any]]) -> None:
    """Lock what is in the warehouse now, in place of what an earlier candidate of this number had locked."""
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        conn.execute("SET LOCAL timezone = 'UTC'")
        conn.execute("DELETE FROM audit.locked_input WHERE first_publication >= %s", (publication_id,))
        conn.execute(
            "UPDATE audit.locked_input SET last_publication = NULL WHERE last_publication >= %s - 1", (publication_id,)
        )
        for name, rows in _ROWS.items():
            _lock(conn, rows, {"input": name, "number": publication_id})
        write_exceptions(conn, publication_id, exceptions)


def write_exceptions(conn: Connection, publication_id: int, exceptions: Sequence[dict[str, Any]]) -> None:
    """Lock the exceptions that apply to a publication."""
    _lock(conn, _GIVEN, {"input": EXCEPTION, "number": publication_id, "lines": Jsonb(list(exceptions))})


def _lock(conn: Connection, rows: str, values: dict[str, Any]) -> None:
    conn.execute(_LOCK.format(rows=rows).encode(), values)


def locked_rows(conn: Connection, publication_id: int, name: str) -> Iterator[dict[str, Any]]:
    """The rows of one table as a publication used them."""
    query = (
        "SELECT line FROM audit.locked_input WHERE input = %(input)s AND first_publication <= %(number)s "
        "AND coalesce(last_publication, %(number)s) >= %(number)s ORDER BY line -> 'report_id', line"
    )
    for (line,) in conn.cursor().stream(query, {"input": name, "number": publication_id}):
        yield line
