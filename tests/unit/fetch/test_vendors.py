from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from gongkai.demo.samples import demo_roster
from gongkai.fetch import discover
from gongkai.fetch.page import Entry, Page
from gongkai.fetch.vendors import VENDORS, detect
from gongkai.fetch.vendors import vendor as module_of
from tests.support.simulator import STARTS, Site, running
from tests.support.simulator.vendors import MODULES, detail, listing
from tests.unit.fetch.conftest import portal_of

HOST = "http://portal.example"


def pages(site: Site, start: str, vendor: str | None = None) -> list[tuple[Entry, ...]]:
    """The entries of each page, from the first to the last."""
    url, found, seen = HOST + STARTS[start], list[tuple[Entry, ...]](), set[str]()
    while url:
        assert url not in seen
        seen.add(url)
        parts = urlsplit(url)
        answer = listing(site, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)))
        assert answer is not None, url
        page = Page(answer.text.encode(answer.encoding), url)
        vendor = vendor or detect(page)
        read = module_of(vendor).read(page)
        found.append(read.entries)
        url = read.next_url or ""
    return found


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("agencies", [1, 20, 21, 45, 200])
def test_every_page_is_read_once(start: str, agencies: int) -> None:
    site = Site(agencies)
    entries = [entry for page in pages(site, start) for entry in page]
    assert [entry.title for entry in entries] == [site.title(number) for number in site.listed()]
    assert [entry.url for entry in entries] == [HOST + detail(start, number) for number in site.listed()]
    assert [entry.listed_on for entry in entries] == [site.published_on(n).isoformat() for n in site.listed()]
    assert {entry.year for entry in entries} == {2021}


@pytest.mark.parametrize("start", STARTS)
def test_the_vendor_is_told_by_the_page(start: str) -> None:
    parts = urlsplit(STARTS[start])
    answer = listing(Site(), parts.path, dict(parse_qsl(parts.query)))
    assert answer is not None
    assert detect(Page(answer.text.encode(answer.encoding), HOST + STARTS[start])) == MODULES[start]


def test_the_real_spider_reads_every_vendor() -> None:
    roster = demo_roster("http://127.0.0.1:1")
    site = Site(45, twice={7})
    with running(site) as server:
        for start in STARTS:
            found = discover(portal_of(server, start), 2021, roster)
            assert found.cms == MODULES[start]
            assert len(found.links) == 46
            assert {link.title for link in found.links} == {site.title(number) for number in range(1, 46)}
        listed = [asked.path for asked in server.asked if asked.path != "/robots.txt"]
    assert len(listed) == len(set(listed))


def test_three_thousand_agencies() -> None:
    roster = demo_roster("http://127.0.0.1:1")
    with running(Site(3000)) as server:
        found = discover(portal_of(server, "hanweb"), 2021, roster)
        assert len({link.url for link in found.links}) == len(found.links) == 3000
        assert len(server.asked) == 151  # 150 pages and robots.txt


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    "text",
    [
        "<html></html>", "{}", "[" * 100_000, "<record>" * 200_000, "<record><![CDATA[" * 200_000,
        "createPageHTML(99999999999999, 0, 'a', 'b')", "<datastore><nextgroup><![CDATA[<a href='http://[']]>",
        "jpage({perPage:0,totalRecord:99,proxyUrl:'dataproxy.jsp',ajaxParam:{}})", '{"a": [1, "b", {"title": 3}]}',
        "<a href='?totalpage=9'>", "<div>" * 5000,
    ],
)  # fmt: skip
def test_hostile_pages_do_no_harm(vendor: str, text: str) -> None:
    read = module_of(vendor).read(Page(text.encode(), f"{HOST}/public/column/1?pageIndex=x"))
    assert read.entries == ()
