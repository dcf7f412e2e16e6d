from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from scrapy.http import Response

from gongkai.archive import Archive
from gongkai.errors import SettingsError
from gongkai.fetch import Wanted
from gongkai.fetch.job import Manners
from gongkai.fetch.manners import retry_after, scrapy_settings, until_open
from tests.support.simulator import Simulator, Site, running
from tests.support.simulator.certificate import self_signed
from tests.support.simulator.server import Handler
from tests.unit.fetch.conftest import fetched, links_to, portal_of


def gaps(server: Simulator) -> list[float]:
    """Seconds between one request and the next, as the server saw them."""
    return [later.at - earlier.at for earlier, later in pairwise(server.asked)]


def errors(server: Simulator, archive: Archive, numbers: range, **row: object) -> set[str | None]:
    wanted = [Wanted(link) for link in links_to(server, numbers)]
    found = fetched(portal_of(server, "generic", **row), wanted, archive)
    assert len(found) == len(wanted)
    return {record.error_class for records in found.values() for record in records}


def test_a_host_is_never_asked_faster_than_its_interval(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_HOST_CONCURRENCY", "4")
    with running(Site(12, trouble={3: "slow", 4: "error", 5: "moved", 6: "pdf"})) as server:
        assert errors(server, archive, range(1, 13), interval=0.2) == {None}
        # robots.txt, twelve pages, one again, one elsewhere, one attachment
        assert len(server.asked) == 16
        assert server.asked[-1].at - server.asked[0].at > 15 * 0.2 * 0.95
        assert min(gaps(server)) > 0.1  # a request may be held up on its way, and the next one not


def test_a_host_that_asks_for_a_pause_is_left_alone(archive: Archive) -> None:
    with running(Site(12, trouble={1: "busy"})) as server:
        assert errors(server, archive, range(1, 13), interval=0.05) == {None}
        refused = next(number for number, asked in enumerate(server.asked) if asked.path == "/gk/1.html")
        assert gaps(server)[refused] > 0.9  # Retry-After: 1, whatever page comes next


def test_a_crawl_delay_is_kept(archive: Archive) -> None:
    with running(Site(4), "User-agent: *\nCrawl-delay: 0.3\n") as server:
        assert errors(server, archive, range(1, 5)) == {None}
        assert server.asked[-1].at - server.asked[1].at > 3 * 0.3 * 0.95


def test_rules_for_us_alone(archive: Archive) -> None:
    with running(Site(2), "User-agent: gongkai\nDisallow: /gk/\n\nUser-agent: *\nDisallow:\n") as server:
        assert errors(server, archive, range(1, 3)) == {"robots"}
        assert [urlsplit(asked.path).path for asked in server.asked] == ["/robots.txt"]


def test_a_host_without_robots_txt_allows_all(archive: Archive) -> None:
    with running(Site(2), "") as server:
        assert errors(server, archive, range(1, 3)) == {None}


def test_a_host_that_cannot_say_what_it_allows_is_not_visited(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(handler: Handler) -> None:
        asked.append(handler.path)
        handler.answer(503, b"")

    monkeypatch.setattr(Handler, "do_GET", refuse)
    with running(Site(2)) as server:
        assert errors(server, archive, range(1, 3)) == {"robots"}
    assert set(asked) == {"/robots.txt"}


def test_every_request_says_who_asks(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_CONTACT", "data@example.org")
    with running(Site(1)) as server:
        errors(server, archive, range(1, 2))
        agents = {asked.user_agent for asked in server.asked}
    assert agents == {"gongkai (research on open government information) (data@example.org)"}


def answer(retry: str) -> Response:
    return Response("http://portal.example/", status=503, headers={"Retry-After": retry})


def test_how_long_a_server_asks_to_wait() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    assert retry_after(answer("7")) == 7
    assert 35 < (retry_after(answer(then)) or 0) <= 40
    assert retry_after(answer("soon")) is None
    assert retry_after(answer("")) is None


@pytest.mark.parametrize(
    ("window", "now", "seconds"),
    [
        ("22:00-06:00", "23:30", 0),
        ("22:00-06:00", "05:59", 0),
        ("22:00-06:00", "06:00", 16 * 3600),
        ("22:00-06:00", "21:59", 60),
        ("09:00-17:00", "12:00", 0),
        ("09:00-17:00", "17:00", 16 * 3600),
        ("09:00-17:00", "08:00", 3600),
    ],
)
def test_the_hours_in_which_portals_are_visited(window: str, now: str, seconds: float) -> None:
    assert until_open(window, datetime.fromisoformat(f"2026-01-31T{now}:00+08:00")) == seconds


@pytest.mark.parametrize("window", ["22-6", "25:00-06:00", "at night", "22:00-06:60"])
def test_hours_that_are_none(window: str) -> None:
    with pytest.raises(SettingsError, match="GONGKAI_CRAWL_WINDOW"):
        until_open(window, datetime.now(UTC))


@pytest.mark.parametrize(
    ("word", "named", "elsewhere"),
    [("", "connection", "connection"), ("legacy", "connection", "connection"), ("unverified", None, "connection")],
)
def test_a_certificate_is_excepted_for_the_hosts_that_the_row_names(
    archive: Archive, tmp_path: Path, word: str, named: str | None, elsewhere: str
) -> None:
    with running(Site(2), tls=self_signed(tmp_path)) as server:
        first, second = links_to(server, [1, 2])
        second = replace(second, url=second.url.replace("127.0.0.1", "localhost"))
        found = fetched(portal_of(server, "generic", tls=word), [Wanted(first), Wanted(second)], archive)
    assert {url: records[0].error_class for url, records in found.items()} == {first.url: named, second.url: elsewhere}


def test_a_site_that_moved_to_https(archive: Archive, tmp_path: Path) -> None:
    with running(Site(1, trouble={1: "moved"})) as old, running(Site(1), tls=self_signed(tmp_path)) as new:
        old.moved_to = new.address
        hosts = (old.host, new.host)
        portal = portal_of(old, "generic", tls="unverified", private_hosts=hosts, official_hosts=hosts)
        ((record,),) = fetched(portal, [Wanted(link) for link in links_to(old, [1])], archive).values()
    assert (record.outcome, record.official, record.final_url) == ("fetched", True, f"{new.address}/moved/1.html")


def test_old_ciphers_and_protocols_are_excepted_likewise(simulator: Simulator) -> None:
    manners = Manners(1.0, 1, 30.0, 1000, 60.0, "gongkai")
    for word in ("", "legacy", "unverified"):
        given = scrapy_settings(manners, portal_of(simulator, "generic", tls=word))
        assert given["DOWNLOAD_VERIFY_CERTIFICATES"]
        assert "DOWNLOADER_CLIENT_TLS_CIPHERS" not in given
        assert ("DOWNLOADER_CLIENT_TLS_CIPHERS" in given["GONGKAI_LENIENT_TLS"]) == bool(word)
        assert given["GONGKAI_LENIENT_HOSTS"] == (("127.0.0.1",) * 3 if word else ())
