"""How a candidate's tables become partitions of the published ones, and how readers come to see them.

``candidate.<mart>`` (a plain table) becomes ``published.<mart>__p<N>``, a partition of ``published.<mart>``. The view
``marts.<mart>`` shows the rows that ``published.pointer`` names: of a mart by year, each report year as the publication
built it that the pointer says; of any other mart, the partition of the live publication.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from psycopg import Connection, sql
from psycopg.errors import CheckViolation

from gongkai.errors import WarehouseError
from gongkai.warehouse.roles import BI_READER

_DBT_LEFTOVERS = ("__dbt_tmp", "__dbt_backup")
_PLANNING_SECONDS = 2.0


class Column(NamedTuple):
    """What must not change between publications without a migration."""

    type: str
    not_null: bool


Shape = Mapping[str, Column]


def shapes(conn: Connection, schema: str, kind: str) -> dict[str, Shape]:
    """Columns by table of a schema. `kind`: ``r`` for plain tables, ``p`` for partitioned ones."""
    rows = conn.execute(
        "SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull FROM pg_class "
        "JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped "
        "WHERE relnamespace = %s::regnamespace AND relkind = %s AND NOT relispartition ORDER BY relname, attnum",
        (schema, kind),
    )
    found: dict[str, dict[str, Column]] = {}
    for table, column, type_, not_null in rows:
        if not table.endswith(_DBT_LEFTOVERS):
            found.setdefault(table, {})[column] = Column(type_, not_null)
    return dict(found)


def has_years(mart: str, shape: Shape) -> bool:
    """Whether every row of a mart belongs to a report year: such years a publication may keep as another built them."""
    year = shape.get("report_year")
    return year is not None and year.not_null and not mart.startswith("dim_")


def rows_of(publication_id: int, kept: Mapping[int, int], *, by_year: bool) -> str:
    """The condition on a published mart that picks the rows of a publication. `kept`: report year to who built it."""
    if not (by_year and kept):
        return f"publication_id = {publication_id:d}"
    conditions = [f"publication_id = {publication_id:d} AND report_year NOT IN ({_numbers(kept)})"]
    for builder in sorted(set(kept.values())):
        years = _numbers(year for year, built_by in kept.items() if built_by == builder)
        conditions.append(f"publication_id = {builder:d} AND report_year IN ({years})")
    return f"({' OR '.join(conditions)})"


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(f"{number:d}" for number in sorted(numbers))


def attach(conn: Connection, publication_id: int) -> None:
    """Make the candidate's tables partitions, in one transaction; nobody sees them yet.

    Where a killed publication has done so already and no newer candidate was built, there is nothing left to do.

    Raises:
        WarehouseError: the candidate is empty, of another number, or its shape is not the published one.
    """
    with conn.transaction():
        candidate, published = shapes(conn, "candidate", "r"), shapes(conn, "published", "p")
        waiting = _partitions(conn, publication_id)
        if not candidate and waiting and waiting == set(published):
            return
        _check_shapes(candidate, published)
        for mart in waiting:
            conn.execute(_format("DROP TABLE published.{}", partition(mart, publication_id)))
        for mart, shape in candidate.items():
            if "publication_id" not in shape:
                raise WarehouseError(f"candidate.{mart} has no column publication_id; every mart needs one.")
            if mart not in published:
                _create_parent(conn, mart)
            _move(conn, mart, publication_id)


def partition(mart: str, publication_id: int) -> str:
    """The name of a mart's partition."""
    return f"{mart}__p{publication_id}"


def _partitions(conn: Connection, publication_id: int) -> set[str]:
    """The marts that have a partition of this number."""
    suffix = partition("", publication_id)
    rows = conn.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'published'::regnamespace AND relispartition "
        "AND relkind = 'r' AND right(relname, length(%(suffix)s)) = %(suffix)s",
        {"suffix": suffix},
    )
    return {name.removesuffix(suffix) for (name,) in rows}


def _check_shapes(candidate: Mapping[str, Shape], published: Mapping[str, Shape]) -> None:
    if not candidate:
        raise WarehouseError("The schema `candidate` holds no tables: build the marts with dbt first.")
    problems = [f"{mart} is missing" for mart in published if mart not in candidate]
    for mart in published.keys() & candidate.keys():
        problems += _differences(mart, published[mart], candidate[mart])
    if problems:
        raise WarehouseError(
            f"The candidate's columns are not those of the published marts: {'; '.join(sorted(problems))}. What users "
            "query may not change in silence: write a migration that alters published.<mart> and the view "
            "marts.<mart>, or correct the model."
        )


def _differences(mart: str, published: Shape, candidate: Shape) -> Iterator[str]:
    for column in published.keys() | candidate.keys():
        before, after = published.get(column), candidate.get(column)
        if before != after:
            yield f"{mart}.{column} was {_describe(before)} and is {_describe(after)}"


def _describe(column: Column | None) -> str:
    if column is None:
        return "not there"
    return f"{column.type} not null" if column.not_null else column.type


