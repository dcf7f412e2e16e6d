"""What a candidate would change: agency-years that are new, gone or of other figures, and rows of every mart."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection, sql

from gongkai.errors import WarehouseError
from gongkai.warehouse.partitions import Shape, shapes

_WIDE = "agency_year"
_KEY = ("agency_id", "report_year", "scope")
_NUMERIC = ("smallint", "integer", "bigint", "numeric", "double precision", "real")


@dataclass(frozen=True, slots=True)
class Diff:
    """Agency-years by what happens to them, single figures that change, and (before, after) rows of each mart."""

    publication_id: int
    new: int
    gone: int
    changed: int
    figures: int
    rows: dict[str, tuple[int, int]]


def write_diff(conn: Connection, publication_id: int) -> Diff:
    """Compare the candidate with the live publication and write the differences to audit.diff, replacing older ones.

    Raises:
        WarehouseError: there is no candidate.
    """
    candidate, live = shapes(conn, "candidate", "r"), shapes(conn, "marts", "v")
    if _WIDE not in candidate:
        raise WarehouseError(f"There is no candidate.{_WIDE} to compare: build the marts with dbt first.")
    figures = sorted(_figures(candidate[_WIDE]) & _figures(live.get(_WIDE, {})))
    with conn.transaction():
        conn.execute("DELETE FROM audit.diff WHERE publication_id = %s", (publication_id,))
        rows = {
            mart: (_count(conn, "marts", mart) if mart in live else 0, _count(conn, "candidate", mart))
            for mart in candidate
        }
        _write_rows(conn, publication_id, rows)
        if _WIDE in live:
            new = _write_only_in(conn, publication_id, "new", "candidate", "marts")
            gone = _write_only_in(conn, publication_id, "gone", "marts", "candidate")
            changed, changes = _write_changes(conn, publication_id, figures)
        else:
            new, gone, changed, changes = _write_all_new(conn, publication_id), 0, 0, 0
    return Diff(publication_id, new, gone, changed, changes, rows)


def _figures(shape: Shape) -> set[str]:
    """Columns of figures: numbers that are neither keys nor names of something."""
    return {
        name
        for name, column in shape.items()
        if column.type.partition("(")[0] in _NUMERIC and name not in _KEY and not name.endswith("_id")
    }


def _count(conn: Connection, schema: str, mart: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}.{}").format(sql.Identifier(schema), sql.Identifier(mart))
    return int(conn.execute(query).fetchall()[0][0])


def _write_rows(conn: Connection, publication_id: int, rows: dict[str, tuple[int, int]]) -> None:
    changed = [(publication_id, mart, before, after) for mart, (before, after) in rows.items() if before != after]
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO audit.diff (publication_id, kind, item, before, after) VALUES (%s, 'changed', %s, %s, %s)",
            changed,
        )


def _write_all_new(conn: Connection, publication_id: int) -> int:
    return conn.execute(
        "INSERT INTO audit.diff (publication_id, kind, agency_id, report_year, scope) "
        "SELECT %s, 'new', agency_id, report_year, scope FROM candidate.agency_year",
        (publication_id,),
    ).rowcount


def _write_only_in(conn: Connection, publication_id: int, kind: str, schema: str, other: str) -> int:
    query = sql.SQL(
        "INSERT INTO audit.diff (publication_id, kind, agency_id, report_year, scope) "
        "SELECT {number}, {kind}, agency_id, report_year, scope FROM ("
        "SELECT {key} FROM {schema}.{mart} EXCEPT SELECT {key} FROM {other}.{mart}) AS only_here"
    ).format(
        number=sql.Literal(publication_id),
        kind=sql.Literal(kind),
        key=sql.SQL(", ").join(map(sql.Identifier, _KEY)),
        schema=sql.Identifier(schema),
        other=sql.Identifier(other),
        mart=sql.Identifier(_WIDE),
    )
    return conn.execute(query).rowcount


def _write_changes(conn: Connection, publication_id: int, figures: list[str]) -> tuple[int, int]:
    """One row a changed figure; returns how many agency-years have changed, and how many figures."""
    if not figures:
        return 0, 0
    pairs = sql.SQL(", ").join(
        sql.SQL("({}, live.{}::numeric, candidate.{}::numeric)").format(
            sql.Literal(name), sql.Identifier(name), sql.Identifier(name)
        )
        for name in figures
    )
    query = sql.SQL(
        "WITH written AS ("
        "INSERT INTO audit.diff (publication_id, kind, agency_id, report_year, scope, item, before, after) "
        "SELECT {number}, 'changed', candidate.agency_id, candidate.report_year, candidate.scope, figure.* "
        "FROM candidate.{mart} AS candidate JOIN marts.{mart} AS live USING ({key}) "
        "CROSS JOIN LATERAL (VALUES {pairs}) AS figure (item, before, after) "
        "WHERE figure.before IS DISTINCT FROM figure.after RETURNING agency_id, report_year, scope) "
        "SELECT count(DISTINCT (agency_id, report_year, scope)), count(*) FROM written"
    ).format(
        number=sql.Literal(publication_id),
        mart=sql.Identifier(_WIDE),
        key=sql.SQL(", ").join(map(sql.Identifier, _KEY)),
        pairs=pairs,
    )
    years, changes = conn.execute(query).fetchall()[0]
    return int(years), int(changes)
