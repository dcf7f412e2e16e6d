"""Makes the marts of a publication again, from the archive and its lock, in a database beside the warehouse.

Bytes are read again by this parser; what another parser version had read is taken from beside the archive. The log of
the runs, the roster, the decisions and the exceptions come from the lock. The marts must have the same hashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from gongkai.archive import Archive
from gongkai.errors import UnreadableError, WarehouseError
from gongkai.extract import ParseResult, parse_isolated, parser_version, result_from_json
from gongkai.quality.verdict_pass import verdicts
from gongkai.warehouse.cell_copy import in_batches
from gongkai.warehouse.connection import connect
from gongkai.warehouse.dbt.run import run_stage
from gongkai.warehouse.inputs import code_hashes
from gongkai.warehouse.load import load_results
from gongkai.warehouse.lock import EXCEPTION, REPORT, TABLES, locked_rows, write_exceptions
from gongkai.warehouse.passed import candidate_hashes
from gongkai.warehouse.publication import Publication, publications
from gongkai.warehouse.runs import start_run

_ROWS_A_STATEMENT = 2000
_REPORTS_A_LOAD = 200
_NAMED = 5

_RESTORE = "INSERT INTO raw.{} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::raw.{}, %s)"

_AS_LOCKED = """
CREATE TABLE raw.locked_report (
    report_id bigint, sha256 text, parser_version text, ordinal smallint, ingest_year smallint, loaded_at timestamptz,
    figures_hash text, PRIMARY KEY (sha256, parser_version, ordinal));
CREATE FUNCTION raw.as_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE locked raw.locked_report;
BEGIN
    SELECT * INTO locked FROM raw.locked_report
    WHERE (sha256, parser_version, ordinal) = (NEW.sha256, NEW.parser_version, NEW.ordinal);
    IF NOT FOUND THEN RETURN NULL; END IF;
    NEW.report_id := locked.report_id;
    NEW.ingest_year := locked.ingest_year;
    NEW.loaded_at := locked.loaded_at;
    RETURN NEW;
