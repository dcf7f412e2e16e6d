"""The real stack: one year from the portal through the real Airflow into the marts, and a worker killed on the way."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import psycopg
import pytest
from psycopg import Connection

from gongkai.local.airflow_api import INGEST, PUBLISH, AirflowApi, Run
from gongkai.local.stack import Stack
from gongkai.warehouse.connection import connect, dsns
from gongkai.warehouse.postgres.configuration import SUPERUSER
from gongkai.warehouse.postgres.server import DATABASE, EmbeddedPostgres
from tests.integration.airflow.conftest import wait_for, wait_for_end

pytestmark = [pytest.mark.airflow, pytest.mark.postgres, pytest.mark.timeout(600)]

YEAR = "2021"


@contextmanager
def locked_cells(stack: Stack) -> Iterator[None]:
    """While this holds, a load stands still in the middle of its transaction: reports inserted, figures not."""
    with connect(dsns(stack.settings).owner) as conn, conn.transaction():
        conn.execute("LOCK TABLE raw.cell IN EXCLUSIVE MODE")
        yield


def loading_task(stack: Stack, api: AirflowApi, run: Run) -> psutil.Process | None:
    """The process of the task whose load waits for the lock. Airflow hides all of a task but its title."""
    waiting = """
        SELECT 1 FROM pg_stat_activity JOIN pg_locks USING (pid)
        WHERE relation = 'raw.cell'::regclass AND NOT granted AND query LIKE 'COPY raw.cell%'
    """
    with connect(EmbeddedPostgres.from_settings(stack.settings).dsn(SUPERUSER, DATABASE)) as conn:
        if conn.execute(waiting).fetchone() is None:
            return None
    titles = {f"airflow worker -- {task['id']}" for task in api.tasks(run) if task["task_id"] == "load"}
    processes = psutil.process_iter(["cmdline"])
    return next((each for each in processes if " ".join(each.info["cmdline"] or ()).strip() in titles), None)


def kill_worker_of(task: psutil.Process) -> None:
    """Kill the executor's worker process and the task in it, as a machine that runs out of memory does."""
    worker = task.parent()
    assert worker is not None
    for victim in (worker, task):
        victim.send_signal(signal.SIGKILL)
    psutil.wait_procs([worker, task], timeout=10)


def tries(api: AirflowApi, run: Run, task_id: str) -> list[tuple[int, str]]:
    return [(task["try_number"], task["state"]) for task in api.tasks(run) if task["task_id"] == task_id]


@pytest.fixture(scope="module")
def ingested(stack: Stack, api: AirflowApi, owner: Connection) -> Run:
    """One year, ingested by a run whose worker was killed in the middle of the load."""
    with locked_cells(stack):
        run = api.trigger(INGEST, YEAR)
        kill_worker_of(wait_for("a load that waits for the lock", lambda: loading_task(stack, api, run)))
        # Nothing of the transaction is to be seen, and nothing of it may stay.
        assert owner.execute("SELECT count(*) FROM raw.report").fetchone() == (0,)
    return wait_for_end(api, run)


@pytest.fixture(scope="module")
def published(api: AirflowApi, ingested: Run) -> Run:
    def begun() -> Run | None:
        return next((run for run in api.runs(PUBLISH) if run.partition == YEAR), None)

    assert ingested.state == "success", api.errors(ingested)
    run = wait_for_end(api, wait_for("a publication", begun))
    assert run.state == "success", api.errors(run)
    return run


def test_a_killed_worker_loses_nothing(api: AirflowApi, ingested: Run) -> None:
    assert ingested.state == "success", api.errors(ingested)
    assert tries(api, ingested, "load") == [(2, "success")]


def test_a_killed_worker_leaves_no_duplicates(ingested: Run, owner: Connection) -> None:
    reports = owner.execute("SELECT count(*), count(DISTINCT (sha256, ordinal)) FROM raw.report").fetchone()
    assert reports is not None
    assert reports[0] == reports[1] > 0
    twice = "SELECT report_id, cell_id FROM raw.cell GROUP BY 1, 2 HAVING count(*) > 1"
    assert owner.execute(twice).fetchall() == []
    per_report = (
        "SELECT DISTINCT count(cell_id) FROM raw.report LEFT JOIN raw.cell USING (report_id) GROUP BY report_id"
    )
    assert owner.execute(per_report).fetchall() == [(200,)]


def test_an_unreadable_file_fails_no_batch(ingested: Run, owner: Connection) -> None:
    unread = "SELECT count(*) FROM raw.outcome WHERE stage = 'parse' AND status = 'unreadable' AND error IS NOT NULL"
    assert owner.execute(unread).fetchone() != (0,)
    runs = "SELECT ingest_year, status, unreadable > 0 FROM raw.ingest_run"
    assert owner.execute(runs).fetchall() == [(int(YEAR), "complete", True)]


def test_mapped_tasks_carry_readable_names(api: AirflowApi, ingested: Run) -> None:
    names = {task["task_id"]: task["rendered_map_index"] for task in api.tasks(ingested) if task["map_index"] == 0}
    assert names["discover"] == "wuyou"
    assert names["fetch"].startswith("wuyou (")
    assert names["parse"].startswith("documents 1 to ")


def test_the_marts_are_there_for_a_bi_tool(stack: Stack, published: Run, owner: Connection) -> None:
    held = owner.execute("SELECT count(*) FROM audit.verdict WHERE verdict = 'held'").fetchone()
    reports = owner.execute("SELECT count(*) FROM audit.verdict").fetchone()
    assert held is not None
    assert reports is not None
    with connect(dsns(stack.settings).bi_reader) as conn:
        years = conn.execute(
            "SELECT report_year, publication_id, count(*) FROM marts.agency_year GROUP BY 1, 2"
        ).fetchall()
        assert years == [(int(YEAR), 1, reports[0] - held[0])]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT * FROM raw.report")
        with pytest.raises(psycopg.Error):
            conn.execute("DELETE FROM marts.agency_year")
