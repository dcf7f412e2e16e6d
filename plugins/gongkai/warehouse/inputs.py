"""What a set of marts is made from, as hashes: when nothing has changed, nothing is published again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from psycopg import Connection
from psycopg.errors import LockNotAvailable

from gongkai.errors import WarehouseError
from gongkai.quality.exceptions import exceptions_on, today
from gongkai.settings import settings
from gongkai.warehouse.lock import write_lock
from gongkai.warehouse.passed import forget_pass
from gongkai.warehouse.years import keep_years

_LOCK = "gongkai.publication"
LOCK_SECONDS = 5
"""The server may need a moment to notice that the holder of the lock was killed."""

_SQL_INPUTS = {
    # the visible reports, each in the version that the parser gave it
    "reports": "SELECT sha256 || parser_version || ordinal || ' ' || report_id AS line FROM raw.visible_report",
    # what the portals listed in complete runs, and what became of it
    "listings": """
        SELECT concat_ws(' ', ingest_year, url, listed_agency, listed_on, sha256, error_class, official) AS line FROM (
            SELECT DISTINCT ON (request.ingest_year, url) request.*
            FROM raw.fetch AS request JOIN raw.ingest_run USING (run_id)
            WHERE status = 'complete' ORDER BY request.ingest_year, url, completed_at DESC) AS newest""",
    "documents": """
        SELECT concat_ws(' ', sha256, item, status) AS line FROM (
            SELECT DISTINCT ON (sha256, outcome.status) sha256, item, outcome.status
            FROM raw.outcome JOIN raw.ingest_run USING (run_id)
            WHERE ingest_run.status = 'complete' AND stage = 'parse'
            ORDER BY sha256, outcome.status, item) AS outcome""",
    "years": "SELECT DISTINCT ingest_year::text AS line FROM raw.ingest_run WHERE status = 'complete'",
    "decisions": "SELECT decision::text AS line FROM raw.decision",
    "roster": """
        SELECT agency::text AS line FROM raw.agency UNION ALL SELECT agency_alias::text FROM raw.agency_alias
        UNION ALL SELECT agency_change::text FROM raw.agency_change UNION ALL SELECT region::text FROM raw.region""",
}

_CODE = {"dbt": ("dbt_project", (".sql", ".yml", ".csv")), "expectations": ("expectations", (".json",))}
"""Folders of the project whose files decide what the marts hold. `target` and `logs` are dbt's own output."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A set of marts about to be built: its number, and the lock of its inputs."""

    publication_id: int
    inputs: dict[str, Any]
    inputs_hash: str
    run_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**data)


def open_candidate(conn: Connection, run_id: str | None = None, *, every_year: bool = False) -> Candidate | None:
    """The next candidate; None if its inputs are those of the live publication, or of the newest one.

    It builds the report years whose inputs have changed, and keeps the others as the live publication has them; all are
    built where `every_year` says so, or where something has changed that may change any year.

    The newest counts, too, so that a publication that was rolled back does not come back by itself. As long as `conn`
    stays open nobody else can open or publish a candidate. Every row that it is made from is locked with it.

    Raises:
        WarehouseError: somebody else is at it.
        GateError: a reviewed exception cannot be right.
    """
    take_lock(conn)
    inputs = read_inputs(conn)
    inputs_hash = _digest(json.dumps(inputs, sort_keys=True).encode())
    known = conn.execute(
        "SELECT inputs_hash FROM published.publication WHERE status = 'live' "
        "OR publication_id = (SELECT max(publication_id) FROM published.publication)"
    ).fetchall()
    if (inputs_hash,) in known:
        return None
    candidate = Candidate(last_publication(conn) + 1, inputs, inputs_hash, run_id)
    forget_pass(conn, candidate.publication_id)
    write_lock(conn, candidate.publication_id, [exception.to_line() for exception in exceptions_on(today())])
    keep_years(conn, candidate.publication_id, inputs, every_year=every_year)
    return candidate


def take_lock(conn: Connection) -> None:
    """Keep others from publishing until the connection ends or :func:`release_lock` is called."""
    try:
        with conn.transaction():
            conn.execute("SELECT set_config('lock_timeout', %s, true)", (f"{LOCK_SECONDS * 1000:.0f}ms",))
            conn.execute("SELECT pg_advisory_lock(hashtext(%s))", (_LOCK,))
    except LockNotAvailable as error:
        raise WarehouseError(
            "Another publication is under way; wait until it has ended, then run this one again."
        ) from error


def release_lock(conn: Connection) -> None:
    """Let others publish."""
    conn.execute("SELECT pg_advisory_unlock_all()")


def last_publication(conn: Connection) -> int:
    """The highest number given so far; 0 before the first publication."""
    query = "SELECT coalesce(max(publication_id), 0) FROM published.publication"
    return int(conn.execute(query).fetchall()[0][0])


def read_inputs(conn: Connection) -> dict[str, Any]:
    """Everything that decides what the marts will hold: rows as number and hash, files as hash."""
    with conn.transaction():
        conn.execute("SET LOCAL timezone = 'UTC'")
        conn.execute("SET LOCAL datestyle = 'ISO'")
        inputs: dict[str, Any] = {name: _hash_rows(conn, query) for name, query in _SQL_INPUTS.items()}
        versions = conn.execute("SELECT DISTINCT parser_version FROM raw.visible_report ORDER BY 1").fetchall()
    inputs["parser_versions"] = [version for (version,) in versions]
    exceptions = [exception.to_line() for exception in exceptions_on(today())]
    inputs["exceptions"] = _digest(json.dumps(exceptions, sort_keys=True).encode())
    return inputs | code_hashes()


def roster_sha256(conn: Connection) -> str:
    """The hash of the roster as :func:`read_inputs` has it."""
    with conn.transaction():
        conn.execute("SET LOCAL datestyle = 'ISO'")
        return str(_hash_rows(conn, _SQL_INPUTS["roster"])["sha256"])


def code_hashes() -> dict[str, str]:
    """What the marts are made with: forms, models and suites, as hashes of their files."""
    forms = [entry for entry in files("gongkai.forms").iterdir() if entry.name.endswith(".yaml")]
    hashes = {"forms": _hash_files((entry.name, entry.read_bytes()) for entry in forms)}
    for name, (folder, suffixes) in _CODE.items():
        hashes[name] = _hash_folder(settings().project_dir / folder, suffixes)
    return hashes


def _hash_rows(conn: Connection, query: str) -> dict[str, Any]:
    text = """coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), '')"""
    counted = f"SELECT count(*), encode(sha256(convert_to({text}, 'UTF8')), 'hex') FROM ({query}) AS lines"  # noqa: S608
    count, sha256 = conn.execute(counted.encode()).fetchall()[0]
    return {"count": count, "sha256": sha256}


def _hash_folder(folder: Path, suffixes: tuple[str, ...]) -> str:
    paths = (path for path in folder.rglob("*") if path.suffix in suffixes)
    named = ((str(path.relative_to(folder)), path) for path in paths)
    return _hash_files((name, path.read_bytes()) for name, path in named if not name.startswith(("target/", "logs/")))


def _hash_files(named: Iterable[tuple[str, bytes]]) -> str:
    return _digest("".join(f"{name} {_digest(data)}\n" for name, data in sorted(named)).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