END $$;
ALTER TABLE raw.outcome ALTER COLUMN outcome_id RESTART WITH 4611686018427387904;
CREATE TRIGGER as_locked BEFORE INSERT ON raw.report FOR EACH ROW EXECUTE FUNCTION raw.as_locked();
"""
"""Reports get the numbers and times that they had; one that the publication did not use is not loaded. The log of the
replay itself is numbered far behind that of the lock."""

_DIFFERENT = """
SELECT locked.sha256, report.report_id IS NULL AS is_missing
FROM raw.locked_report AS locked LEFT JOIN raw.report USING (report_id)
WHERE report.report_id IS NULL OR locked.figures_hash <> report.figures_hash ORDER BY locked.report_id
"""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay gave. `different`: marts whose hash is not that of the publication."""

    publication_id: int
    documents: int
    hashes: Mapping[str, str]
    different: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One document as one parser version read it, for one year."""

    sha256: str
    parser_version: str
    ingest_year: int
    url: str


def replay(conn: Connection, publication_id: int, archive: Archive, scratch: str, target_dir: Path) -> Replayed:
    """Rebuild a publication and compare the hashes of its marts.

    Args:
        conn: the owner's, to the warehouse.
        publication_id: its number.
        archive: holds every document of its lock.
        scratch: the owner's DSN of an empty, migrated database.
        target_dir: where dbt writes.

    Raises:
        WarehouseError: there is no such publication, forms or models have changed since, or documents read otherwise.
        UnreadableError: a document of the lock is not in the archive, or no longer what it was; the message names it.
        GateError: no verdicts can be given.
    """
    publication = _publication(conn, publication_id)
    _require_same_code(publication)
    readings = _readings(conn, publication_id)
    with connect(scratch) as beside:
        _restore(conn, beside, publication_id)
        _load(beside, archive, readings)
        _require_same_figures(beside)
        run_stage("intermediate", scratch, publication_id, target_dir)
        verdicts(scratch, publication_id)
        run_stage("candidate", scratch, publication_id, target_dir)
        made = candidate_hashes(beside)
    expected = publication.content_hashes
    different = sorted(mart for mart in expected.keys() | made.keys() if expected.get(mart) != made.get(mart))
    return Replayed(publication_id, len({reading.sha256 for reading in readings}), made, tuple(different))


def _publication(conn: Connection, publication_id: int) -> Publication:
    for publication in publications(conn):
        if publication.publication_id == publication_id:
            return publication
    raise WarehouseError(f"There is no publication {publication_id}; see `gongkai publications list`.")


def _require_same_code(publication: Publication) -> None:
    now, then = code_hashes(), publication.inputs
    if changed := [name for name, sha256 in now.items() if then.get(name) != sha256]:
        versions = ", ".join(then.get("parser_versions", []))
        raise WarehouseError(
            f"Publication {publication.publication_id} was made with other {', '.join(changed)} than are here: replay "
            f"it with the version that made it (parser {versions})."
        )


def _readings(conn: Connection, publication_id: int) -> list[_Reading]:
    urls: dict[str, str] = {}
    for request in locked_rows(conn, publication_id, "fetch"):
        if request["sha256"] is not None:
            urls[request["sha256"]] = min(request["url"], urls.get(request["sha256"], request["url"]))
    found = {
        _Reading(row["sha256"], row["parser_version"], row["ingest_year"], urls.get(row["sha256"], row["sha256"])): None
        for row in locked_rows(conn, publication_id, REPORT)
    }
    if not found:
        raise WarehouseError(f"Publication {publication_id} has no lock: it was made before locks were kept.")
    return sorted(found, key=lambda reading: (reading.ingest_year, reading.parser_version, reading.sha256))


def _restore(conn: Connection, beside: Connection, publication_id: int) -> None:
    """Everything of the lock but the figures."""
    with beside.transaction():
        beside.execute("SET LOCAL timezone = 'UTC'")
        for table in TABLES:
            _fill(beside, table, locked_rows(conn, publication_id, table))
        beside.execute(_AS_LOCKED.encode())
        _fill(beside, "locked_report", locked_rows(conn, publication_id, REPORT))
    write_exceptions(beside, publication_id, list(locked_rows(conn, publication_id, EXCEPTION)))


def _fill(beside: Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    for some in in_batches(rows, _ROWS_A_STATEMENT):
        beside.execute(_RESTORE.format(table, table).encode(), (Jsonb(some),))


def _load(beside: Connection, archive: Archive, readings: list[_Reading]) -> None:
    for (year, version), alike in groupby(readings, key=lambda reading: (reading.ingest_year, reading.parser_version)):
        run_id = f"replay of {year}, parser {version}"
        start_run(beside, run_id, year, "archive")
        for some in in_batches(_results(archive, version, year, list(alike)), _REPORTS_A_LOAD):
            load_results(beside, run_id, year, some)


def _results(archive: Archive, version: str, year: int, readings: list[_Reading]) -> Iterator[ParseResult]:
    if version == parser_version():
        documents = ((reading.url, archive.get(reading.sha256)) for reading in readings)
        for results in parse_isolated(documents, year=year):
            yield from results
    else:
        for reading in readings:
            archive.get(reading.sha256)  # what was read counts only while the bytes are there
            yield from _kept(archive, reading)


def _kept(archive: Archive, reading: _Reading) -> Iterator[ParseResult]:
    lines = archive.get_parsed(reading.parser_version, reading.sha256)
    if lines is None:
        raise UnreadableError(
            f"what parser {reading.parser_version} read in {reading.sha256} ({reading.url}) is not beside the archive; "
            "restore it, or replay with that version"
        )
    for line in lines:
        yield replace(result_from_json(json.loads(line)), file=reading.url)


def _require_same_figures(beside: Connection) -> None:
    different = beside.execute(_DIFFERENT).fetchall()
    if different:
        said = {True: "gives no report", False: "gives other figures"}
        named = "; ".join(f"{sha256} {said[is_missing]}" for sha256, is_missing in different[:_NAMED])
        raise WarehouseError(
            f"{len(different)} reports do not read as they did: {named}. The parser has changed without a new version, "
            "or its libraries have."
        )
