"""Publishing: a candidate goes live as a whole, or not at all; readers never see two publications in one statement.

Tables are moved, not copied, and first made partitions that nobody sees. Then one transaction records the publication
and moves the pointer that the views of `marts` follow. Rolling back moves it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection, sql
from psycopg.pq import TransactionStatus
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from gongkai.errors import WarehouseError
from gongkai.warehouse.as_of import create_as_of
from gongkai.warehouse.content import hashes, row_counts, slices_in
from gongkai.warehouse.diff import Diff, write_diff
from gongkai.warehouse.inputs import Candidate, last_publication, open_candidate, release_lock, take_lock
from gongkai.warehouse.partitions import attach, copy_comments, create_views, partition, shapes, wait_for_planners
from gongkai.warehouse.passed import require_pass
from gongkai.warehouse.retirement import bring_back
from gongkai.warehouse.status import status
from gongkai.warehouse.years import kept_slices, kept_years, record_slices

__all__ = [
    "Candidate",
    "Diff",
    "Publication",
    "open_candidate",
    "publications",
    "publish",
    "rollback",
    "status",
    "write_diff",
]


@dataclass(frozen=True, slots=True)
class Publication:
    """A numbered set of marts that went live."""

    publication_id: int
    status: str
    published_at: datetime
    run_id: str | None
    inputs: dict[str, Any]
    inputs_hash: str
    row_counts: dict[str, int]
    content_hashes: dict[str, str]
    reason: str | None


def publish(conn: Connection, candidate: Candidate, reason: str | None = None) -> Publication:
    """Make the candidate in the schema `candidate` the live publication, if it is what the gate let pass.

    Killed at any point, the live marts are as they were or wholly new, and the same call again ends what was begun.

    Raises:
        WarehouseError: another publication is under way or has taken the number, the candidate is empty, its columns
            are not those of the published marts, or it is not what passed the gate.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise WarehouseError("Publishing needs a connection of its own, without a transaction begun before.")
    take_lock(conn)
    try:
        done = _published(conn, candidate)
        if done is not None:
            return done
        attach(conn, candidate.publication_id)
        wait_for_planners(conn)
        _go_live(conn, candidate, reason)
        return publications(conn)[0]
    finally:
        release_lock(conn)


def _published(conn: Connection, candidate: Candidate) -> Publication | None:
    """The publication, if an earlier call has come to its end but its caller was killed."""
    last = last_publication(conn)
    if last == candidate.publication_id:
        newest = publications(conn)[0]
        if newest.inputs_hash == candidate.inputs_hash:
            return newest
    if last + 1 != candidate.publication_id:
        raise WarehouseError(
            f"Candidate {candidate.publication_id} comes too late: publication {last} exists already. Run the "
            "publication again from its beginning."
        )
    return None


def _go_live(conn: Connection, candidate: Candidate, reason: str | None) -> None:
    with conn.transaction():
        conn.execute("LOCK TABLE published.publication IN SHARE ROW EXCLUSIVE MODE")
        marts = shapes(conn, "published", "p")
        tables = {m: (sql.Identifier("published", partition(m, candidate.publication_id)), s) for m, s in marts.items()}
        built = slices_in(conn, tables)
        require_pass(conn, candidate.publication_id, hashes(built, marts))
        record_slices(conn, candidate.publication_id, built)
        shown = [*built, *kept_slices(conn, candidate.publication_id)]
        conn.execute(
            "INSERT INTO published.publication (publication_id, status, run_id, inputs, inputs_hash, row_counts, "
            "content_hashes, reason) VALUES (%s, 'superseded', %s, %s, %s, %s, %s, %s)",
            (
                candidate.publication_id,
                candidate.run_id,
                Jsonb(candidate.inputs),
                candidate.inputs_hash,
                Jsonb(row_counts(shown, marts)),
                Jsonb(hashes(shown, marts)),
                reason,
            ),
        )
        create_views(conn)
        create_as_of(conn)
        copy_comments(conn, candidate.publication_id)
        _point_to(conn, candidate.publication_id)


_POINT = """
    INSERT INTO published.pointer (publication_id, kept, oldest) VALUES (%s, %s::int[], %s)
    ON CONFLICT (only_row) DO UPDATE
        SET publication_id = excluded.publication_id, kept = excluded.kept, oldest = excluded.oldest
"""


def _point_to(conn: Connection, publication_id: int) -> None:
    conn.execute("UPDATE published.publication SET status = 'superseded' WHERE status = 'live'")
    conn.execute("UPDATE published.publication SET status = 'live' WHERE publication_id = %s", (publication_id,))
    kept = kept_years(conn, publication_id)
    conn.execute(_POINT, (publication_id, _by_year(kept), min(kept.values(), default=None)))


def _by_year(kept: Mapping[int, int]) -> str:
    """An array whose subscripts are report years."""
    if not kept:
        return "{}"
    first, last = min(kept), max(kept)
    return f"[{first}:{last}]={{{','.join(str(kept.get(year, 'NULL')) for year in range(first, last + 1))}}}"


def rollback(conn: Connection, to: int) -> Publication:
    """Show an earlier publication (or again a later one) from now on; a retired one comes back.

    Raises:
        WarehouseError: there is no such publication, or a retired one cannot come back.
    """
    found = {publication.publication_id: publication for publication in publications(conn)}
    if to not in found:
        known = ", ".join(map(str, sorted(found))) or "none"
        raise WarehouseError(f"There is no publication {to}; known: {known}. See `gongkai publications list`.")
    if found[to].status == "retired":
        _bring_back(conn, to)
    with conn.transaction():
        conn.execute("LOCK TABLE published.publication IN SHARE ROW EXCLUSIVE MODE")
        _point_to(conn, to)
    return next(publication for publication in publications(conn) if publication.publication_id == to)


def _bring_back(conn: Connection, publication_id: int) -> None:
    take_lock(conn)
    try:
        bring_back(conn, publication_id)
        conn.execute(
            "UPDATE published.publication SET status = 'superseded' WHERE publication_id = %s", (publication_id,)
        )
    finally:
        release_lock(conn)
    wait_for_planners(conn)


def publications(conn: Connection) -> list[Publication]:
    """Every publication, the newest first."""
    with conn.cursor(row_factory=class_row(Publication)) as cursor:
        return cursor.execute("SELECT * FROM published.publication ORDER BY publication_id DESC").fetchall()
