"""Candidates made by hand, in the shape that dbt gives them, small."""

from __future__ import annotations

from psycopg import Connection

from gongkai.warehouse.inputs import Candidate
from gongkai.warehouse.passed import candidate_hashes, record_pass

Rows = dict[tuple[str, int], int]
"""(agency, report year): requests received."""


def candidate(publication_id: int) -> Candidate:
    return Candidate(publication_id, {"reports": publication_id}, f"hash of {publication_id}", "run")


def build(conn: Connection, publication_id: int, rows: Rows, *, extra_column: str = "") -> Candidate:
    """Build the marts of a candidate: every row three times over, so that a mixture of two would be seen."""
    conn.execute(
        f"""
        DROP TABLE IF EXISTS candidate.agency_year, candidate.fct_coverage, candidate.fct_findings;
        CREATE TABLE candidate.agency_year (
            publication_id int NOT NULL, report_id bigint, agency_id text NOT NULL, report_year int NOT NULL,
            scope text NOT NULL, requests_received bigint, share numeric {extra_column},
            PRIMARY KEY (agency_id, report_year, scope));
        CREATE TABLE candidate.fct_coverage (
            publication_id int NOT NULL, agency_id text, report_year int, expected boolean);
        CREATE TABLE candidate.fct_findings (publication_id int NOT NULL, report_id bigint, report_year int);
        COMMENT ON TABLE candidate.agency_year IS '年度汇总 one row a report, by "publication" {publication_id}';
        COMMENT ON COLUMN candidate.agency_year.share IS '占比 share''s base';
        """.encode()
    )
    for n, ((agency, year), value) in enumerate(rows.items()):
        conn.execute(
            "INSERT INTO candidate.agency_year (publication_id, report_id, agency_id, report_year, scope, "
            "requests_received, share) VALUES (%s, %s, %s, %s, 'own_organ', %s, 0.5)",
            (publication_id, publication_id * 1000 + n, agency, year, value),
        )
        conn.execute("INSERT INTO candidate.fct_coverage VALUES (%s, %s, %s, true)", (publication_id, agency, year))
        conn.execute("INSERT INTO candidate.fct_findings VALUES (%s, %s, %s)", (publication_id, n, year))
    return passed(conn, publication_id)


def passed(conn: Connection, publication_id: int) -> Candidate:
    """The candidate as it stands, let pass without a gate."""
    live = conn.execute("SELECT publication_id FROM published.pointer").fetchone()
    record_pass(conn, publication_id, live and live[0], candidate_hashes(conn))
    return candidate(publication_id)
