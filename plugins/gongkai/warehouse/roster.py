"""Brings the roster into the warehouse: agencies, names, predecessors, regions, portals. Keeps every version."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from psycopg import Connection, sql
from psycopg.rows import class_row

from gongkai.roster import Roster
from gongkai.warehouse.inputs import roster_sha256

_COLUMNS = {
    "agency": (
        "agency_id",
        "name",
        "name_normalised",
        "uscc",
        "region_code",
        "level",
        "organ_type",
        "scope",
        "parent_agency_id",
        "valid_from",
        "valid_to",
        "source",
    ),
    "agency_alias": ("name_normalised", "agency_id"),
    "agency_change": ("agency_id", "predecessor_id", "relation", "changed_on"),
    "region": ("region_code", "name", "level", "parent_code", "valid_from", "valid_to", "is_statutory", "source"),
    "portal": (
        "portal_id",
        "name",
        "region_code",
        "module",
        "url",
        "interval",
        "official_hosts",
        "private_hosts",
        "title_words",
        "tls",
        "note",
    ),
    "former_address": ("portal_id", "url", "valid_to", "reason"),
}
"""The tables in the order they are filled in: an alias needs its agency."""

_FIELDS = {
    "agency": "agencies",
    "agency_alias": "aliases",
    "agency_change": "changes",
    "region": "regions",
    "portal": "portals",
    "former_address": "former_addresses",
}
"""What of a roster each table holds."""

_ADD_VERSION = """
    WITH given AS (SELECT {content} AS content),
    hashed AS (SELECT content, encode(sha256(convert_to(content::text, 'UTF8')), 'hex') AS sha256 FROM given)
    INSERT INTO raw.roster_version (loaded_by, run_id, sha256, locked_sha256, content)
    SELECT %(by)s, %(run_id)s, sha256, %(locked)s, content FROM hashed
    WHERE sha256 IS DISTINCT FROM (SELECT sha256 FROM raw.roster_version ORDER BY version DESC LIMIT 1)
"""

_VERSIONS = """
    SELECT version, loaded_at, loaded_by, run_id, sha256, jsonb_array_length(content -> 'agency') AS agencies,
           jsonb_array_length(content -> 'portal') AS portals, ARRAY(
               SELECT publication_id FROM published.publication
               WHERE inputs -> 'roster' ->> 'sha256' = locked_sha256 AND published_at >= loaded_at
               ORDER BY publication_id) AS publications
    FROM raw.roster_version ORDER BY version DESC
"""


@dataclass(frozen=True, slots=True)
class RosterVersion:
    """One version: since when, by whom and by which run; `publications` were made with these agencies and regions."""

    version: int
    loaded_at: datetime
    loaded_by: str
    run_id: str | None
    sha256: str
    agencies: int
    portals: int
    publications: list[int]


def sync_roster(conn: Connection, roster: Roster, run_id: str | None = None) -> int:
    """Replace the roster of the warehouse by this one, whole, in one transaction; `conn` is the owner's.

    A roster that differs from the one before it is a new version, kept with all its rows; `run_id` is the run that
    brought it. Returns the number of the version.
    """
    with conn.transaction():
        # one roster at a time; readers go on
        conn.execute("LOCK TABLE raw.agency IN SHARE ROW EXCLUSIVE MODE")
        for table in reversed(_COLUMNS):
            conn.execute(sql.SQL("DELETE FROM raw.{}").format(sql.Identifier(table)))
        for table, columns in _COLUMNS.items():
            _copy(conn, table, columns, getattr(roster, _FIELDS[table]))
        return _keep_version(conn, run_id)


def _keep_version(conn: Connection, run_id: str | None) -> int:
    rows = (
        sql.SQL("{}, (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY to_jsonb(r)), '[]') FROM raw.{} AS r)").format(
            sql.Literal(table), sql.Identifier(table)
        )
        for table in _COLUMNS
    )
    content = sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(rows))
    values = {"by": _account(), "run_id": run_id, "locked": roster_sha256(conn)}
    conn.execute(sql.SQL(_ADD_VERSION).format(content=content), values)
    return int(conn.execute("SELECT max(version) FROM raw.roster_version").fetchall()[0][0])


def _account() -> str:
    """Whose process this is; in a container the account may have a number and no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def roster_versions(conn: Connection) -> list[RosterVersion]:
    """Every version, the newest first, with the publications that were made with it."""
    with conn.cursor(row_factory=class_row(RosterVersion)) as cursor:
        return cursor.execute(_VERSIONS).fetchall()


def _copy(conn: Connection, table: str, columns: Sequence[str], rows: Iterable[object]) -> None:
    statement = sql.SQL("COPY raw.{} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    values = attrgetter(*columns)
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([list(value) if isinstance(value, tuple) else value for value in values(row)])
