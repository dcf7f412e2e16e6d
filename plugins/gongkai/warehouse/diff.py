"""What a candidate would change: agency-years that are new, gone or of other figures, and rows of every mart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from psycopg import Connection, sql
from psycopg.rows import namedtuple_row

from gongkai.errors import WarehouseError
from gongkai.warehouse.content import row_counts
from gongkai.warehouse.partitions import Shape, has_years, partition, rows_of, shapes
from gongkai.warehouse.years import kept_slices, kept_years, years_of

_WIDE = "agency_year"
_KEY = ("agency_id", "report_year", "scope")
_NUMERIC = ("smallint", "integer", "bigint", "numeric", "double precision", "real")
_MEMORY = ("revision", "sightings", "figures_corrected", "figures_replaced")
"""Columns that tell of a report's history; they are no figures of its own."""


@dataclass(frozen=True, slots=True)
class Diff:
    """Agency-years by what happens to them, single figures that change, and (before, after) rows of each mart.

    against: the publication that was live; None: none was. compared: figures of agency-years that both have.
    """

    publication_id: int
    against: int | None
    new: int
    gone: int
    changed: int
    figures: int
    compared: int
    rows: dict[str, tuple[int, int]]

    @property
    def changed_share(self) -> float:
        """Changed figures among those compared, 0 to 1."""
        return self.figures / self.compared if self.compared else 0.0


class Side(NamedTuple):
    """One of the two sets of marts that are compared."""

    shapes: Mapping[str, Shape]
    tables: Mapping[str, sql.Composable]


def write_diff(conn: Connection, publication_id: int) -> Diff:
    """Compare the candidate with the live publication; writes audit.diff and audit.comparison, replacing older ones.

    Years that the candidate keeps are the same in both: they are counted, and not read.

    Raises:
        WarehouseError: there is no candidate, or it keeps years of a publication that is no longer the live one.
    """
    kept = kept_years(conn, publication_id)
    before, after = _live(conn, publication_id, kept), _side(conn, "candidate", "r")
    if _WIDE not in after.tables:
        raise WarehouseError(f"There is no candidate.{_WIDE} to compare: build the marts with dbt first.")
    number = sql.Literal(publication_id)
    with conn.transaction():
        live = conn.execute("SELECT publication_id FROM published.pointer").fetchone()
        if kept and live != (publication_id - 1,):
            raise WarehouseError(
                f"Candidate {publication_id} keeps years of publication {publication_id - 1}, which is no longer the "
                "live one. Run the publication again from its beginning; the live marts stay as they are."
            )
        conn.execute("DELETE FROM audit.diff WHERE publication_id = %s", (publication_id,))
        conn.execute("DELETE FROM audit.comparison WHERE publication_id = %s", (publication_id,))
        same = row_counts(kept_slices(conn, publication_id), after.tables)
        rows = {m: (_count(conn, before, m) + same[m], _count(conn, after, m) + same[m]) for m in after.tables}
        _write_rows(conn, publication_id, rows)
        conn.execute(sql.SQL("INSERT INTO audit.diff SELECT {}, found.* FROM ({}) AS found").format(
            number, sql.SQL(" UNION ALL ").join(_changes(before, after))
        ))  # fmt: skip
        compared = (_compared(conn, before, after) + same[_WIDE]) * len(_common_figures(before, after))
        conn.execute(_SUMMARISE, (publication_id, live and live[0], compared, publication_id))
    return read_diff(conn, publication_id, rows)


_SUMMARISE = """
    INSERT INTO audit.comparison (publication_id, against, new, gone, changed, figures_changed, figures_compared)
    SELECT %s, %s, count(*) FILTER (WHERE kind = 'new'), count(*) FILTER (WHERE kind = 'gone'),
           count(DISTINCT (agency_id, report_year, scope)) FILTER (WHERE kind = 'changed' AND agency_id IS NOT NULL),
           count(*) FILTER (WHERE kind = 'changed' AND agency_id IS NOT NULL), %s
    FROM audit.diff WHERE publication_id = %s
"""


def read_diff(conn: Connection, publication_id: int, rows: Mapping[str, tuple[int, int]] | None = None) -> Diff:
    """What :func:`write_diff` found, in numbers. `rows` are of the marts whose number of rows changed, if not given.

    Raises:
        WarehouseError: the candidate was not compared.
    """
    found = conn.execute(
        "SELECT against, new, gone, changed, figures_changed, figures_compared FROM audit.comparison "
        "WHERE publication_id = %s",
        (publication_id,),
    ).fetchone()
    if found is None:
        raise WarehouseError(f"Candidate {publication_id} was not compared with the live publication: write its diff.")
    if rows is None:
        query = "SELECT item, before, after FROM audit.diff WHERE publication_id = %s AND agency_id IS NULL"
        rows = {mart: (int(was), int(is_)) for mart, was, is_ in conn.execute(query, (publication_id,))}
    against, new, gone, changed, figures, compared = found
    return Diff(publication_id, against, new, gone, changed, figures, compared, dict(rows))


class Change(NamedTuple):
    """One difference; `item`: a column of agency_year, None for an agency-year as a whole."""

    kind: str
    agency_id: str
    report_year: int
    scope: str
    item: str | None
    before: object
    after: object


