from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from gongkai.archive import Archive
from gongkai.demo.portal import running_portal
from gongkai.demo.samples import demo_roster
from gongkai.fetch import ERROR_CLASSES, FetchRecord, Known, Link, Wanted, discover, fetch_documents
from gongkai.roster import Portal
from tests.support.simulator import Simulator, Site, running
from tests.support.simulator.site import extension
from tests.support.simulator.trouble import ATTACHED, ENDS, TROUBLES
from tests.unit.fetch.conftest import fetched, links_to, portal_of

NUMBERS = {name: number for number, name in enumerate(TROUBLES, start=1)}
FINE = len(NUMBERS) + 1


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulator, Archive, dict[str, FetchRecord]]]:
    """One crawl over every trouble there is, and a page without any; the records by the name of the trouble."""
    archive = Archive(str(tmp_path_factory.mktemp("archive")))
    site = Site(FINE, trouble={number: name for name, number in NUMBERS.items()})
    with pytest.MonkeyPatch.context() as patch, running(site) as server:
        patch.setenv("GONGKAI_REQUEST_SECONDS", "1")
        patch.setenv("GONGKAI_FILE_SIZE_LIMIT", "1000000")
        from gongkai.settings import settings

        settings.cache_clear()
        links = links_to(server, range(1, FINE + 1))
        found = fetched(portal_of(server, "generic"), [Wanted(link) for link in links], archive)
        assert set(found) == {link.url for link in links}
        names = [*NUMBERS, "fine"]
        yield server, archive, {name: found[link.url][0] for name, link in zip(names, links, strict=True)}


Troubled = tuple[Simulator, Archive, dict[str, FetchRecord]]


@pytest.mark.parametrize("name", TROUBLES)
def test_every_trouble_comes_to_its_end(troubled: Troubled, name: str) -> None:
    _, archive, records = troubled
    record = records[name]
    assert record.error_class == ENDS[name], record.error
    assert (record.outcome == "failed") == (ENDS[name] is not None)
    assert record.error_class is None or record.error_class in ERROR_CLASSES
    assert (record.error is None) == (record.error_class is None)
    assert (record.sha256 is None) == (record.outcome == "failed")
    if record.sha256 is not None:
        assert len(archive.get(record.sha256)) == record.byte_size


def test_nothing_but_reports_and_their_pages_is_archived(troubled: Troubled) -> None:
    _, archive, records = troubled
    kept = {record.sha256 for record in records.values()} | {record.page_sha256 for record in records.values()}
    assert set(archive.iter()) == kept - {None}


def test_what_passes_is_the_whole_report(troubled: Troubled) -> None:
    server, archive, records = troubled
    for name in ("slow", "busy", "error", "reset", "moved", "folded", "refresh", "script", "chinese"):
        assert archive.get(records[name].sha256 or "") == server.site.report(NUMBERS[name])
    for name in ("moved", "refresh", "script"):
        assert records[name].final_url == f"{server.address}/moved/{NUMBERS[name]}.html"
    assert archive.get(records["gbk"].sha256 or "").decode("gb18030") == server.site.report(NUMBERS["gbk"]).decode()


def test_an_attachment_is_the_document_and_its_page_is_kept(troubled: Troubled) -> None:
    server, archive, records = troubled
    for kind, layout in ATTACHED.items():
        record = records[kind]
        assert record.url == f"{server.address}/files/{NUMBERS[kind]}.{extension(layout)}"
        assert record.page_url == f"{server.address}/gk/{NUMBERS[kind]}.html"
        assert archive.get(record.sha256 or "") == server.site.report(NUMBERS[kind], layout)
        assert record.page_sha256 is not None
        assert "见附件".encode() in archive.get(record.page_sha256)
    assert records["pdf"].media_type == "application/pdf"


