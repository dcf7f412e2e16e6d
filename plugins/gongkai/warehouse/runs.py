"""The log of an ingestion: which run, what became of each item, and whether the year may be published.

The rows of a run hold the last word: a download or a file that is tried again replaces its line; only a download that
has succeeded once is not replaced by a failed one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from gongkai.warehouse.plain import plain_text

if TYPE_CHECKING:
    from gongkai.fetch import FetchRecord

Source = Literal["portal", "archive"]
Stage = Literal["discover", "fetch", "parse", "load"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item at one stage. `error` says what was wrong, `hint` what to do or to know."""

    stage: Stage
    item: str
    sha256: str | None
    status: str
    error: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run came to; `ok` says whether the year may be published, `reasons` why not.

    found: listed reports, or of a run from the archive its files. fetched, failed: downloads. parsed: files that gave
    a report. held: reports whose figures do not balance. missing: files that nobody has read, or read but not loaded.
    portals, dead_portals: listings asked for, and those that gave none. vanished: reports that the last run over the
    year had listed and this one has not. replaced: addresses that gave other bytes than before; shrunk: those of them
    that gave less than half as many.
    """

    found: int
    fetched: int
    failed: int
    parsed: int
    not_a_report: int
    unreadable: int
    unsupported: int
    held: int
    missing: int
    portals: int
    dead_portals: int
    vanished: int = 0
    replaced: int = 0
    shrunk: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.reasons


def start_run(conn: Connection, run_id: str, ingest_year: int, source: Source) -> None:
    """Begin a run, or begin it again: what is in its log stays and is replaced item by item."""
    conn.execute(
        "INSERT INTO raw.ingest_run (run_id, ingest_year, source) VALUES (%s, %s, %s) "
        "ON CONFLICT (run_id) DO UPDATE SET status = 'running', completed_at = NULL",
        (run_id, ingest_year, source),
    )


def record_fetches(conn: Connection, run_id: str, ingest_year: int, records: Iterable[FetchRecord]) -> None:
    """Log downloads and the documents they gave, failed ones included."""
    rows = sorted(records, key=lambda record: record.url)
    documents = {row.sha256: row for row in rows if row.sha256 is not None}
    with conn.transaction(), conn.cursor() as cursor:
        cursor.executemany(
            _INSERT_DOCUMENT,
            [(sha256, row.media_type, row.byte_size, row.archive_uri) for sha256, row in sorted(documents.items())],
        )
        cursor.executemany(_UPSERT_FETCH, [(run_id, ingest_year, *_row(row, _FETCH_COLUMNS)) for row in rows])


def record_listings(conn: Connection, run_id: str, ingest_year: int, records: Iterable[FetchRecord]) -> None:
    """Log the pages of listings that were asked for, failed ones included."""
    rows = [(run_id, ingest_year, *_row(record, _LISTING_COLUMNS)) for record in records]
    with conn.transaction(), conn.cursor() as cursor:
        cursor.executemany(_UPSERT_LISTING, rows)


def write_outcomes(conn: Connection, run_id: str, ingest_year: int, outcomes: Iterable[Outcome]) -> None:
    """Log what became of items; the last word on an item counts."""
    rows = sorted(outcomes, key=lambda outcome: (outcome.stage, outcome.item))
    with conn.transaction(), conn.cursor() as cursor:
        cursor.executemany(
            _UPSERT_OUTCOME, [(run_id, ingest_year, *map(plain_text, astuple(outcome))) for outcome in rows]
        )


def finish_run(conn: Connection, run_id: str, max_unreadable_share: float, max_vanished_share: float = 1.0) -> Tally:
    """Count what the run came to and mark it complete, or failed: then the year stays as it was.

    A run fails if it found nothing, if a file it fetched was never read or loaded (a killed task), if more than
    `max_unreadable_share` of its files were not read or of its portals not listed, or if more than
    `max_vanished_share` of the reports that were listed before are gone, or have shrunk to less than half.
    """
    with conn.transaction():
        counts = _count(conn, run_id)
        reasons = (*_reasons(counts, max_unreadable_share), *_vanished(counts, max_vanished_share))
        tally = replace(counts, reasons=reasons)
        conn.execute(
            "UPDATE raw.ingest_run SET status = %s, completed_at = clock_timestamp(), found = %s, fetched = %s, "
            "parsed = %s, not_a_report = %s, unreadable = %s, unsupported = %s, held = %s WHERE run_id = %s",
            (
                "complete" if tally.ok else "failed",
                tally.found,
                tally.fetched,
                tally.parsed,
                tally.not_a_report,
                tally.unreadable,
                tally.unsupported,
                tally.held,
                run_id,
            ),
        )
    return tally


def _reasons(tally: Tally, share: float) -> Iterator[str]:
    if not tally.found:
        yield "the run found no report at all: look at the portals' addresses in the roster, and at the outcomes"
    if tally.missing:
        yield f"{tally.missing} fetched files were not read or not loaded: run the tasks that were killed again"
    unread = tally.failed + tally.unreadable + tally.unsupported
    if unread > share * tally.found:
        yield (
            f"{unread} of {tally.found} files were not read ({tally.failed} not fetched, "
            f"{tally.unreadable} unreadable, {tally.unsupported} unsupported), more than "
            f"GONGKAI_UNREADABLE_SHARE = {share:g} allows"
        )
    if tally.dead_portals > share * tally.portals:
        yield f"{tally.dead_portals} of {tally.portals} portals gave no listing, more than {share:g} of them"


def _vanished(tally: Tally, share: float) -> Iterator[str]:
    if tally.vanished + tally.shrunk > share * (tally.found + tally.vanished):
        yield (
            f"{tally.vanished} reports that the last run had found are no longer listed, and {tally.shrunk} have "
            f"shrunk to less than half, more than GONGKAI_VANISHED_SHARE = {share:g} allows: look at the outcomes "
            "'vanished' and 'shrunk'; if the portals are right, run again with a reason"
        )


def _count(conn: Connection, run_id: str) -> Tally:
    with conn.cursor(row_factory=dict_row) as cursor:
        return Tally(**cursor.execute(_COUNTS, {"run_id": run_id}).fetchall()[0])


_COUNTS = """
    WITH request AS (SELECT * FROM raw.fetch WHERE run_id = %(run_id)s),
         outcome AS (SELECT * FROM raw.outcome WHERE run_id = %(run_id)s),
         parsed AS (SELECT * FROM outcome WHERE stage = 'parse'),
         loaded AS (SELECT sha256 FROM outcome WHERE stage = 'load'),
         reading AS (
             SELECT DISTINCT ON (sha256, ordinal) verdict FROM raw.report
             WHERE sha256 IN (SELECT sha256 FROM loaded) ORDER BY sha256, ordinal, loaded_at DESC
         )
    SELECT greatest((SELECT count(*) FROM request), (SELECT count(*) FROM parsed)) AS found,
           (SELECT count(*) FROM request WHERE outcome <> 'failed') AS fetched,
           (SELECT count(*) FROM request WHERE outcome = 'failed') AS failed,
           (SELECT count(*) FROM parsed WHERE status = 'parsed') AS parsed,
           (SELECT count(*) FROM parsed WHERE status = 'not_a_report') AS not_a_report,
           (SELECT count(*) FROM parsed WHERE status = 'unreadable') AS unreadable,
           (SELECT count(*) FROM parsed WHERE status = 'unsupported') AS unsupported,
           (SELECT count(*) FROM reading WHERE verdict = 'held') AS held,
           -- an unchanged file that an earlier run has read need not be read again
           (SELECT count(DISTINCT sha256) FROM request WHERE sha256 IS NOT NULL AND NOT EXISTS (
               SELECT FROM raw.outcome AS any_run WHERE any_run.sha256 = request.sha256 AND any_run.stage = 'parse'))
           + (SELECT count(DISTINCT sha256) FROM parsed WHERE status = 'parsed'
              AND sha256 NOT IN (SELECT sha256 FROM loaded WHERE sha256 IS NOT NULL)) AS missing,
           (SELECT count(*) FROM outcome WHERE stage = 'discover') AS portals,
           (SELECT count(*) FROM outcome WHERE stage = 'discover' AND status = 'failed') AS dead_portals,
           (SELECT count(*) FROM outcome WHERE stage = 'fetch' AND status = 'vanished') AS vanished,
           (SELECT count(*) FROM outcome WHERE stage = 'fetch' AND status IN ('replaced', 'shrunk')) AS replaced,
           (SELECT count(*) FROM outcome WHERE stage = 'fetch' AND status = 'shrunk') AS shrunk
