from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from gongkai.demo.portal import running_portal
from gongkai.demo.samples import demo_roster, notices, samples
from gongkai.errors import FetchError, SettingsError, UnreadableError
from gongkai.fetch import discover
from gongkai.fetch.generic import read_listing
from gongkai.roster import Roster
from tests.unit.fetch.conftest import Answer, ClientMaker, ScriptedServer

URL = "http://portal.example/xxgk/index.html"


@pytest.fixture(scope="module")
def roster() -> Iterator[Roster]:
    with running_portal() as address:
        yield demo_roster(address)


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_everything_on_the_portal_is_found_once(roster: Roster, year: int) -> None:
    found = [link for portal in roster.portals for link in discover(portal, year, roster)]
    listed = {one.title for one in samples() if one.year == year} | {one.title for one in notices() if one.year == year}
    assert len(found) == len(listed)
    assert {link.title for link in found} == listed
    assert len({link.url for link in found}) == len(found)


def test_a_link_says_whose_report_it_is(roster: Roster) -> None:
    links = {link.title: link for link in discover(roster.portal("wuyou"), 2020, roster)}
    for one in samples():
        if one.agency.portal == "wuyou" and one.year == 2020:
            link = links[one.title]
            assert roster.agency_id(link.agency or "") == one.agency.agency_id
            assert (link.listed_on, link.year, link.portal) == (one.published_on.isoformat(), 2020, "wuyou")
    (notice,) = notices()
    assert links[notice.title].agency is None


def test_an_empty_listing_is_fine_where_nothing_is_expected(roster: Roster) -> None:
    assert discover(roster.portal("fuzhou"), 2021, roster) == []


def served(server: ScriptedServer, roster: Roster, *pages: str) -> Roster:
    """The roster with its first portal at the scripted server."""
    for number, page in enumerate(pages):
        server.answers(f"/{number}.html", Answer(body=f"<html><body>{page}</body></html>".encode()))
    here = roster.portals[0].model_copy(update={"url": f"{server.address}/0.html"})
    return dataclasses.replace(roster, portals=(here, *roster.portals[1:]))


REPORT = '<li><a href="r{0}.html">某局2019年政府信息公开工作年度报告{0}</a> 2020-01-{0}</li>'


def test_an_empty_listing_is_an_error_where_reports_are_expected(
    server: ScriptedServer, roster: Roster, make_client: ClientMaker
) -> None:
    changed = served(server, roster, "<p>本站已迁移</p>")
    with pytest.raises(FetchError, match="lists no report of 2019, but the roster expects 22"):
        discover(changed.portals[0], 2019, changed, client=make_client())


def test_pages_that_go_in_circles_end(server: ScriptedServer, roster: Roster, make_client: ClientMaker) -> None:
    pages = [REPORT.format(number + 10) + f'<a href="{(number + 1) % 3}.html">下一页</a>' for number in range(3)]
    changed = served(server, roster, *pages)
    links = discover(changed.portals[0], 2019, changed, client=make_client())
    assert [link.listed_on for link in links] == ["2020-01-10", "2020-01-11", "2020-01-12"]


@pytest.mark.parametrize("bad", [Answer(404), Answer(body=b"\x00\x01\x02" * 50)])
def test_a_page_that_cannot_be_read_names_the_portal(
    server: ScriptedServer, roster: Roster, make_client: ClientMaker, bad: Answer
) -> None:
    changed = served(server, roster, REPORT.format(10) + '<a href="1.html">下一页</a>')
    server.answers("/1.html", bad)
    with pytest.raises(FetchError, match=r"portal wuyou: the listing of 2019 cannot be read: .*/1\.html|wuyou.*text"):
        discover(changed.portals[0], 2019, changed, client=make_client())


def test_an_unknown_module_names_those_known(roster: Roster) -> None:
    portal = roster.portals[0].model_copy(update={"module": "papyrus"})
    with pytest.raises(SettingsError, match="'papyrus'; known: generic"):
        discover(portal, 2019, roster)


def page(body: str, encoding: str = "utf-8") -> bytes:
    return f"<html><body>{body}</body></html>".encode(encoding)


def test_only_the_years_reports_are_taken() -> None:
    titles = [
        "乌有市财政局2019年政府信息公开工作年度报告",
        "乌有市财政局2018年政府信息公开工作年度报告",
        "乌有市财政局2019年部门预算",
        "信息公开年报",
        "2019",
    ]
    body = "".join(f'<li><a href="{n}.html">{title}</a></li>' for n, title in enumerate(titles))
    (entry,) = read_listing(page(body), URL, 2019).entries
    assert entry == ("http://portal.example/xxgk/0.html", titles[0], "乌有市财政局", None)


@pytest.mark.parametrize(
    ("title", "agency"),
    [
        ("乌有市财政局2019年度政府信息公开工作年度报告", "乌有市财政局"),
        ("乌有市财政局关于2019年政府信息公开工作的年度报告", "乌有市财政局"),
        ("乌有市财政局２０１９年政府信息公开年报", "乌有市财政局"),
        ("2019年政府信息公开工作年度报告", None),
        ("关于报送2019年度报告的通知", None),
    ],
)
def test_the_agency_in_the_title(title: str, agency: str | None) -> None:
    (entry,) = read_listing(page(f'<li><a href="a.html">{title}</a></li>'), URL, 2019).entries
    assert (entry.title, entry.agency) == (title, agency)


@pytest.mark.parametrize(
    ("date", "listed_on"),
    [
        ("<span>2020-01-21</span>", "2020-01-21"),
        ("<span>[2020/1/5]</span>", "2020-01-05"),
        ("<td>2020年1月5日</td>", "2020-01-05"),
        ("<em>2020. 01. 21</em>", "2020-01-21"),
        ("<span>2020-13-41</span>", None),
        ("", None),
    ],
)
def test_the_date_beside_a_link(date: str, listed_on: str | None) -> None:
    body = f'<ul><li><a href="a.html">某局2019年年度报告</a>{date}</li><li><a href="b.html">b</a> 2020-02-02</li></ul>'
    (entry,) = read_listing(page(body), URL, 2019).entries
    assert entry.listed_on == listed_on


def test_a_title_cut_short_is_taken_from_the_attribute() -> None:
    body = '<a href="a.html" title="某局2019年政府信息公开年度报告">某局2019年政府信…</a>'
    (entry,) = read_listing(page(body), URL, 2019).entries
    assert entry.title == "某局2019年政府信息公开年度报告"


def test_links_that_lead_nowhere_are_left_out() -> None:
    hrefs = ["javascript:void(0)", "#", "mailto:a@b.example", "http://[", "ftp://x/2019", ""]
    body = "".join(f'<a href="{href}">某局2019年年度报告</a>' for href in hrefs)
    assert read_listing(page(body), URL, 2019).entries == ()


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize(
    "link", ['<a href="p2.html">下一页</a>', '<a href="p2.html"> 下页 </a>', '<a rel="next" href="p2.html">2</a>']
)
def test_the_next_page(link: str, encoding: str) -> None:
    assert read_listing(page(link, encoding), URL, 2019).next_url == "http://portal.example/xxgk/p2.html"


def test_the_last_page_has_no_next() -> None:
    assert read_listing(page('<a href="javascript:;">下一页</a>'), URL, 2019).next_url is None
    assert read_listing(page('<a href="index.html#">下一页</a>'), URL, 2019).next_url is None


def test_bytes_that_are_no_page_are_refused() -> None:
    with pytest.raises(UnreadableError):
        read_listing(b"\x00\x01\x02\x03" * 100, URL, 2019)
