from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from gongkai.archive import Archive
from gongkai.demo.portal import running_portal
from gongkai.demo.render import render
from gongkai.demo.samples import demo_roster
from gongkai.fetch import FetchRecord, Link, discover, fetch_links
from gongkai.forms import form_by_id
from tests.unit.fetch.conftest import Answer, ClientMaker, ScriptedServer

POINTER = '<html><body><p>年度报告见附件。</p><a href="files/%E5%B9%B4%E6%8A%A5.pdf">下载</a></body></html>'
FORM = form_by_id("form_2019")
REPORT = render(FORM, dict.fromkeys(FORM.cell_ids, "0"), agency="某局", year=2019, layout="html_cms_a")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(str(tmp_path / "archive"))


def link(url: str) -> Link:
    return Link(url, "某局2019年政府信息公开工作年度报告", "某局", 2019, "2020-01-21", "portal")


def test_a_year_of_the_portal_comes_into_the_archive(archive: Archive) -> None:
    with running_portal() as address:
        roster = demo_roster(address)
        links = discover(roster.portal("wuyou"), 2021, roster)
        first = list(fetch_links(links, archive))
        second = list(fetch_links(links, archive))
    assert Counter(record.outcome for record in first) == {"fetched": len(links)}
    assert Counter(record.outcome for record in second) == {"unchanged": len(links)}
    for record in first:
        assert record.sha256 is not None
        assert len(archive.get(record.sha256)) == record.byte_size
        assert record.archive_uri is not None
        assert record.archive_uri.endswith(record.sha256)
        assert (record.http_status, record.portal, record.error) == (200, "wuyou", None)
    kinds = Counter(record.media_type for record in first)
    assert min(kinds[kind] for kind in ("text/html", "text/plain", "text/markdown", "application/pdf")) > 0


def test_an_attachment_is_the_document_and_its_page_is_kept(
    server: ScriptedServer, archive: Archive, make_client: ClientMaker
) -> None:
    page = server.answers("/n/t1.html", Answer(body=POINTER.encode()))
    pdf = render(FORM, dict.fromkeys(FORM.cell_ids, "0"), agency="某局", year=2019, layout="pdf")
    file = server.answers("/n/files/%E5%B9%B4%E6%8A%A5.pdf", Answer(body=pdf))
    (record,) = fetch_links([link(page)], archive, client=make_client())
    assert (record.url, record.media_type) == (file, "application/pdf")
    assert (record.page_url, record.page_sha256) == (page, hashlib.sha256(POINTER.encode()).hexdigest())
    assert archive.get(record.page_sha256 or "") == POINTER.encode()
    assert archive.get(record.sha256 or "") == pdf
    assert (record.listed_agency, record.listed_on) == ("某局", "2020-01-21")


def test_a_page_with_the_report_is_the_document_even_with_an_attachment(
    server: ScriptedServer, archive: Archive, make_client: ClientMaker
) -> None:
    body = REPORT.replace(b"</body>", '<a href="a.pdf">附件</a></body>'.encode())
    url = server.answers("/t.html", Answer(body=body))
    (record,) = fetch_links([link(url)], archive, client=make_client())
    assert (record.url, record.page_url, record.media_type) == (url, None, "text/html")
    assert server.times("/a.pdf") == 0


def test_an_attachment_that_is_gone_is_a_record(
    server: ScriptedServer, archive: Archive, make_client: ClientMaker
) -> None:
    page = server.answers("/n/t1.html", Answer(body=POINTER.encode()))
    (record,) = fetch_links([link(page)], archive, client=make_client())
    assert (record.outcome, record.error_class, record.http_status) == ("failed", "http_status", 404)
    assert record.page_url == page


def test_one_failure_stops_nothing(server: ScriptedServer, archive: Archive, make_client: ClientMaker) -> None:
    server.answers("/robots.txt", Answer(body=b"User-agent: *\nDisallow: /internal/\n"))
    urls = [
        server.answers("/gone.html", Answer(404)),
        server.answers("/internal/x.html", Answer()),
        server.answers("/large.html", Answer(body=b"x" * 200_001)),
        "file:///etc/passwd",
        server.answers("/good.html", Answer(body=REPORT)),
    ]
    records = list(fetch_links(map(link, urls), archive, client=make_client(size_limit=200_000)))
    assert [record.url for record in records] == urls
    assert [record.error_class for record in records] == ["http_status", "robots", "too_large", "address", None]
    assert [record.outcome for record in records] == ["failed"] * 4 + ["fetched"]
    assert all(record.error for record in records[:4])
    assert list(archive.iter()) == [records[-1].sha256]


def test_the_kind_is_told_by_content(server: ScriptedServer, archive: Archive, make_client: ClientMaker) -> None:
    body = "<html><table><tr><td>名为 Word，实为网页</td></tr></table></html>".encode()
    url = server.answers("/r.doc", Answer(body=body, headers={"Content-Type": "application/msword"}))
    odd = server.answers("/r.bin", Answer(body=bytes(range(256)), headers={"Content-Type": "application/X-Odd; a=b"}))
    records = list(fetch_links([link(url), link(odd)], archive, client=make_client()))
    assert [record.media_type for record in records] == ["text/html", "application/x-odd"]
    assert records[0].content_type == "application/msword"


def test_a_record_has_the_columns_of_the_warehouse() -> None:
    from gongkai.warehouse.runs import _FETCH_COLUMNS

    assert set(_FETCH_COLUMNS) <= set(FetchRecord.__dataclass_fields__)


def test_a_link_travels_as_json(server: ScriptedServer) -> None:
    import json

    given = link(f"{server.address}/a")
    assert Link(**json.loads(json.dumps(asdict(given)))) == given
