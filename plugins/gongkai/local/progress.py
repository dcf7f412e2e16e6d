"""How far the runs of Airflow are: a live table on a terminal, one line a change elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from gongkai.local.airflow_api import AirflowApi, Run

_DONE = ("success", "skipped")
# The task that ran last -> what came of the run.
_ENDINGS = {
    "tally": "ingested",
    "go_live": "published",
    "again": "another year came in meanwhile; starts anew",
}
_NOTHING_NEW = "nothing new to publish"
_SIGNS = {"success": "✓", "failed": "✗", "running": "…", "queued": "·"}


class Progress:
    """Shows runs as they go on; a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._live = Live(console=self._console, refresh_per_second=4) if self._console.is_terminal else None
        self._shown: dict[tuple[str, str | None], str] = {}
        self._started = time.monotonic()

    def __enter__(self) -> Progress:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, api: AirflowApi, runs: Sequence[Run]) -> None:
        """Show where each of the runs is now."""
        stages = {(run.dag, run.partition): (run.state, stage_of(run, api.tasks(run))) for run in runs}
        if self._live:
            self._live.update(self._table(stages))
        else:
            self._lines(stages)

    def _table(self, stages: dict[tuple[str, str | None], tuple[str, str]]) -> Table:
        table = Table(title=f"{time.monotonic() - self._started:.0f} s", box=None, title_justify="left")
        for heading in ("", "year", "DAG", "now"):
            table.add_column(heading)
        for (dag, year), (state, stage) in stages.items():
            table.add_row(_SIGNS.get(state, " "), year, dag, stage)
        return table

    def _lines(self, stages: dict[tuple[str, str | None], tuple[str, str]]) -> None:
        for key, (_, stage) in stages.items():
            if self._shown.get(key) != stage:
                self._shown[key] = stage
                self._console.print(f"{time.monotonic() - self._started:5.0f} s  {key[1]}  {key[0]}: {stage}")


def stage_of(run: Run, tasks: Iterable[dict[str, Any]]) -> str:
    """In a few words, which step a run is at, or how it ended."""
    every = list(tasks)
    if run.finished:
        ended = {task["task_id"] for task in every if task["state"] == "success"}
        otherwise = _NOTHING_NEW if run.state == "success" else run.state
        return next((words for task, words in _ENDINGS.items() if task in ended), otherwise)
    begun = [task for task in every if task["state"] not in (None, "scheduled", *_DONE)]
    counts = Counter(task["task_id"] for task in every if task["map_index"] >= 0)
    at = Counter(task["task_id"] for task in begun)
    steps = (f"{name} ({left} of {counts[name]} left)" if counts[name] > 1 else name for name, left in at.items())
    return ", ".join(steps) or run.state
