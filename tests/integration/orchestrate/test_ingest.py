"""The steps of an ingestion against a simulated portal and a real Postgres: found once, nothing twice, nothing lost."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from gongkai.orchestrate import ingest
from gongkai.roster.draft import AGENCY_COLUMNS, PORTAL_COLUMNS
from gongkai.settings import settings
from tests.support.simulator import STARTS, Simulator, Site, running
from tests.support.simulator.site import agency
from tests.support.warehouse import WarehouseUnderTest

pytestmark = pytest.mark.postgres

YEAR = 2021
COUNT = 60
TROUBLE = {5: "pdf", 6: "docx", 7: "gone", 8: "challenge", 9: "error", 10: "reset", 11: "moved", 12: "short"}
LOST = {7, 8, 12}
SLOW = dict.fromkeys(range(20, COUNT + 1), "slow")

Environment = dict[str, str]


@pytest.fixture
def server() -> Iterator[Simulator]:
    with running(Site(COUNT, trouble=TROUBLE | SLOW)) as simulator:
        yield simulator


@pytest.fixture
def environment(
    server: Simulator, warehouse: WarehouseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Environment]:
    """The settings of a deployment whose only portal is the simulator; for this process and those it starts."""
    write_roster(tmp_path, server)
    with warehouse.connect() as owner:
        owner.execute("TRUNCATE raw.document, raw.report, raw.cell, raw.ingest_run, raw.fetch, raw.outcome CASCADE")
    variables = {
        "GONGKAI_DATABASE_URL": warehouse.dsns.owner,
        "GONGKAI_LOADER_URL": warehouse.dsns.loader,
        "GONGKAI_ROSTER_DIR": str(tmp_path),
        "GONGKAI_ARCHIVE_URL": (tmp_path / "archive").as_uri(),
        "GONGKAI_UNREADABLE_SHARE": "1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield os.environ | variables
    settings.cache_clear()


def write_roster(folder: Path, server: Simulator) -> None:
    host = server.host
    portal = {"portal_id": "sim", "name": "模拟", "region_code": "330300", "module": "auto", "interval": "0"}
    portal |= {"url": server.address + STARTS["hanweb"], "official_hosts": host, "private_hosts": host}
    body = {"region_code": "330300", "level": "prefecture", "organ_type": "department", "scope": "own_organ"}
    agencies = [
        {"agency_id": f"a{n}", "name": agency(n), "portal": "sim", "valid_from": "2019-01-01", **body}
        for n in range(1, COUNT + 1)
    ]
    for name, columns, rows in (("portals", PORTAL_COLUMNS, [portal]), ("agencies", AGENCY_COLUMNS, agencies)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)


FETCH = (
    "import json, sys; from gongkai.orchestrate import ingest; ingest.fetch_portal(json.load(sys.stdin), 2021, 'run')"
)


def fetch_and_be_killed(found: Any, environment: Environment, conn: Connection) -> int:
    """Start the task that fetches, and kill it once it has written some rows; how many it had."""
    with subprocess.Popen([sys.executable, "-c", FETCH], stdin=subprocess.PIPE, env=environment, text=True) as task:
        assert task.stdin is not None
        task.stdin.write(json.dumps(found))
        task.stdin.close()
        until = time.monotonic() + 60
        while not (written := rows(conn)) and time.monotonic() < until:
            time.sleep(0.05)
        task.send_signal(signal.SIGKILL)
    return written


def rows(conn: Connection) -> int:
    return int(conn.execute("SELECT count(*) FROM raw.fetch WHERE run_id = 'run'").fetchall()[0][0])


def test_a_killed_task_goes_on_where_it_stopped(
    server: Simulator, environment: Environment, warehouse: WarehouseUnderTest
) -> None:
    ingest.begin("run", YEAR, "portal")
    assert ingest.portals_to_visit(YEAR) == ["sim"]
    found = ingest.discover_year("sim", YEAR, "run")
    assert (found["cms"], len(found["links"])) == ("hanweb", COUNT)
    with warehouse.connect() as conn:
        pages = conn.execute("SELECT outcome, sha256, byte_size > 1000, duration_ms >= 0 FROM raw.listing").fetchall()
    assert len({sha256 for _, sha256, *_ in pages}) == len(pages) == COUNT / 20
    assert {(outcome, *rest) for outcome, _, *rest in pages} == {("fetched", True, True)}
    with warehouse.connect() as conn:
        written = fetch_and_be_killed(found, environment, conn)
        assert 0 < written < COUNT
        ingest.fetch_portal(found, YEAR, "run")
        requests = conn.execute("SELECT coalesce(page_url, url), outcome, sha256 FROM raw.fetch").fetchall()
        documents = conn.execute("SELECT count(*) FROM raw.document").fetchone()
    assert len(requests) == len({url for url, _, _ in requests}) == COUNT
    assert Counter(outcome == "failed" for _, outcome, _ in requests) == {False: COUNT - len(LOST), True: len(LOST)}
    assert documents == (COUNT - len(LOST),)
    # what the first task had written was not asked for again
    again = Counter(asked.path for asked in server.asked if "/art/" in asked.path)
    assert sum(1 for path in again if again[path] == 1) >= written - len(TROUBLE)


def test_the_next_run_sees_what_has_changed(
    server: Simulator, environment: Environment, warehouse: WarehouseUnderTest
) -> None:
    server.site.trouble = {}
    with warehouse.connect() as conn:
        for run_id in ("first", "second"):
            ingest.begin(run_id, YEAR, "portal")
            ingest.fetch_portal(ingest.discover_year("sim", YEAR, run_id), YEAR, run_id)
            conn.execute(
                "INSERT INTO raw.outcome (run_id, ingest_year, stage, item, sha256, status) "
                "SELECT run_id, ingest_year, 'parse', url, sha256, 'not_a_report' FROM raw.fetch WHERE run_id = %s",
                (run_id,),
            )
            if run_id == "first":
                assert ingest.tally_year(run_id, YEAR)["vanished"] == 0
                server.site.revised, server.site.unlisted = {3}, set(range(40, COUNT + 1))
        with pytest.raises(ingest.TallyError, match=r"21 reports .* no longer listed"):
            ingest.tally_year("second", YEAR)
        tally = ingest.tally_year("second", YEAR, reason="these bodies were merged")
        outcomes = conn.execute("SELECT outcome, count(*) FROM raw.fetch WHERE run_id = 'second' GROUP BY 1").fetchall()
    assert (tally["vanished"], tally["replaced"], tally["fetched"]) == (21, 1, 39)
    assert dict(outcomes) == {"unchanged": 38, "fetched": 1}


def test_a_dead_portal_is_an_outcome(
    server: Simulator, environment: Environment, warehouse: WarehouseUnderTest
) -> None:
    server.site.unlisted = set(range(1, COUNT + 1))
    ingest.begin("run", YEAR, "portal")
    found = ingest.discover_year("sim", YEAR, "run")
    assert found["links"] == []
    ingest.fetch_portal(found, YEAR, "run")
    with warehouse.connect() as conn:
        row = conn.execute("SELECT status, error FROM raw.outcome WHERE stage = 'discover'").fetchone()
        pages = conn.execute("SELECT url, outcome, http_status, cms FROM raw.listing").fetchall()
    assert pages == [(server.address + STARTS["hanweb"], "fetched", 200, "hanweb")]
    assert row is not None
    assert row[0] == "failed"
    assert f"lists no report of 2021, but the roster expects {COUNT}" in row[1]
