"""Writes what the passes found into the schema `audit`."""
# ruff: noqa: S608 - the queries come from the suites, which are generated from the forms and reviewed

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from psycopg import Connection
from psycopg.types.json import Jsonb

from gongkai.quality.runner import Outcome
from gongkai.quality.sql import SELECTED
from gongkai.warehouse.passed import forget_pass

EXAMPLES = 20

Pass = Literal["verdict", "gate"]


def clear(conn: Connection, publication_id: int, *passes: Pass) -> None:
    """Forget what earlier, crashed runs of these passes wrote for this publication."""
    conn.execute(
        "DELETE FROM audit.validation WHERE publication_id = %s AND pass = ANY(%s)", [publication_id, list(passes)]
    )
    forget_pass(conn, publication_id)
    if "verdict" in passes:
        conn.execute("DELETE FROM audit.violation WHERE publication_id = %s", [publication_id])
        conn.execute("DELETE FROM audit.verdict WHERE publication_id = %s", [publication_id])


def write_validation(
    conn: Connection, publication_id: int, of: Pass, outcomes: Iterable[tuple[Outcome, Mapping[str, Any]]]
) -> None:
    """One row an expectation, with what was observed."""
    rows = [
        (publication_id, of, outcome.suite, outcome.name, outcome.severity, outcome.success, Jsonb(dict(observed)))
        for outcome, observed in outcomes
    ]
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO audit.validation (publication_id, pass, suite, expectation, severity, success, observed, at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, now())",
            rows,
        )


def write_violations(conn: Connection, publication_id: int, outcome: Outcome) -> int:
    """All rows that the expectation's query finds, not only those in the library's result; returns how many."""
    columns = ", ".join(SELECTED)
    statement = (
        f"INSERT INTO audit.violation (publication_id, {columns}, suite) "
        f"SELECT {publication_id:d}, {columns}, '{outcome.suite}' FROM ({outcome.query}) AS violation"
    )
    return conn.execute(statement.encode()).rowcount


def examples(conn: Connection, outcome: Outcome) -> list[dict[str, Any]]:
    """The first rows of what the expectation's query finds."""
    statement = f"SELECT to_jsonb(found) FROM ({outcome.query}) AS found LIMIT {EXAMPLES}"
    return [row for (row,) in conn.execute(statement.encode())]
