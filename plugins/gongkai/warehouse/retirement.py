"""Old publications leave the published tables, and come back when somebody wants to see them again.

A retired publication's tables stand as they were, detached, in the schema `retired`: readers' plans do not grow with
history, and a rollback to it only has to attach them. An administrator may drop them; a replay makes them again. Where
a publication that is at hand keeps years of a retired one, its tables stay where they are.
"""

from __future__ import annotations

from psycopg import Connection, sql
from psycopg.errors import DatatypeMismatch

from gongkai.errors import WarehouseError
from gongkai.warehouse.inputs import release_lock, take_lock
from gongkai.warehouse.partitions import partition, shapes
from gongkai.warehouse.years import kept_years

_TO_RETIRE = """
    WITH at_hand AS (
        SELECT publication_id FROM (
            SELECT publication_id, status FROM published.publication WHERE status = 'live'
            UNION (SELECT publication_id, status FROM published.publication ORDER BY 1 DESC LIMIT %s)) AS newest
        WHERE status <> 'retired'
    )
    SELECT publication_id, publication_id IN (
        SELECT built_by FROM published.kept_year JOIN at_hand USING (publication_id)) AS is_kept_from
    FROM published.publication WHERE publication_id NOT IN (SELECT publication_id FROM at_hand)
    ORDER BY publication_id
"""

_ATTACHED = """
    SELECT inhdetachpending FROM pg_inherits
    WHERE inhrelid = to_regclass(%(table)s) AND inhparent = to_regclass(%(parent)s)
"""


def retire(conn: Connection, keep: int) -> list[int]:
    """Detach all publications but the newest `keep` and the live one; returns the numbers of those retired now.

    Killed at any point, it goes on where it stopped when it is called again; readers never wait for it.

    Raises:
        WarehouseError: a publication is under way.
    """
    take_lock(conn)
    try:
        old = conn.execute(_TO_RETIRE, (keep,)).fetchall()
        return [number for number, is_kept_from in old if _retire(conn, number, detached=not is_kept_from)]
    finally:
        release_lock(conn)


def _retire(conn: Connection, publication_id: int, *, detached: bool) -> bool:
    names = _names(conn, publication_id).items() if detached else ()
    tables = {mart: name for mart, name in names if _exists(conn, "published", name)}
    # said first: whoever rolls back from now on attaches what may be detached already
    said = conn.execute(
        "UPDATE published.publication SET status = 'retired' WHERE publication_id = %s AND status <> 'retired'",
        (publication_id,),
    )
    for mart, name in tables.items():
        _detach(conn, mart, name)
    with conn.transaction():
        for name in tables.values():
            conn.execute(sql.SQL("ALTER TABLE {} SET SCHEMA retired").format(sql.Identifier("published", name)))
    return bool(said.rowcount or tables)


def _detach(conn: Connection, mart: str, name: str) -> None:
    where = {"table": f"published.{name}", "parent": f"published.{mart}"}
    attached = conn.execute(_ATTACHED, where).fetchone()
    if attached is not None:
        statement = "ALTER TABLE {} DETACH PARTITION {} " + ("FINALIZE" if attached[0] else "CONCURRENTLY")
        conn.execute(sql.SQL(statement).format(sql.Identifier("published", mart), sql.Identifier("published", name)))


def bring_back(conn: Connection, publication_id: int) -> None:
    """Attach the tables of a retired publication again, and those whose years it keeps.

    Raises:
        WarehouseError: they are gone, or the marts have other columns since.
    """
    for number in sorted({publication_id, *kept_years(conn, publication_id).values()}):
        _bring_back(conn, number)


def _bring_back(conn: Connection, publication_id: int) -> None:
    names = _names(conn, publication_id)
    if not any(_exists(conn, schema, name) for schema in ("published", "retired") for name in names.values()):
        raise WarehouseError(
            f"The tables of publication {publication_id} were dropped; `gongkai replay` makes them again."
        )
    try:
        with conn.transaction():
            for mart, name in names.items():
                _attach(conn, mart, name, publication_id)
    except DatatypeMismatch as error:
        raise WarehouseError(
            f"Publication {publication_id} was retired before the columns of the marts changed, and cannot be shown "
            f"any more ({error.diag.message_primary}); replay it with the version that made it."
        ) from error


def _attach(conn: Connection, mart: str, name: str, publication_id: int) -> None:
    if _exists(conn, "retired", name):
        conn.execute(sql.SQL("ALTER TABLE {} SET SCHEMA published").format(sql.Identifier("retired", name)))
    where = {"table": f"published.{name}", "parent": f"published.{mart}"}
    if _exists(conn, "published", name) and conn.execute(_ATTACHED, where).fetchone() is None:
        conn.execute(
            sql.SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES IN ({})").format(
                sql.Identifier("published", mart), sql.Identifier("published", name), sql.Literal(publication_id)
            )
        )


def _names(conn: Connection, publication_id: int) -> dict[str, str]:
    return {mart: partition(mart, publication_id) for mart in shapes(conn, "published", "p")}


def _exists(conn: Connection, schema: str, name: str) -> bool:
    return conn.execute("SELECT to_regclass(%s)", (f"{schema}.{name}",)).fetchone() != (None,)