def _create_parent(conn: Connection, mart: str) -> None:
    conn.execute(
        _format(
            "CREATE TABLE published.{} (LIKE candidate.{} INCLUDING COMMENTS) PARTITION BY LIST (publication_id)",
            mart,
            mart,
        )
    )


def _move(conn: Connection, mart: str, publication_id: int) -> None:
    name, number = partition(mart, publication_id), sql.Literal(publication_id)
    try:
        # with this constraint Postgres need not scan the table a second time to attach it
        conn.execute(
            _format(
                "ALTER TABLE candidate.{} ADD CONSTRAINT of_publication "
                "CHECK (publication_id IS NOT NULL AND publication_id = {})",
                mart,
                number,
            )
        )
    except CheckViolation as error:
        raise WarehouseError(f"candidate.{mart} holds rows of another number than {publication_id}.") from error
    for n, index in enumerate(_indexes(conn, mart)):
        conn.execute(_format("ALTER INDEX candidate.{} RENAME TO {}", index, f"{name}_index{n}"))
    conn.execute(_format("ALTER TABLE candidate.{} RENAME TO {}", mart, name))
    conn.execute(_format("ALTER TABLE candidate.{} SET SCHEMA published", name))
    conn.execute(
        _format("ALTER TABLE published.{} ATTACH PARTITION published.{} FOR VALUES IN ({})", mart, name, number)
    )
    conn.execute(_format("ALTER TABLE published.{} DROP CONSTRAINT of_publication", name))


def _indexes(conn: Connection, mart: str) -> list[str]:
    """Names of indexes are unique in a schema, so every publication needs its own."""
    rows = conn.execute(
        "SELECT indexname FROM pg_indexes WHERE schemaname = 'candidate' AND tablename = %s ORDER BY 1", (mart,)
    )
    return [name for (name,) in rows]


def wait_for_planners(conn: Connection) -> None:
    """Wait until no statement can be left that was planned before the partitions were attached.

    Such a statement knows nothing of them, and takes its snapshot only after it was planned: if the pointer moved in
    between, it would find nothing at all (24 of 7,000 statements did, when one transaction did both). Whoever runs for
    longer than planning ever takes has his snapshot already.
    """
    deadline = time.monotonic() + _PLANNING_SECONDS
    waiting = _readers(conn)
    while waiting and time.monotonic() < deadline:
        time.sleep(0.005)
        waiting &= _readers(conn)


def _readers(conn: Connection) -> set[tuple[int, str]]:
    rows = conn.execute(
        "SELECT DISTINCT pid, virtualtransaction FROM pg_locks JOIN pg_class ON relation = pg_class.oid "
        "WHERE relnamespace = 'published'::regnamespace AND relkind = 'p' AND pid <> pg_backend_pid()"
    )
    return {(pid, transaction) for pid, transaction in rows}


_WHOLE = "publication_id = (SELECT publication_id FROM published.pointer)"

_BY_YEAR = """publication_id >= (SELECT coalesce(oldest, publication_id) FROM published.pointer)
    AND publication_id = coalesce(
        (SELECT kept FROM published.pointer)[report_year], (SELECT publication_id FROM published.pointer))"""
"""The first condition spares the planner's executor all older partitions."""


def create_views(conn: Connection) -> None:
    """A view in marts for every published table that has none."""
    for mart, shape in shapes(conn, "published", "p").items():
        columns = sql.SQL(", ").join(map(sql.Identifier, shape))
        if conn.execute("SELECT to_regclass(format('marts.%%I', %s::text))", (mart,)).fetchone() == (None,):
            which = sql.SQL(_BY_YEAR if has_years(mart, shape) else _WHOLE)
            view = "CREATE VIEW marts.{} AS SELECT {} FROM published.{} WHERE {}"
            conn.execute(_format(view, mart, columns, mart, which))
            conn.execute(_format("GRANT SELECT ON marts.{} TO {}", mart, BI_READER))


def copy_comments(conn: Connection, publication_id: int) -> None:
    """Say of the views and their columns what the candidate's models said."""
    rows = conn.execute(
        "SELECT relname, attname, description FROM pg_description "
        "JOIN pg_class ON objoid = pg_class.oid AND classoid = 'pg_class'::regclass "
        "LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid AND attnum > 0 "
        "WHERE relnamespace = 'published'::regnamespace AND relispartition AND relkind = 'r'"
    ).fetchall()
    suffix = partition("", publication_id)
    for table, column, text in rows:
        if table.endswith(suffix):
            mart, comment = table.removesuffix(suffix), sql.Literal(text)
            if column is None:
                conn.execute(_format("COMMENT ON VIEW marts.{} IS {}", mart, comment))
            else:
                conn.execute(_format("COMMENT ON COLUMN marts.{}.{} IS {}", mart, column, comment))


def _format(template: str, *parts: str | sql.Composable) -> sql.Composed:
    return sql.SQL(template).format(*(sql.Identifier(p) if isinstance(p, str) else p for p in parts))
