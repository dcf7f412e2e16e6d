"""A publication is made again from the archive and its lock, to the same hashes, whatever was loaded since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from psycopg import Connection
from psycopg.types.json import Jsonb

from gongkai.archive import Archive
from gongkai.cli import cli
from gongkai.demo.samples import Sample, samples
from gongkai.errors import UnreadableError, WarehouseError
from gongkai.extract import ParseResult, parse_isolated
from gongkai.forms import CellKey
from gongkai.quality import verdicts
from gongkai.settings import settings
from gongkai.warehouse import connection
from gongkai.warehouse import replay as replaying
from gongkai.warehouse.dbt.run import run_stage
from gongkai.warehouse.load import load_results
from gongkai.warehouse.postgres.server import EmbeddedPostgres
from gongkai.warehouse.publication import Publication, open_candidate, publish
from gongkai.warehouse.replay import Replayed, replay
from gongkai.warehouse.runs import finish_run, start_run
from tests.integration.warehouse.candidates import passed
from tests.support.warehouse import WarehouseUnderTest, fresh_database

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]

EARLIER = "0.0.1"
"""A parser version that is no longer here."""

LAYOUT = "html_cms_a"


@dataclass
class Place:
    """A warehouse, its archive, and a folder for dbt."""

    warehouse: WarehouseUnderTest
    server: EmbeddedPostgres
    archive: Archive
    folder: Path

    def ingest(self, conn: Connection, run_id: str, year: int, chosen: list[Sample], parser: str | None = None) -> None:
        """Archive, read and load some reports, as the tasks of a run do."""
        start_run(conn, run_id, year, "portal")
        for sample in chosen:
            stored = self.archive.put(sample.render(), "text/html")
            conn.execute("INSERT INTO raw.document (sha256) VALUES (%s) ON CONFLICT DO NOTHING", (stored.sha256,))
            conn.execute(
                "INSERT INTO raw.fetch (run_id, ingest_year, listed_agency, url, sha256, fetched_at, outcome) "
                "VALUES (%s, %s, %s, %s, %s, %s, 'fetched')",
                (run_id, year, sample.agency.name, f"http://portal/{year}/{sample.agency.agency_id}", stored.sha256,
                 datetime(year + 1, 2, 1, tzinfo=UTC)),
            )  # fmt: skip
        documents = [(sample.agency.agency_id, sample.render()) for sample in chosen]
        results = [one for some in parse_isolated(documents, year=year) for one in some]
        if parser is not None:
            results = [self.keep(replace(result, parser=parser)) for result in results]
        load_results(conn, run_id, year, results)
        assert finish_run(conn, run_id, 1).ok

    def keep(self, result: ParseResult) -> ParseResult:
        assert result.sha256 is not None
        self.archive.put_parsed(result.parser, result.sha256, [json.dumps(result.to_json(), ensure_ascii=False)])
        return result

    def replay(self, publication_id: int) -> Replayed:
        with fresh_database(self.server, "replayed") as scratch, self.warehouse.connect() as conn:
            return replay(conn, publication_id, self.archive, scratch.dsns.owner, self.folder / "replayed")


def of_year(year: int, count: int) -> list[Sample]:
    chosen = [sample for sample in samples() if sample.year == year and sample.layout == LAYOUT]
    assert len(chosen) >= count
    return chosen[:count]


def free_cell(sample: Sample) -> CellKey:
    """A figure that no equation of the form holds to another."""
    held = {key for e in sample.form.equations if e.identity.kind != "advisory" for key in e.cells}
    return next(key for key in sample.form.cell_ids if key not in held and sample.figures[key].isdigit())


def with_one_more(sample: Sample) -> Sample:
    """The report as its agency corrected it."""
    key = free_cell(sample)
    return replace(sample, figures={**sample.figures, key: str(int(sample.figures[key]) + 1)})


def correct(conn: Connection, sample: Sample) -> None:
    """A steward's word on the same figure of the report as it is."""
    key, sha256 = free_cell(sample), hashlib.sha256(sample.render()).hexdigest()
    conn.execute(
        "INSERT INTO raw.decision (sha256, action, cell_id, printed_value, corrected_value, reason, decided_by) "
        "VALUES (%s, 'correct', %s, %s, 77, 'letter', 'wang')",
        (sha256, sample.form.cell_ids[key], int(sample.figures[key])),
    )


def publish_first(place: Place) -> Publication:
    dsn, folder = place.warehouse.dsns.owner, place.folder / "first"
    with place.warehouse.connect() as conn:
        region = "INSERT INTO raw.region (region_code, name, valid_from, is_statutory) VALUES (%s, %s, %s, true)"
        conn.execute(region, ["330300", "温州市", date(2019, 1, 1)])
        conn.execute("INSERT INTO raw.agency (agency_id, name, name_normalised) VALUES ('a', '甲局', '甲局')")
        place.ingest(conn, "run 2019", 2019, of_year(2019, 3))
        revised, corrected = of_year(2019, 3)[1:]
        place.ingest(conn, "run 2019, revised", 2019, [with_one_more(revised)])
        correct(conn, corrected)
        place.ingest(conn, "run 2020", 2020, of_year(2020, 2), EARLIER)
        one = "SELECT sha256 FROM raw.report WHERE report_year = 2019 ORDER BY report_id LIMIT 1"
        reject = f"INSERT INTO raw.decision (sha256, action, reason, decided_by) SELECT ({one}), 'reject', 'r', 'wang'"
        conn.execute(reject.encode())
        candidate = open_candidate(conn)
        assert candidate is not None
        run_stage("intermediate", dsn, 1, folder)
        verdicts(dsn, 1)
        run_stage("candidate", dsn, 1, folder)
        passed(conn, 1)
        return publish(conn, candidate)


