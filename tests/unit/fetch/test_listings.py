from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gongkai.demo.portal import running_portal
from gongkai.demo.samples import demo_roster, notices, samples
from gongkai.errors import FetchError, SettingsError, UnreadableError
from gongkai.fetch import discover
from gongkai.fetch.page import Page
from gongkai.fetch.vendors.generic import read
from gongkai.roster import Roster
from tests.support.simulator import Simulator, Site, running
from tests.support.simulator.server import Handler
from tests.unit.fetch.conftest import portal_of

URL = "http://portal.example/xxgk/index.html"


@pytest.fixture(scope="module")
def roster() -> Iterator[Roster]:
    with running_portal() as address:
        yield demo_roster(address)


def test_everything_on_the_portal_is_found_once(roster: Roster) -> None:
    found = [link for portal in roster.portals for link in discover(portal, 2021, roster).links]
    listed = {one.title for one in samples() if one.year == 2021} | {one.title for one in notices() if one.year == 2021}
    assert len(found) == len(listed)
    assert {link.title for link in found} == listed
    assert len({link.url for link in found}) == len(found)


def test_a_link_says_whose_report_it_is(roster: Roster) -> None:
    listing = discover(roster.portal("wuyou"), 2020, roster)
    assert listing.cms == "generic"
    links = {link.title: link for link in listing.links}
    for one in samples():
        if one.agency.portal == "wuyou" and one.year == 2020:
            link = links[one.title]
            assert roster.agency_id(link.agency or "") == one.agency.agency_id
            assert (link.listed_on, link.year, link.portal) == (one.published_on.isoformat(), 2020, "wuyou")
    (notice,) = notices()
    assert links[notice.title].agency is None


def test_a_filter_leaves_titles_out(roster: Roster) -> None:
    (notice,) = notices()
    portal = roster.portal("wuyou").model_copy(update={"title_words": ("2020年政府",)})
    found = {link.title for link in discover(roster.portal("wuyou"), 2020, roster).links}
    kept = {link.title for link in discover(portal, 2020, roster).links}
    assert kept == {title for title in found if "2020年政府" in title}
    assert notice.title in found - kept


def placed(roster: Roster, server: Simulator, path: str, **changes: object) -> Roster:
    """The roster with its first portal on the simulator."""
    here = portal_of(server, path, portal_id=roster.portals[0].portal_id, **changes)
    return dataclasses.replace(roster, portals=(here, *roster.portals[1:]))


def test_an_empty_listing_is_an_error_only_where_reports_are_expected(roster: Roster, simulator: Simulator) -> None:
    assert discover(roster.portal("fuzhou"), 2021, roster).links == ()
    changed = placed(roster, simulator, "/gk/1.html")  # a page that lists nothing
    with pytest.raises(FetchError, match="lists no report of 2019, but the roster expects 22"):
        discover(changed.portals[0], 2019, changed)


@pytest.mark.parametrize("path", ["/nowhere.html", "/internal/list.html"])
def test_a_listing_that_cannot_be_read_names_the_portal(roster: Roster, simulator: Simulator, path: str) -> None:
    changed = placed(roster, simulator, path)
    with pytest.raises(FetchError, match=rf"portal wuyou: the listing of 2019 cannot be read: .*{path}"):
        discover(changed.portals[0], 2019, changed)


