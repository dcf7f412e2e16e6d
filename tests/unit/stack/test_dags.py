from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from gongkai.local.airflow_api import DAGS, INGEST, WATCHES
from gongkai.orchestrate.pools import group_of, pools
from gongkai.settings import settings

PROJECT = Path(__file__).parents[3]
TWO_SCREENS = 100  # lines

# In a process of its own: importing Airflow reads its configuration from the environment, once and for all.
LOAD = """
import json, sys
import pendulum
from airflow.dag_processing.dagbag import DagBag
from airflow.timetables.trigger import CronPartitionTimetable

def partitions(dag):
    # of each run that cron starts in two years: the year it runs in, and its partition
    given = dag.timetable
    if not hasattr(given, "run_offset"):
        return []
    cron = CronPartitionTimetable(
        given.expression, timezone=given.timezone, run_offset=given.run_offset, key_format=given.key_format
    )
    found, at = [], cron._get_next(pendulum.datetime(2026, 1, 1))
    while at.year < 2028:
        found.append((at.in_timezone("Asia/Shanghai").year, cron._get_partition_info(at)[1]))
        at = cron._get_next(at)
    return found

bag = DagBag(sys.argv[1])
dags = {
    dag.dag_id: {
        "tasks": {
            task.task_id: {"pool": task.pool, "retries": task.retries, "upstream": sorted(task.upstream_task_ids)}
            for task in dag.tasks
        },
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "timetable": type(dag.timetable).__name__,
        "paused": bool(dag.is_paused_upon_creation),
        "partitions": partitions(dag),
    }
    for dag in bag.dags.values()
}
print("RESULT" + json.dumps({"errors": bag.import_errors, "dags": dags}))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return load(tmp_path_factory.mktemp("airflow"))


def load(home: Path, **variables: str) -> dict[str, Any]:
    env = {**os.environ, "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False", **variables}
    command = [sys.executable, "-c", LOAD, str(PROJECT / "dags")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.split("RESULT", 1)[1])
    return found


def test_the_dags_load_without_errors(loaded: dict[str, Any]) -> None:
    assert loaded["errors"] == {}
    assert set(loaded["dags"]) == set(DAGS)


def test_every_task_is_tried_again_and_bounded_by_a_pool(loaded: dict[str, Any]) -> None:
    for dag in loaded["dags"].values():
        for name, task in dag["tasks"].items():
            assert task["retries"] >= 1, name
            assert task["pool"] in pools(), name


def test_a_year_is_ingested_step_by_step(loaded: dict[str, Any]) -> None:
    upstream = {name: task["upstream"] for name, task in loaded["dags"]["ingest_report_year"]["tasks"].items()}
    assert upstream == {
        "begin": [],
        "discover": ["begin"],
        "fetch": ["discover"],
        "archive": ["fetch"],
        "parse": ["archive"],
        "load": ["parse"],
        "tally": ["archive", "load"],
    }


def test_each_host_group_has_tasks_and_a_pool_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = "zj.gov.cn=4,example.gov.cn=1"
    tasks = load(tmp_path, GONGKAI_HOST_GROUPS=given)["dags"]["ingest_report_year"]["tasks"]
    for suffix, pool in {"": "", "_zj_gov_cn": ".zj.gov.cn", "_example_gov_cn": ".example.gov.cn"}.items():
        assert tasks[f"discover{suffix}"]["pool"] == tasks[f"fetch{suffix}"]["pool"] == f"gongkai_fetch{pool}"
        assert tasks[f"fetch{suffix}"]["upstream"] == [f"discover{suffix}"]
        assert f"fetch{suffix}" in tasks["archive"]["upstream"]
    monkeypatch.setenv("GONGKAI_HOST_GROUPS", given)
    settings.cache_clear()
    try:
        assert {name: slots for name, (slots, _) in pools().items() if "." in name} == {
            "gongkai_fetch.zj.gov.cn": 4,
            "gongkai_fetch.example.gov.cn": 1,
        }
        urls = ["http://www.zj.gov.cn/a", "https://zj.gov.cn:8443/", "http://xzj.gov.cn/", "http://example.gov.cn"]
        assert [group_of(url) for url in urls] == ["zj.gov.cn", "zj.gov.cn", None, "example.gov.cn"]
    finally:
        settings.cache_clear()


def test_nothing_goes_live_that_the_gate_has_not_seen(loaded: dict[str, Any]) -> None:
    publish = loaded["dags"]["publish_marts"]
    upstream = {name: set(task["upstream"]) - {"number"} for name, task in publish["tasks"].items()}
    order = ["intermediate", "verdicts", "marts", "settled", "diff", "gate", "go_live"]
    for before, after in pairwise(order):
        assert upstream[after] == {before}
    assert publish["max_active_runs"] == 1


def test_the_past_is_not_caught_up_by_itself(loaded: dict[str, Any]) -> None:
    assert not any(dag["catchup"] for dag in loaded["dags"].values())


def test_what_runs_by_itself_is_about_the_year_before(loaded: dict[str, Any]) -> None:
    runs = {name: dag["partitions"] for name, dag in loaded["dags"].items()}
    assert [len(runs[name]) for name in (INGEST, *WATCHES)] == [2, 38, 16]
    for name in (INGEST, *WATCHES):
        assert all(int(partition) == year - 1 for year, partition in runs[name]), name


def test_the_watches_do_what_an_ingestion_does_once_somebody_wants_them(loaded: dict[str, Any]) -> None:
    for name in WATCHES:
        assert loaded["dags"][name]["tasks"] == loaded["dags"][INGEST]["tasks"]
        assert loaded["dags"][name]["paused"]


def test_reparsing_visits_no_portal(loaded: dict[str, Any]) -> None:
    assert set(loaded["dags"]["reparse_report_year"]["tasks"]) == {"archived", "parse", "load", "tally"}


@pytest.mark.parametrize("path", sorted((PROJECT / "dags").glob("*.py")), ids=lambda path: path.name)
def test_a_dag_fits_on_two_screens(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= TWO_SCREENS
