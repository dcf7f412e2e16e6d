"""The log of a run, and its tally: a year that is half there is never published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from psycopg import Connection

from gongkai.fetch import FetchRecord
from gongkai.roster import Agency, AgencyAlias, AgencyChange, FormerAddress, Portal, Region, Roster
from gongkai.warehouse.inputs import read_inputs, roster_sha256
from gongkai.warehouse.load import load_results
from gongkai.warehouse.publication import open_candidate
from gongkai.warehouse.roster import roster_versions, sync_roster
from gongkai.warehouse.runs import Outcome, Tally, finish_run, record_fetches, start_run, write_outcomes
from tests.integration.warehouse.samples import result, sha, unreadable
from tests.support.warehouse import WarehouseUnderTest


@pytest.fixture
def loader(warehouse: WarehouseUnderTest) -> Iterator[Connection]:
    with warehouse.connect("owner") as owner:
        owner.execute("TRUNCATE raw.document, raw.report, raw.cell, raw.ingest_run, raw.fetch, raw.outcome CASCADE")
    with warehouse.connect("loader") as conn:
        start_run(conn, "run", 2021, "portal")
        yield conn


def fetched(name: str, outcome: str = "fetched") -> FetchRecord:
    failed = outcome == "failed"
    return FetchRecord(
        portal="demo",
        listed_agency="甲局",
        listed_title=f"{name}年度报告",
        listed_on="2022-01-28",
        url=f"http://127.0.0.1/{name}",
        outcome=outcome,  # type: ignore[arg-type]
        fetched_at=datetime(2026, 4, 1, tzinfo=UTC),
        media_type=None if failed else "text/html",
        sha256=None if failed else sha(name),
        byte_size=None if failed else 1000,
        archive_uri=None if failed else f"file:///archive/{name}",
        error_class="timeout" if failed else None,
        error="no answer in 30 s" if failed else None,
    )


def visible(conn: Connection) -> int:
    return int(conn.execute("SELECT count(*) FROM raw.visible_report").fetchall()[0][0])


def test_a_whole_run_is_complete_and_its_reports_are_visible(loader: Connection) -> None:
    record_fetches(loader, "run", 2021, [fetched(name) for name in "abcd"])
    load_results(loader, "run", 2021, [result("a"), result("b", held=True), result("c"), unreadable("d")])
    assert visible(loader) == 0
    tally = finish_run(loader, "run", 0.25)
    assert tally == Tally(
        found=4, fetched=4, failed=0, parsed=3, not_a_report=0, unreadable=1, unsupported=0, held=1, missing=0,
        portals=0, dead_portals=0,
    )  # fmt: skip
    assert tally.ok
    assert visible(loader) == 3
    row = loader.execute("SELECT status, found, fetched, parsed, unreadable, held FROM raw.ingest_run").fetchone()
    assert row == ("complete", 4, 4, 3, 1, 1)


def test_the_documents_of_a_run_know_where_they_lie(loader: Connection) -> None:
    record_fetches(loader, "run", 2021, [fetched("a"), fetched("b", "failed")])
    documents = loader.execute("SELECT sha256, media_type, byte_size, archive_uri FROM raw.document").fetchall()
    assert documents == [(sha("a"), "text/html", 1000, "file:///archive/a")]
    requests = loader.execute("SELECT url, listed_on, sha256, outcome, error_class FROM raw.fetch ORDER BY url")
    assert requests.fetchall() == [
        ("http://127.0.0.1/a", date(2022, 1, 28), sha("a"), "fetched", None),
        ("http://127.0.0.1/b", date(2022, 1, 28), None, "failed", "timeout"),
    ]


def test_a_download_tried_again_replaces_a_failed_one_but_not_a_good_one(loader: Connection) -> None:
    for outcome in ("failed", "fetched", "unchanged", "failed"):
        record_fetches(loader, "run", 2021, [fetched("a", outcome)])
    rows = loader.execute("SELECT outcome, error_class, sha256 FROM raw.fetch").fetchall()
    assert rows == [("unchanged", None, sha("a"))]


@pytest.mark.parametrize(("share", "ok"), [(0.5, True), (0.49, False)])
def test_too_many_files_that_were_not_read_fail_the_run(loader: Connection, share: float, ok: bool) -> None:
    record_fetches(loader, "run", 2021, [fetched("a"), fetched("b"), fetched("c"), fetched("d", "failed")])
    load_results(loader, "run", 2021, [result("a"), result("b"), unreadable("c")])
    tally = finish_run(loader, "run", share)
    assert tally.ok is ok
    assert visible(loader) == (2 if ok else 0)
    if not ok:
        assert "2 of 4 files were not read" in tally.reasons[0]
        assert "GONGKAI_UNREADABLE_SHARE" in tally.reasons[0]


def test_a_run_that_found_nothing_fails(loader: Connection) -> None:
    tally = finish_run(loader, "run", 1)
    assert not tally.ok
    assert "found no report" in tally.reasons[0]


def test_a_half_loaded_run_fails_until_the_rest_is_there(loader: Connection) -> None:
    record_fetches(loader, "run", 2021, [fetched("a"), fetched("b")])
    load_results(loader, "run", 2021, [result("a")])
    tally = finish_run(loader, "run", 1)
    assert (tally.ok, tally.missing, visible(loader)) == (False, 1, 0)
    start_run(loader, "run", 2021, "portal")
    load_results(loader, "run", 2021, [result("a"), result("b")])
    assert finish_run(loader, "run", 1).ok
    assert visible(loader) == 2


def test_an_unchanged_file_need_not_be_read_again(loader: Connection) -> None:
    record_fetches(loader, "run", 2021, [fetched("a")])
    load_results(loader, "run", 2021, [result("a")])
    assert finish_run(loader, "run", 0).ok
    start_run(loader, "next", 2021, "portal")
    record_fetches(loader, "next", 2021, [fetched("a", "unchanged")])
    assert finish_run(loader, "next", 0).ok
    assert visible(loader) == 1


def test_a_dead_portal_counts(loader: Connection) -> None:
    record_fetches(loader, "run", 2021, [fetched("a")])
    load_results(loader, "run", 2021, [result("a")])
    outcomes = [Outcome("discover", "one", None, "found"), Outcome("discover", "two", None, "failed", "no answer")]
    write_outcomes(loader, "run", 2021, outcomes)
    assert "1 of 2 portals gave no listing" in finish_run(loader, "run", 0.4).reasons[0]
    assert finish_run(loader, "run", 0.5).ok


def test_a_run_from_the_archive_counts_its_files(loader: Connection) -> None:
    start_run(loader, "again", 2021, "archive")
    load_results(loader, "again", 2021, [result("a", parser="2.0"), unreadable("b")])
    tally = finish_run(loader, "again", 0.5)
    assert (tally.found, tally.parsed, tally.unreadable, tally.ok) == (2, 1, 1, True)


def sync(owner: Connection, *, renamed: bool = False, run_id: str | None = None) -> int:
    common = {"region_code": "330300", "level": "prefecture", "organ_type": "department", "scope": "own_organ"}
    old = Agency.model_validate({"agency_id": "old", "name": "老局", "valid_from": "2008-01-01", **common})
    new = Agency.model_validate({"agency_id": "new", "name": "新局", "valid_from": "2019-01-01", **common})
    alias = AgencyAlias.model_validate({"name_normalised": "新局", "agency_id": "new"})
    change = {"agency_id": "new", "predecessor_id": "old", "relation": "rename", "changed_on": "2019-01-01"}
    region = Region.model_validate(
        {"region_code": "330300", "name": "温州市", "level": "prefecture", "parent_code": "330000",
         "valid_from": "1981-01-01", "is_statutory": True, "source": "GB/T 2260"}
    )  # fmt: skip
    portal = {"portal_id": "city", "name": "门户", "region_code": "330300", "module": "trs",
              "url": "https://a.gov.cn/nb/", "official_hosts": "a.example|b.example",
              "title_words": "信息公开|政务公开"}  # fmt: skip
    former = {"portal_id": "city", "url": "http://old.gov.cn/nb", "valid_to": "2019-06-30", "reason": "新网站"}
    roster = Roster(
        agencies=(old, new) if renamed else (new,),
        portals=(Portal.model_validate(portal),),
        aliases=(alias,),
        changes=(AgencyChange.model_validate(change),) if renamed else (),
        regions=(region,),
        former_addresses=(FormerAddress.model_validate(former),),
    )
    return sync_roster(owner, roster, run_id)


def test_the_roster_is_replaced_as_a_whole(warehouse: WarehouseUnderTest) -> None:
    with warehouse.connect() as owner:
        sync(owner, renamed=True)
        sync(owner)
        assert owner.execute("SELECT agency_id, name_normalised, valid_from FROM raw.agency").fetchall() == [
            ("new", "新局", date(2019, 1, 1))
        ]
        assert owner.execute("SELECT count(*) FROM raw.agency_change").fetchone() == (0,)
        assert owner.execute("SELECT name, is_statutory FROM raw.region").fetchall() == [("温州市", True)]
        assert owner.execute("SELECT url, official_hosts, private_hosts, title_words FROM raw.portal").fetchall() == [
            ("https://a.gov.cn/nb/", ["a.example", "b.example"], [], ["信息公开", "政务公开"])
        ]
        assert owner.execute("SELECT valid_to, reason FROM raw.former_address").fetchall() == [
            (date(2019, 6, 30), "新网站")
        ]


def test_every_roster_that_differs_is_a_version(warehouse: WarehouseUnderTest) -> None:
    with warehouse.connect() as owner:
        owner.execute("DELETE FROM raw.roster_version")
        first = sync(owner, run_id="run 1")
        assert [sync(owner, run_id="run 2"), sync(owner, renamed=True), sync(owner)] == [first, first + 1, first + 2]
        newest, renamed, oldest = roster_versions(owner)
        assert (oldest.version, oldest.run_id, oldest.agencies, oldest.portals) == (first, "run 1", 1, 1)
        assert (renamed.agencies, newest.sha256) == (2, oldest.sha256)
        assert oldest.loaded_by
        query = "SELECT content -> 'agency' -> 0 ->> 'name' FROM raw.roster_version WHERE version = %s"
        assert owner.execute(query, (oldest.version,)).fetchone() == ("新局",)


def test_an_account_may_have_no_name(warehouse: WarehouseUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 50000")

    monkeypatch.setattr("getpass.getuser", nameless)
    with warehouse.connect() as owner:
        owner.execute("DELETE FROM raw.roster_version")
        sync(owner)
        assert roster_versions(owner)[0].loaded_by.startswith("uid ")


def test_a_publication_leads_to_the_version_of_its_roster(warehouse: WarehouseUnderTest) -> None:
    with warehouse.connect() as owner:
        sync(owner)
        (locked,) = owner.execute("SELECT locked_sha256 FROM raw.roster_version ORDER BY version DESC").fetchall()[0]
        owner.execute("SET datestyle = 'German'")  # which the hash must not depend on
        assert roster_sha256(owner) == read_inputs(owner)["roster"]["sha256"] == locked


@pytest.mark.usefixtures("loader")
def test_a_candidate_is_opened_when_something_has_changed(
    warehouse: WarehouseUnderTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with warehouse.connect() as owner, warehouse.connect("loader") as loader:

        def candidate_hash() -> str | None:
            opened = open_candidate(owner)
            if opened is None:
                return None
            owner.execute(
                "INSERT INTO published.publication VALUES (%s, 'superseded', now(), NULL, '{}', %s, '{}', '{}', NULL)",
                (opened.publication_id, opened.inputs_hash),
            )
            return opened.inputs_hash

        seen = [candidate_hash()]
        assert candidate_hash() is None
        load_results(loader, "run", 2021, [result("a")])
        assert candidate_hash() is None, "what is half loaded is no reason"
        assert finish_run(loader, "run", 0).ok
        seen.append(candidate_hash())
        sync(owner, renamed=True)
        seen.append(candidate_hash())
        owner.execute(
            "INSERT INTO raw.decision (sha256, action, reason, decided_by) VALUES (%s, 'reject', 'scan', 'li')",
            (sha("a"),),
        )
        seen.append(candidate_hash())
        assert candidate_hash() is None
        assert None not in seen
        assert len(set(seen)) == 4
        owner.execute("TRUNCATE published.publication CASCADE")