def diff_between(conn: Connection, before: int, after: int) -> Iterator[Change]:
    """What one publication has otherwise than another, straight from their tables.

    Raises:
        WarehouseError: one of them is not there, or its tables are retired.
    """
    sides = [_published(conn, number) for number in (before, after)]
    query = sql.SQL(" UNION ALL ").join(_changes(*sides))
    ordered = sql.SQL("SELECT * FROM ({}) AS found ORDER BY kind, report_year, agency_id, scope, item").format(query)
    with conn.cursor(row_factory=namedtuple_row) as cursor:
        for row in cursor.execute(ordered):
            yield Change(*row)


def _side(conn: Connection, schema: str, kind: str) -> Side:
    found = shapes(conn, schema, kind)
    return Side(found, {mart: sql.Identifier(schema, mart) for mart in found})


def _live(conn: Connection, publication_id: int, kept: Collection[int]) -> Side:
    """The live marts, without the years that the candidate keeps."""
    live = _side(conn, "marts", "v")
    if not kept:
        return live
    published = shapes(conn, "published", "p")
    built_anew = sql.SQL("(SELECT * FROM {} WHERE report_year = ANY ({}::int[]))")
    years = sql.Literal(sorted(years_of(conn, publication_id - 1).keys() - set(kept)))
    tables = {
        mart: built_anew.format(table, years) if has_years(mart, published[mart]) else table
        for mart, table in live.tables.items()
    }
    return Side(live.shapes, tables)


def _published(conn: Connection, publication_id: int) -> Side:
    found, kept = shapes(conn, "published", "p"), kept_years(conn, publication_id)
    tables = {}
    for mart, shape in found.items():
        own = f"published.{partition(mart, publication_id)}"
        if conn.execute("SELECT to_regclass(%s)", (own,)).fetchone() != (None,):
            which = rows_of(publication_id, kept, by_year=has_years(mart, shape))
            rows = sql.SQL("(SELECT * FROM {} WHERE {})")
            tables[mart] = rows.format(sql.Identifier("published", mart), sql.SQL(which))
    if _WIDE not in tables:
        raise WarehouseError(
            f"The tables of publication {publication_id} are not at hand; see `gongkai publications list`."
        )
    return Side(found, tables)


def _figures(shape: Shape) -> set[str]:
    """Columns of figures: numbers that are neither keys nor names of something."""
    return {
        name
        for name, column in shape.items()
        if column.type.partition("(")[0] in _NUMERIC and name not in (*_KEY, *_MEMORY) and not name.endswith("_id")
    }


def _common_figures(before: Side, after: Side) -> list[str]:
    return sorted(_figures(before.shapes.get(_WIDE, {})) & _figures(after.shapes[_WIDE]))


def _count(conn: Connection, side: Side, mart: str) -> int:
    if mart not in side.tables:
        return 0
    return int(conn.execute(sql.SQL("SELECT count(*) FROM {} AS mart").format(side.tables[mart])).fetchall()[0][0])


def _compared(conn: Connection, before: Side, after: Side) -> int:
    """Agency-years that both have."""
    if _WIDE not in before.tables:
        return 0
    query = sql.SQL("SELECT count(*) FROM {} AS here JOIN {} AS other USING ({})").format(
        before.tables[_WIDE], after.tables[_WIDE], _key()
    )
    return int(conn.execute(query).fetchall()[0][0])


def _write_rows(conn: Connection, publication_id: int, rows: Mapping[str, tuple[int, int]]) -> None:
    changed = [(publication_id, mart, before, after) for mart, (before, after) in rows.items() if before != after]
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO audit.diff (publication_id, kind, item, before, after) VALUES (%s, 'changed', %s, %s, %s)",
            changed,
        )


def _changes(before: Side, after: Side) -> Iterator[sql.Composable]:
    """Queries of (kind, agency_id, report_year, scope, item, before, after)."""
    yield _only_in("new", after, before)
    if _WIDE in before.tables:
        yield _only_in("gone", before, after)
        if figures := _common_figures(before, after):
            yield _changed(before, after, figures)


def _only_in(kind: str, side: Side, other: Side) -> sql.Composable:
    keys = sql.SQL("SELECT {key} FROM {here} AS here").format(key=_key(), here=side.tables[_WIDE])
    if _WIDE in other.tables:
        keys += sql.SQL(" EXCEPT SELECT {key} FROM {there} AS there").format(key=_key(), there=other.tables[_WIDE])
    return sql.SQL(
        "SELECT {kind} AS kind, agency_id, report_year, scope, NULL::text AS item, NULL::numeric AS before, "
        "NULL::numeric AS after FROM ({keys}) AS only_here"
    ).format(kind=sql.Literal(kind), keys=keys)


def _changed(before: Side, after: Side, figures: list[str]) -> sql.Composable:
    pairs = sql.SQL(", ").join(
        sql.SQL("({}, old.{}::numeric, new.{}::numeric)").format(
            sql.Literal(name), sql.Identifier(name), sql.Identifier(name)
        )
        for name in figures
    )
    return sql.SQL(
        "SELECT 'changed', agency_id, report_year, scope, figure.* FROM {old} AS old JOIN {new} AS new USING ({key}) "
        "CROSS JOIN LATERAL (VALUES {pairs}) AS figure (item, before, after) "
        "WHERE figure.before IS DISTINCT FROM figure.after"
    ).format(old=before.tables[_WIDE], new=after.tables[_WIDE], key=_key(), pairs=pairs)


def _key() -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, _KEY))
