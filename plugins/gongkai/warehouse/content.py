"""What marts hold, as numbers of rows and hashes: the same rows give the same hash, whatever their order.

The hash adds up those of the rows, so that nothing has to be sorted, and a publication that keeps years of an earlier
one need not read their rows again: the sums of its slices are those of the whole. It shows a change; it is no seal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from psycopg import Connection, sql

from gongkai.warehouse.partitions import Shape, has_years

NO_YEAR = 0
"""The `report_year` of a slice that is a whole mart."""


class Slice(NamedTuple):
    """One report year of a mart, or a mart without years. `high`, `low`: sums of the halves of its rows' hashes."""

    mart: str
    report_year: int
    row_count: int
    high: int
    low: int


Tables = Mapping[str, tuple[sql.Identifier, Shape]]


def slices_in(conn: Connection, tables: Tables) -> list[Slice]:
    """What some tables of marts hold, by mart and report year."""
    found = []
    with conn.transaction():
        conn.execute("SET LOCAL timezone = 'UTC'")
        conn.execute("SET LOCAL datestyle = 'ISO'")
        for mart, (table, shape) in tables.items():
            found += [Slice(mart, *map(int, row)) for row in conn.execute(_slices(mart, table, shape))]
    return found


def _slices(mart: str, table: sql.Identifier, shape: Shape) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(shape) if name != "publication_id")
    year = sql.Identifier("report_year") if has_years(mart, shape) else sql.Literal(NO_YEAR)
    return sql.SQL(
        "SELECT year, count(*), sum(('x' || left(digest, 16))::bit(64)::bigint), "
        "sum(('x' || right(digest, 16))::bit(64)::bigint) "
        "FROM (SELECT {} AS year, md5(ROW({})::text) AS digest FROM {}) AS line GROUP BY year"
    ).format(year, columns, table)


def row_counts(slices: Iterable[Slice], marts: Iterable[str]) -> dict[str, int]:
    """Rows of each of the marts."""
    counts = dict.fromkeys(marts, 0)
    for each in slices:
        counts[each.mart] += each.row_count
    return counts


def hashes(slices: Iterable[Slice], marts: Iterable[str]) -> dict[str, str]:
    """The hash of each of the marts, an empty one's too."""
    sums = dict.fromkeys(marts, (0, 0, 0))
    for each in slices:
        count, high, low = sums[each.mart]
        sums[each.mart] = (count + each.row_count, high + each.high, low + each.low)
    return {mart: _hash(*summed) for mart, summed in sums.items()}


def _hash(count: int, high: int, low: int) -> str:
    said = f"{count} {high} {low}" if count else "0"
    return hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()