"""

_INSERT_DOCUMENT = """
    INSERT INTO raw.document (sha256, media_type, byte_size, archive_uri) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_FETCH_COLUMNS = (
    "portal",
    "listed_agency",
    "listed_title",
    "listed_on",
    "url",
    "final_url",
    "http_status",
    "content_type",
    "headers",
    "cms",
    "official",
    "page_url",
    "page_sha256",
    "sha256",
    "previous_sha256",
    "byte_size",
    "fetched_at",
    "duration_ms",
    "outcome",
    "error_class",
    "error",
)

_LISTING_COLUMNS = (
    "portal",
    "url",
    "final_url",
    "http_status",
    "content_type",
    "headers",
    "cms",
    "sha256",
    "byte_size",
    "fetched_at",
    "duration_ms",
    "outcome",
    "error_class",
    "error",
)


def _upsert(table: str, key: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """Enter a row of a run; one that the run has under this key already takes on what is new."""
    return f"""
        INSERT INTO raw.{table} AS stored (run_id, ingest_year, {", ".join(columns)})
        VALUES ({", ".join(["%s"] * (len(columns) + 2))})
        ON CONFLICT (run_id, {", ".join(key)})
        DO UPDATE SET {", ".join(f"{c} = excluded.{c}" for c in columns if c not in key)}
    """  # noqa: S608 - made of column names


_UPSERT_FETCH = f"""
    {_upsert("fetch", ("url",), _FETCH_COLUMNS)}
    WHERE excluded.outcome <> 'failed' OR stored.outcome = 'failed'
"""
_UPSERT_LISTING = _upsert("listing", ("portal", "url"), _LISTING_COLUMNS)

_UPSERT_OUTCOME = """
    INSERT INTO raw.outcome (run_id, ingest_year, stage, item, sha256, status, error, hint)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (run_id, stage, item) DO UPDATE
    SET sha256 = excluded.sha256, status = excluded.status, error = excluded.error, hint = excluded.hint,
        at = clock_timestamp()
"""


def _row(record: FetchRecord, columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(_plain(getattr(record, column)) for column in columns)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return Jsonb({name: plain_text(text) for name, text in value.items()})
    return plain_text(value) if isinstance(value, str) else value
