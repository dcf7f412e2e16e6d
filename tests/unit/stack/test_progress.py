from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from gongkai.local.airflow_api import INGEST, PUBLISH, AirflowApi, Run
from gongkai.local.progress import Progress, stage_of


def task(task_id: str, state: str | None, map_index: int = -1) -> dict[str, Any]:
    return {"task_id": task_id, "state": state, "map_index": map_index}


@pytest.mark.parametrize(
    ("state", "tasks", "expected"),
    [
        ("queued", [task("begin", None)], "queued"),
        ("running", [task("begin", "success"), task("discover", None)], "running"),
        (
            "running",
            [task("fetch", "success", 0), task("fetch", "running", 1), task("tally", None)],
            "fetch (1 of 2 left)",
        ),
        ("running", [task("parse", "running", 0)], "parse"),
        ("success", [task("load", "success", 0), task("tally", "success")], "ingested"),
        ("success", [task("go_live", "success"), task("again", "skipped")], "published"),
        ("success", [task("number", "skipped"), task("go_live", "skipped")], "nothing new to publish"),
        ("success", [task("again", "success"), task("gate", "skipped")], "another year came in meanwhile; starts anew"),
        ("failed", [task("number", "success"), task("gate", "failed")], "failed"),
    ],
)
def test_the_stage_of_a_run_in_words(state: str, tasks: list[dict[str, Any]], expected: str) -> None:
    assert stage_of(Run(INGEST, "r", "2019", state), tasks) == expected


class Fake(AirflowApi):
    """An Airflow whose runs are where we say."""

    def __init__(self) -> None:
        self.at: list[dict[str, Any]] = []

    def tasks(self, run: Run) -> list[dict[str, Any]]:
        return self.at


def test_without_a_terminal_each_change_is_a_line() -> None:
    out = io.StringIO()
    api, run = Fake(), Run(PUBLISH, "r", "2021", "running")
    with Progress(Console(file=out, width=100)) as progress:
        for step in ("number", "number", "gate"):
            api.at = [task(step, "running")]
            progress.show(api, [run])
    lines = [line.split("s  ", 1)[1] for line in out.getvalue().splitlines()]
    assert lines == ["2021  publish_marts: number", "2021  publish_marts: gate"]
