"""The real DAG over portals of every vendor with all their troubles, killed at several moments on its way."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from psycopg import Connection

from gongkai.archive import Archive
from gongkai.local import process
from gongkai.local.airflow_api import INGEST, AirflowApi, Run
from gongkai.local.stack import Stack
from gongkai.local.state import load_state
from tests.integration.airflow.conftest import wait_for_end
from tests.integration.airflow.portals import GROUP, INTERVAL, POLITE_REPORTS, YEAR, Simulated

pytestmark = [pytest.mark.airflow, pytest.mark.postgres, pytest.mark.timeout(600)]

LISTING = 4
"""Requests until a listing of three pages is read: robots.txt and the pages."""


@dataclass(frozen=True)
class Kill:
    """Whom to kill once a portal has been asked so often: the crawling process, or the task that started it."""

    portal: str
    asked: int
    task: bool


KILLS = (
    Kill("hanweb", 2, task=False),  # on the first page of its listing
    Kill("hanweb-old", LISTING - 1, task=True),
    Kill("trs", LISTING + 2, task=True),  # at its first report
    Kill("lonsun", LISTING + 6, task=True),
    Kill("lonsun-json", LISTING + 6, task=False),
    Kill("vsb", LISTING + 11, task=True),  # near the end
)


def victim(mark: str, portal: Simulated, kill: Kill) -> psutil.Process | None:
    """The process that talks to the portal's server, or its parent."""
    port = portal.server.server_address[1]
    for crawl in process.marked(mark):
        try:
            if "gongkai.fetch.crawl" in crawl.cmdline() and any(
                connection.raddr and connection.raddr.port == port for connection in crawl.net_connections()
            ):
                return crawl.parent() if kill.task else crawl
        except psutil.Error:
            continue
    return None


def kill_on_the_way(stack: Stack, simulated: list[Simulated], ended: Callable[[], bool]) -> set[Kill]:
    """Carry out the kills as their moments come; those that were."""
    mark, portals = load_state(stack.layout.state).mark, {portal.portal_id: portal for portal in simulated}
    due, done = list(KILLS), set[Kill]()
    until = time.monotonic() + 240
    while due and not ended() and time.monotonic() < until:
        for kill in [kill for kill in due if len(portals[kill.portal].server.asked) >= kill.asked]:
            if found := victim(mark, portals[kill.portal], kill):
                found.kill()
                due.remove(kill)
                done.add(kill)
        time.sleep(0.02)
    return done


@pytest.fixture(scope="module")
def crawled(stack: Stack, api: AirflowApi, simulated: list[Simulated]) -> Run:
    """A run over all simulated portals, with the kills."""
    run = api.trigger(INGEST, str(YEAR), conf={"portals": [portal.portal_id for portal in simulated]})
    looked = [time.monotonic()]

    def ended() -> bool:
        if time.monotonic() < looked[0] + 2:
            return False
        looked[0] = time.monotonic()
        return api.run(run).finished

    assert kill_on_the_way(stack, simulated, ended) == set(KILLS)
    return wait_for_end(api, run)


def test_a_kill_at_any_moment_loses_nothing(api: AirflowApi, crawled: Run, simulated: list[Simulated]) -> None:
    assert crawled.state == "success", api.errors(crawled)
    tries = {
        (task["task_id"].partition("_")[0], task["rendered_map_index"].partition(" ")[0]): task["try_number"]
        for task in api.tasks(crawled)
        if task["task_id"].startswith(("discover_", "fetch_"))
    }
    killed = {("discover" if kill.asked < LISTING else "fetch", kill.portal) for kill in KILLS}
    assert {key for key, number in tries.items() if number > 1} == killed


def test_everything_is_found_once_and_nothing_twice(
    crawled: Run, owner: Connection, simulated: list[Simulated], stack: Stack
) -> None:
    query = "SELECT coalesce(page_url, url), error_class, sha256 FROM raw.fetch WHERE ingest_year = %s AND portal = %s"
    for portal in simulated:
        rows = owner.execute(query, (YEAR, portal.portal_id)).fetchall()
        assert len(rows) == portal.server.site.agencies
        assert {url: error_class for url, error_class, _ in rows} == portal.ends(), portal.portal_id
        assert all((sha256 is None) == (error_class is not None) for _, error_class, sha256 in rows)
    hashes = {sha256 for (sha256,) in owner.execute("SELECT sha256 FROM raw.fetch WHERE sha256 IS NOT NULL")}
    archive = Archive(stack.settings.archive)
    assert all(archive.get(sha256) for sha256 in hashes)
    twice = "SELECT sha256, ordinal FROM raw.report GROUP BY 1, 2 HAVING count(DISTINCT parser_version) < count(*)"
    assert owner.execute(twice).fetchall() == []


def test_what_was_done_before_a_kill_is_not_asked_for_again(crawled: Run, simulated: list[Simulated]) -> None:
    killed = {kill.portal for kill in KILLS}
    for portal in simulated:
        fine = [url.removeprefix(portal.server.address) for url, end in portal.ends().items() if end is None]
        asked = Counter(one.path for one in portal.server.asked)
        again = sum(asked[path] - 1 for path in fine)
        # what the server itself refused at first, and what a second of work was lost of
        assert again <= (12 if portal.portal_id in killed else 3), portal.portal_id


def test_the_rate_of_a_host_is_kept_though_two_portals_are_on_it(crawled: Run, simulated: list[Simulated]) -> None:
    first, second = [portal for portal in simulated if portal.interval]
    assert first.server is second.server
    times = [asked.at for asked in first.server.asked]
    # each lists and fetches in turn: robots.txt twice, a page of the listing, the reports
    assert len(times) == 2 * (2 + 1 + POLITE_REPORTS)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) > INTERVAL / 2  # a request may be held up on its way, and the next one not
    assert times[-1] - times[0] > INTERVAL * len(gaps) * 0.95


def test_the_portals_of_a_host_group_are_in_its_pool(api: AirflowApi, crawled: Run) -> None:
    pools = {task["pool"] for task in api.tasks(crawled) if task["rendered_map_index"] and "fetch" in task["task_id"]}
    assert pools >= {f"gongkai_fetch.{GROUP}"}
    elsewhere = [task["state"] for task in api.tasks(crawled) if task["task_id"] == "discover"]
    assert elsewhere == ["skipped"]  # no portal of this run is outside the group


def test_nothing_is_left_of_the_crawls(stack: Stack, crawled: Run) -> None:
    mark = load_state(stack.layout.state).mark
    assert [one for one in process.marked(mark) if "gongkai.fetch.crawl" in one.cmdline()] == []
    assert list(Path(stack.layout.folder / "tmp").glob("gongkai-*")) == []
