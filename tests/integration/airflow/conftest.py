"""One real stack for all tests of this folder, with the demo portal and simulated ones on its roster."""

from __future__ import annotations

import csv
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest
from psycopg import Connection

from gongkai.demo.samples import ROSTER_DIR
from gongkai.local.airflow_api import AirflowApi, Run
from gongkai.local.stack import Stack
from gongkai.roster.draft import AGENCY_COLUMNS, PORTAL_COLUMNS
from gongkai.settings import Settings
from gongkai.warehouse.connection import connect, dsns
from tests.integration.airflow.portals import GROUP, Simulated, agencies_of, simulated_portals

PROJECT = Path(__file__).parents[3]

Seen = TypeVar("Seen")


def wait_for(what: str, look: Callable[[], Seen | None], seconds: float = 180) -> Seen:
    until = time.monotonic() + seconds
    while (seen := look()) is None:
        assert time.monotonic() < until, f"waited {seconds} s in vain for {what}"
        time.sleep(0.5)
    return seen


def wait_for_end(api: AirflowApi, run: Run) -> Run:
    def ended() -> Run | None:
        return now if (now := api.run(run)).finished else None

    return wait_for(f"the end of {run.dag}", ended)


@pytest.fixture(scope="package")
def simulated() -> Iterator[list[Simulated]]:
    with ExitStack() as servers:
        yield simulated_portals(servers)


@pytest.fixture(scope="package")
def stack(simulated: list[Simulated]) -> Iterator[Stack]:
    # Where a service user may enter; the ports of a stack that runs on this machine are left alone.
    folder = Path(tempfile.mkdtemp(prefix="gongkai-test-"))
    folder.chmod(0o755)
    write_roster(folder / "roster", simulated)
    (folder / "tmp").mkdir()
    (folder / "tmp").chmod(0o1777)
    running = Stack(Settings(project_dir=PROJECT, state_dir=folder))
    try:
        # Its processes keep what the environment says when they start. It must not stay: pytest ends a fixture of this
        # scope after all tests of all folders.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GONGKAI_ROSTER_DIR", str(folder / "roster"))
            patch.setenv("GONGKAI_HOST_GROUPS", f"{GROUP}=4")
            patch.setenv("GONGKAI_REQUEST_SECONDS", "5")
            patch.setenv("TMPDIR", str(folder / "tmp"))
            running.up(print)
        yield running
    finally:
        running.down(print)
        shutil.rmtree(folder)


def write_roster(folder: Path, simulated: list[Simulated]) -> None:
    """The demo roster, and the simulated portals with agencies that owe a report for their year alone."""
    shutil.copytree(ROSTER_DIR, folder)
    for name, columns, rows in (
        ("portals", PORTAL_COLUMNS, [portal.row() for portal in simulated]),
        ("agencies", AGENCY_COLUMNS, agencies_of(simulated)),
    ):
        _append(folder / f"{name}.csv", columns, rows)


def _append(file: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Rows after those of a file, whose columns may be fewer."""
    with file.open(encoding="utf-8", newline="") as given:
        there = list(csv.DictReader(line for line in given if not line.startswith("#")))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(columns))
        writer.writeheader()
        writer.writerows([*there, *rows])


@pytest.fixture(scope="package")
def api(stack: Stack) -> Iterator[AirflowApi]:
    with stack.api() as api:
        yield api


@pytest.fixture(scope="package")
def owner(stack: Stack) -> Iterator[Connection]:
    with connect(dsns(stack.settings).owner) as conn:
        yield conn