@pytest.fixture(scope="module")
def place(
    warehouse: WarehouseUnderTest, postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Place:
    folder = tmp_path_factory.mktemp("replay")
    return Place(warehouse, postgres_server, Archive((folder / "archive").as_uri()), folder)


@pytest.fixture(scope="module")
def first(place: Place) -> Publication:
    """A publication; since then more was loaded, read again and decided, the roster replaced, and locked anew."""
    published = publish_first(place)
    with place.warehouse.connect() as conn:
        place.ingest(conn, "run 2019 again", 2019, of_year(2019, 4))
        place.ingest(conn, "run 2020 again", 2020, of_year(2020, 2))
        conn.execute("DELETE FROM raw.agency")
        conn.execute("INSERT INTO raw.agency (agency_id, name, name_normalised) VALUES ('b', '乙局', '乙局')")
        conn.execute("INSERT INTO raw.decision (sha256, action, reason, decided_by) "
                     "SELECT sha256, 'reject', 'r', 'li' FROM raw.document")  # fmt: skip
        conn.execute("UPDATE raw.fetch SET fetched_at = now() WHERE run_id = 'run 2019'")
        candidate = open_candidate(conn)
        assert candidate is not None
        assert candidate.publication_id == 2
    return published


def test_the_marts_come_out_the_same(place: Place, first: Publication) -> None:
    again = place.replay(1)
    assert again.different == ()
    assert again.hashes == first.content_hashes
    assert again.documents == 6
    assert first.row_counts["agency_year"] > 0
    assert first.row_counts["fct_applications"] > 0
    assert first.row_counts["fct_revisions"] > 1
    assert first.row_counts["fct_decisions"] == 2


def test_a_tampered_byte_is_found_and_its_document_named(place: Place, first: Publication) -> None:
    stored = place.archive.put(of_year(2019, 1)[0].render(), "text/html")
    path = Path(stored.uri.removeprefix("file://"))
    good = path.read_bytes()
    path.write_bytes(good.replace("年".encode(), "月".encode(), 1))
    try:
        with pytest.raises(UnreadableError, match=rf"{stored.sha256} has changed since it was archived"):
            place.replay(1)
    finally:
        path.write_bytes(good)


def test_what_an_earlier_parser_read_must_be_there(place: Place, first: Publication) -> None:
    stored = place.archive.put(of_year(2020, 1)[0].render(), "text/html")
    (kept,) = (place.folder / "archive" / "parsed" / EARLIER).rglob(f"{stored.sha256}.jsonl")
    aside = kept.rename(kept.with_suffix(".aside"))
    try:
        with pytest.raises(UnreadableError, match=rf"what parser {EARLIER} read in {stored.sha256}"):
            place.replay(1)
    finally:
        aside.rename(kept)


def test_a_parser_that_reads_otherwise_is_named(
    place: Place, first: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(documents: Iterator[tuple[str, bytes]], *, year: int) -> Iterator[list[ParseResult]]:
        """Reads all but one document."""
        results = list(parse_isolated(documents, year=year))
        yield from results[1:]

    monkeypatch.setattr(replaying, "parse_isolated", forgetful)
    with pytest.raises(WarehouseError, match=r"1 reports do not read as they did: [0-9a-f]{64} gives no report"):
        place.replay(1)


def test_other_forms_or_models_are_said_before_anything_is_done(
    place: Place, first: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "code_hashes", lambda: {**first.inputs, "forms": "other"})
    with pytest.raises(WarehouseError, match="made with other forms than are here"):
        place.replay(1)


def test_a_publication_that_is_not_there(place: Place, first: Publication) -> None:
    with pytest.raises(WarehouseError, match="There is no publication 9"):
        place.replay(9)


def test_the_command_says_which_marts_came_out_otherwise(
    place: Place, first: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_STATE_DIR", str(place.server.folder.parent))
    monkeypatch.setenv("GONGKAI_ARCHIVE_URL", place.archive.url)
    monkeypatch.setattr(connection, "dsns", lambda: place.warehouse.dsns)
    settings.cache_clear()
    try:
        with place.warehouse.connect() as conn:
            forged = {**first.content_hashes, "agency_year": "forged"}
            conn.execute("UPDATE published.publication SET content_hashes = %s", (Jsonb(forged),))
        done = CliRunner().invoke(cli, ["replay", "1"])
    finally:
        settings.cache_clear()
    assert done.exit_code == 1, done.output
    assert f"DIFFERENT  {first.content_hashes['agency_year']}  agency_year" in done.output
    assert f"the same  {first.content_hashes['fct_applications']}  fct_applications" in done.output
    assert "publication 1 does not come out the same: agency_year" in done.output
