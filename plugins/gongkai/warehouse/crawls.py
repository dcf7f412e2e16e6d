"""What earlier crawls have found: what need not be fetched again, and how this run differs from the last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection

from gongkai.fetch import Known
from gongkai.warehouse.runs import Outcome, write_outcomes

_DONE = """
    SELECT DISTINCT coalesce(page_url, url) FROM raw.fetch
    WHERE run_id = %s AND portal = %s AND outcome <> 'failed'
"""

_KNOWN = """
    SELECT DISTINCT ON (url) coalesce(page_url, url), url, sha256, headers ->> 'etag', headers ->> 'last-modified'
    FROM raw.fetch WHERE portal = %s AND sha256 IS NOT NULL ORDER BY url, fetched_at DESC
"""

_DIFFERENCES = """
    WITH this_run AS (SELECT * FROM raw.ingest_run WHERE run_id = %(run_id)s),
         listed AS (SELECT * FROM raw.fetch WHERE run_id = %(run_id)s),
         visited AS (SELECT item AS portal FROM raw.outcome
                     WHERE run_id = %(run_id)s AND stage = 'discover' AND status = 'found'),
         last_run AS (
             SELECT DISTINCT ON (earlier.portal) earlier.portal, earlier.run_id
             FROM raw.fetch AS earlier
             JOIN visited USING (portal)
             JOIN raw.ingest_run AS run USING (run_id)
             JOIN this_run ON run.ingest_year = this_run.ingest_year AND run.run_id <> this_run.run_id
             WHERE run.status = 'complete'
             ORDER BY earlier.portal, run.completed_at DESC
         )
    SELECT coalesce(before.page_url, before.url), min(before.sha256), 'vanished',
           'was listed before as ' || coalesce(min(before.listed_title), '') || '; look at the portal'
    FROM raw.fetch AS before JOIN last_run USING (portal, run_id)
    -- a report that moved to another address under the same title is still there
    WHERE NOT EXISTS (
        SELECT FROM listed WHERE listed.portal = before.portal AND (
            coalesce(listed.page_url, listed.url) = coalesce(before.page_url, before.url)
            OR listed.listed_title = before.listed_title))
    GROUP BY 1
    UNION ALL
    SELECT url, now.sha256, CASE WHEN 2 * now.byte_size < past.byte_size THEN 'shrunk' ELSE 'replaced' END,
           format('gave %%s before (%%s bytes, now %%s)', previous_sha256, past.byte_size, now.byte_size)
    FROM listed JOIN raw.document AS now USING (sha256)
    LEFT JOIN raw.document AS past ON past.sha256 = previous_sha256
    WHERE previous_sha256 <> now.sha256
"""


def done_links(conn: Connection, run_id: str, portal: str) -> set[str]:
    """The listed addresses that a run has fetched already."""
    return {url for (url,) in conn.execute(_DONE, (run_id, portal))}


def known_documents(conn: Connection, portal: str) -> dict[str, list[Known]]:
    """What each listed address of a portal gave when it was last fetched, its attachments included."""
    found: dict[str, list[Known]] = {}
    for listed, url, sha256, etag, last_modified in conn.execute(_KNOWN, (portal,)):
        found.setdefault(listed, []).append(Known(url, sha256, etag, last_modified))
    return found


def note_differences(conn: Connection, run_id: str, ingest_year: int) -> None:
    """Log what the last complete run over the year had and this one has not, and what was replaced meanwhile: as
    `shrunk` where less than half of the bytes are left.

    Portals that this run did not visit, or could not list, are left out.
    """
    rows = conn.execute(_DIFFERENCES, {"run_id": run_id}).fetchall()
    outcomes = [Outcome("fetch", url, sha256, status, hint=hint) for url, sha256, status, hint in rows]
    write_outcomes(conn, run_id, ingest_year, outcomes)


@contextmanager
def sole_visitor(conn: Connection, host: str) -> Iterator[None]:
    """Wait until no other task visits the host, on whatever machine it runs; then keep others waiting."""
    key = f"gongkai.host.{host}"
    conn.execute("SELECT pg_advisory_lock(hashtext(%s))", (key,))
    try:
        yield
    finally:
        conn.execute("SELECT pg_advisory_unlock(hashtext(%s))", (key,))