def test_a_record_says_what_the_server_said(troubled: Troubled) -> None:
    server, _, records = troubled
    fine = records["fine"]
    body = server.site.report(FINE)
    assert (fine.http_status, fine.content_type) == (200, "text/html; charset=utf-8")
    assert (fine.byte_size, fine.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert fine.headers is not None
    assert fine.headers["etag"].startswith('"')
    assert (fine.cms, fine.official, fine.previous_sha256) == ("generic", True, None)
    assert fine.duration_ms is not None
    assert records["gone"].http_status == 404


def test_what_will_not_pass_is_asked_once_and_the_rest_four_times(troubled: Troubled) -> None:
    server, _, _ = troubled
    times = {name: server.times(f"/gk/{number}.html") for name, number in NUMBERS.items()}
    for once in ("gone", "away", "soft_404", "challenge", "login", "unended", "large", "slow"):
        assert times[once] == 1
    assert times["broken"] == times["short"] == times["hang"] == times["cut_chunks"] == times["trickle"] == 4
    assert times["busy"] == times["reset"] == times["error"] == 2


def test_robots_txt_is_asked_for_once_and_obeyed(troubled: Troubled) -> None:
    server, _, _ = troubled
    assert server.times("/robots.txt") == 1
    assert server.times("/internal/report.html") == 0


def test_only_the_web(simulator: Simulator, archive: Archive) -> None:
    (link,) = links_to(simulator, [1])
    urls = ["file:///etc/passwd", "ftp://127.0.0.1/a", "javascript:alert(1)", "//x", "http://[", "http://10.0.0.1/"]
    wanted = [Wanted(dataclasses.replace(link, url=url)) for url in urls]
    found = fetched(portal_of(simulator, "generic"), wanted, archive)
    assert {url: records[0].error_class for url, records in found.items()} == dict.fromkeys(urls, "address")


@pytest.mark.parametrize("path", ["/moved/年报/1.html", "/moved/%E5%B9%B4%E6%8A%A5/1.html", "/moved/年报/1.html#top"])
def test_an_address_may_be_in_chinese(simulator: Simulator, archive: Archive, path: str) -> None:
    (link,) = links_to(simulator, [1])
    wanted = [Wanted(dataclasses.replace(link, url=simulator.address + path))]
    ((record,),) = fetched(portal_of(simulator, "generic"), wanted, archive).values()
    assert record.outcome == "fetched", record.error
    assert (record.final_url or "").startswith(f"{simulator.address}/moved/%E5%B9%B4%E6%8A%A5/1.html")


def test_a_host_in_chinese_that_there_is_not(simulator: Simulator, archive: Archive) -> None:
    (link,) = links_to(simulator, [1])
    wanted = [Wanted(dataclasses.replace(link, url="http://乌有.invalid/1.html"))]
    ((record,),) = fetched(portal_of(simulator, "generic"), wanted, archive).values()
    assert record.error_class == "connection"


def known(records: dict[str, list[FetchRecord]]) -> dict[str, tuple[Known, ...]]:
    """What a second crawl knows of the first."""
    return {
        listed: tuple(
            Known(one.url, one.sha256, (one.headers or {}).get("etag"), None) for one in found if one.sha256 is not None
        )
        for listed, found in records.items()
    }


def test_a_second_crawl_asks_only_for_what_has_changed(archive: Archive) -> None:
    site = Site(12, trouble={4: "pdf"})
    with running(site) as server:
        portal, links = portal_of(server, "generic"), links_to(server, range(1, 13))
        first = fetched(portal, [Wanted(link) for link in links], archive)
        site.revised.add(3)
        before = len(server.asked)
        second = fetched(portal, [Wanted(link, known(first)[link.url]) for link in links], archive)
        asked = server.asked[before:]
    changed = [records[0] for records in second.values() if records[0].sha256 != records[0].previous_sha256]
    assert [record.url for record in changed] == [links[2].url]
    assert changed[0].outcome == "fetched"
    same = [records[0] for records in second.values() if records[0] is not changed[0]]
    assert {(record.outcome, record.http_status) for record in same} == {("unchanged", 304)}
    assert {record.sha256 for record in same} < {records[0].sha256 for records in first.values()}
    assert sum(request.conditional for request in asked) == 12


def test_without_the_archive_nothing_is_known(archive: Archive, tmp_path: Path) -> None:
    with running(Site(1)) as server:
        portal, (link,) = portal_of(server, "generic"), links_to(server, [1])
        first = fetched(portal, [Wanted(link)], archive)
        empty = Archive(str(tmp_path / "empty"))
        ((record,),) = fetched(portal, [Wanted(link, known(first)[link.url])], empty).values()
    assert record.outcome == "fetched"
    assert record.sha256 is not None
    assert empty.exists(record.sha256)


def test_the_same_bytes_under_two_addresses_are_kept_once(archive: Archive) -> None:
    with running(Site(3, twice={2})) as server:
        found = fetched(portal_of(server, "generic"), [Wanted(link) for link in links_to(server, [2, -2])], archive)
    (one,), (other,) = found.values()
    assert list(archive.iter()) == [one.sha256] == [other.sha256]


def test_documents_from_elsewhere_are_evidence(simulator: Simulator, archive: Archive) -> None:
    portal = portal_of(simulator, "generic", official_hosts=())
    ((record,),) = fetched(portal, [Wanted(link) for link in links_to(simulator, [1])], archive).values()
    assert (record.outcome, record.official) == ("fetched", False)


def test_a_year_of_the_demo_portal_comes_into_the_archive(archive: Archive) -> None:
    with running_portal() as address:
        roster = demo_roster(address)
        portal = roster.located(roster.portal("wuyou"), 2021)
        links = discover(portal, 2021, roster).links
        found = fetched(portal, [Wanted(link) for link in links], archive)
    records = [record for records in found.values() for record in records]
    assert len(records) == len(links)
    assert {record.outcome for record in records} == {"fetched"}
    kinds = {record.media_type for record in records}
    assert {"text/html", "text/plain", "text/markdown", "application/pdf"} <= kinds


def test_who_stops_listening_ends_the_crawl(archive: Archive) -> None:
    with running(Site(200, trouble=dict.fromkeys(range(1, 201), "slow"))) as server:
        portal, links = portal_of(server, "generic"), links_to(server, range(1, 201))
        crawl = fetch_documents(portal, [Wanted(link) for link in links], archive)
        next(crawl)
        crawling = [child for child in psutil.Process().children() if "gongkai.fetch.crawl" in child.cmdline()]
        assert len(crawling) == 1
        crawl.close()  # type: ignore[attr-defined]
        assert psutil.wait_procs(crawling, timeout=10)[1] == []
    assert len(server.asked) < 200


PROGRAM = """
import json, sys
from gongkai.archive import Archive
from gongkai.fetch import Link, Wanted, fetch_documents
from gongkai.roster import Portal
given = json.load(sys.stdin)
wanted = [Wanted(Link(**link)) for link in given["links"]]
for records in fetch_documents(Portal(**given["portal"]), wanted, Archive(given["archive"])):
    print(records[0].url, flush=True)
"""


def test_a_killed_task_takes_its_crawl_along_and_loses_nothing(archive: Archive) -> None:
    with running(Site(60, trouble=dict.fromkeys(range(1, 61), "slow"))) as server:
        portal, links = portal_of(server, "generic"), links_to(server, range(1, 61))
        done = killed_after(5, portal, links, archive)
        assert len(done) >= 5
        rest = [link for link in links if link.url not in done]
        found = fetched(portal, [Wanted(link) for link in rest], archive)
        assert set(found) | done == {link.url for link in links}
        hashes = {hashlib.sha256(server.site.report(number)).hexdigest() for number in range(1, 61)}
    assert set(archive.iter()) == hashes


def killed_after(count: int, portal: Portal, links: list[Link], archive: Archive) -> set[str]:
    """The links that a process had done when it was killed; its own child is gone a moment later."""
    given = {
        "portal": portal.model_dump(mode="json"),
        "links": [asdict(link) for link in links],
        "archive": archive.url,
    }
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(given))
        process.stdin.close()
        done = {process.stdout.readline().strip() for _ in range(count)}
        children = psutil.Process(process.pid).children()
        os.kill(process.pid, signal.SIGKILL)
        done |= {line.strip() for line in process.stdout if line.endswith("\n")}
        until = time.monotonic() + 10
        while any(child.is_running() for child in children) and time.monotonic() < until:
            time.sleep(0.05)
        assert not any(child.is_running() for child in children)
    return done


def test_a_record_has_the_columns_of_the_warehouse() -> None:
    from gongkai.warehouse.runs import _FETCH_COLUMNS

    assert set(_FETCH_COLUMNS) <= set(FetchRecord.__dataclass_fields__)


def test_a_link_travels_as_json(simulator: Simulator) -> None:
    (given,) = links_to(simulator, [1])
    assert Link(**json.loads(json.dumps(asdict(given)))) == given