def test_a_private_host_that_the_row_does_not_name_is_not_visited(
    roster: Roster, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_CONTACT", "data@example.org")
    changed = placed(roster, simulator, "/gk/list.html", private_hosts=())
    with pytest.raises(FetchError, match="is a private address"):
        discover(changed.portals[0], 2021, changed)
    assert simulator.asked == []


def test_nobody_is_visited_without_saying_who_asks(roster: Roster) -> None:
    portal = roster.portals[0].model_copy(update={"private_hosts": ()})
    with pytest.raises(SettingsError, match="GONGKAI_CONTACT"):
        discover(portal, 2021, roster)


def test_an_unknown_module_names_those_known(roster: Roster) -> None:
    portal = roster.portals[0].model_copy(update={"module": "papyrus"})
    with pytest.raises(SettingsError, match="'papyrus' is unknown; known: auto, hanweb, trs"):
        discover(portal, 2019, roster)


def page(body: str, encoding: str = "utf-8") -> Page:
    return Page(f"<html><body>{body}</body></html>".encode(encoding), URL)


def test_an_entry_says_which_year_it_is_on() -> None:
    lines = [
        ("乌有市财政局2019年政府信息公开工作年度报告（2020年1月）", 2019),
        ("乌有市财政局2018年政府信息公开工作年度报告", 2018),
        ("乌有市财政局信息公开年报", 2020),  # listed in 2021
        ("乌有市财政局2019年部门预算", None),
        ("2019", None),
    ]
    body = "".join(f'<li><a href="{n}.html">{title}</a> 2021-01-20</li>' for n, (title, _) in enumerate(lines))
    entries = read(page(body)).entries
    assert [(entry.title, entry.year) for entry in entries] == lines[:3]
    assert entries[0] == ("http://portal.example/xxgk/0.html", lines[0][0], "乌有市财政局", 2019, "2021-01-20")


def test_the_year_may_stand_in_the_address() -> None:
    (entry,) = read(page('<a href="annual.jsp?fbtime=2017">年度报告</a>')).entries
    assert entry.year == 2017


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
    (entry,) = read(page(f'<li><a href="a.html">{title}</a></li>')).entries
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
    (entry,) = read(page(body)).entries
    assert entry.listed_on == listed_on


def test_a_title_cut_short_is_taken_from_the_attribute() -> None:
    body = '<a href="a.html" title="某局2019年政府信息公开年度报告">某局2019年政府信…</a>'
    (entry,) = read(page(body)).entries
    assert entry.title == "某局2019年政府信息公开年度报告"


def test_links_that_lead_nowhere_are_left_out() -> None:
    hrefs = ["javascript:void(0)", "#", "mailto:a@b.example", "http://[", "ftp://x/2019", ""]
    body = "".join(f'<a href="{href}">某局2019年年度报告</a>' for href in hrefs)
    assert read(page(body)).entries == ()


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize(
    "link", ['<a href="p2.html">下一页</a>', '<a href="p2.html"> 下页 </a>', '<a rel="next" href="p2.html">2</a>']
)
def test_the_next_page(link: str, encoding: str) -> None:
    assert read(page(link, encoding)).next_url == "http://portal.example/xxgk/p2.html"


def test_links_count_from_where_the_page_says() -> None:
    found = read(
        page('<base target="_blank" href="/gk/"><a href="1.html">某局2019年年度报告</a><a href="?p=2">下一页</a>')
    )
    assert [entry.url for entry in found.entries] == ["http://portal.example/gk/1.html"]
    assert found.next_url == "http://portal.example/gk/?p=2"
    lost = read(page('<base href="http://["><a href="1.html">某局2019年年度报告</a>'))
    assert [entry.url for entry in lost.entries] == ["http://portal.example/xxgk/1.html"]


def answers(monkeypatch: pytest.MonkeyPatch, answer: Callable[[Handler], str]) -> None:
    """Let the simulator answer each listing so."""
    monkeypatch.setattr(Handler, "do_GET", lambda handler: handler.answer(200, answer(handler).encode()))


LINE = '<a href="/gk/{}.html">第{}局2021年政府信息公开工作年度报告</a>'


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (lambda at: LINE.format(1, 1), r"p=2 shows what the page before it shows"),
        (lambda at: LINE.format(min(at, 3), min(at, 3)), None),
        (lambda at: LINE.format(at, at), r"more than 20 pages; it seems to page in circles"),
        (lambda at: "", r"more than 20 pages; it seems to page in circles"),
    ],
    ids=["always the first", "the last for ever", "a new one for ever", "empty for ever"],
)
def test_pages_without_end(
    roster: Roster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: Callable[[int], str],
    found: str | None,
) -> None:
    # the crawling process is another one: its bound is lowered as Python starts
    (tmp_path / "sitecustomize.py").write_text("import gongkai.fetch.spiders as spiders\nspiders._PAGES = 20\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def endless(handler: Handler) -> str:
        at = int(handler.path.partition("p=")[2] or 1)
        return f'<html><body>{lines(at)}<a href="?p={at + 1}">下一页</a></body></html>'

    answers(monkeypatch, endless)
    with running(Site(1), "") as server:
        changed = placed(roster, server, "/list.html")
        if found is None:
            assert len(discover(changed.portals[0], 2021, changed).links) == 3
        else:
            with pytest.raises(FetchError, match=found):
                discover(changed.portals[0], 2021, changed)


def test_the_last_page_has_no_next() -> None:
    assert read(page('<a href="javascript:;">下一页</a>')).next_url is None
    assert read(page('<a href="index.html#">下一页</a>')).next_url is None


def test_bytes_that_are_no_page_are_refused() -> None:
    with pytest.raises(UnreadableError):
        Page(b"\x00\x01\x02\x03" * 100, URL)


def test_a_page_that_breaks_us_does_not_pass_for_the_last(
    roster: Roster, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a vendor's module with a defect, put into the crawling process as Python starts
    defect = "import gongkai.fetch.vendors.trs as trs\ndef read(page): raise KeyError('defect')\ntrs.read = read\n"
    (tmp_path / "sitecustomize.py").write_text(defect)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    changed = placed(roster, simulator, "trs")
    with pytest.raises(FetchError, match=r"index\.html cannot be read \(KeyError\('defect'\)\)"):
        discover(changed.portals[0], 2021, changed)
