"""Brings the roster into the warehouse: agencies, their names and predecessors, and regions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from psycopg import Connection, sql

from gongkai.roster import Agency, AgencyAlias, AgencyChange, Region

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
}
"""The tables in the order they are filled in: an alias needs its agency."""


def sync_roster(
    conn: Connection,
    agencies: Iterable[Agency],
    aliases: Iterable[AgencyAlias],
    changes: Iterable[AgencyChange],
    regions: Iterable[Region],
) -> None:
    """Replace the roster of the warehouse by this one, whole, in one transaction; `conn` is the owner's."""
    given = dict(zip(_COLUMNS, (agencies, aliases, changes, regions), strict=True))
    with conn.transaction():
        # one roster at a time; readers go on
        conn.execute("LOCK TABLE raw.agency IN SHARE ROW EXCLUSIVE MODE")
        for table in reversed(_COLUMNS):
            conn.execute(sql.SQL("DELETE FROM raw.{}").format(sql.Identifier(table)))
        for table, columns in _COLUMNS.items():
            _copy(conn, table, columns, given[table])


def _copy(conn: Connection, table: str, columns: Sequence[str], rows: Iterable[object]) -> None:
    statement = sql.SQL("COPY raw.{} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    values = attrgetter(*columns)
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(values(row))
