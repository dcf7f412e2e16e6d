from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from gongkai.local import process
from gongkai.local.state import Process

SLEEPS = "import time; time.sleep(60)"
# A parent whose child leads a session of its own, as Airflow's task processes do.
HAS_CHILD = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {SLEEPS!r}], start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""
DEAF = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"

Start = Callable[[str], Process]


@pytest.fixture
def mark() -> str:
    return f"test-{os.getpid()}-{time.monotonic_ns()}"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def start(mark: str, tmp_path: Path, log: Path) -> Iterator[Start]:
    started = []

    def run(code: str) -> Process:
        command = [sys.executable, "-c", code]
        started.append(process.start(command, mark=mark, env=os.environ, cwd=tmp_path, log=log))
        return started[-1]

    yield run
    process.stop(started, mark)


def wait_for(log: Path) -> str:
    until = time.monotonic() + 10
    while not log.exists() or not log.read_text().strip():
        assert time.monotonic() < until
        time.sleep(0.02)
    return log.read_text().strip()


def test_a_process_is_started_seen_and_stopped(start: Start, mark: str) -> None:
    started = start(SLEEPS)
    assert process.running(started)
    assert [found.pid for found in process.marked(mark)] == [started.pid]
    assert process.stop([started], mark) == 1
    assert not process.running(started)


def test_the_orphan_of_a_killed_parent_is_stopped(start: Start, mark: str, log: Path) -> None:
    parent = start(HAS_CHILD)
    orphan = int(wait_for(log))
    os.kill(parent.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(parent.pid)], timeout=5)
    assert psutil.pid_exists(orphan)
    assert process.stop([parent], mark) == 1
    assert not psutil.pid_exists(orphan)


def test_a_process_that_ignores_the_interrupt_is_stopped_all_the_same(
    start: Start, mark: str, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_PATIENCE", ((signal.SIGINT, 0.5), (signal.SIGTERM, 5.0)))
    deaf = start(DEAF)
    wait_for(log)
    process.stop([deaf], mark)
    assert not process.running(deaf)


def test_a_later_process_of_the_same_id_is_not_ours(mark: str) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEPS]) as stranger:
        recorded = Process(stranger.pid, psutil.Process(stranger.pid).create_time() - 3600)
        assert not process.running(recorded)
        assert process.stop([recorded], mark) == 0
        assert stranger.poll() is None
        stranger.kill()


def test_a_process_that_is_gone_does_not_run(mark: str) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        recorded = Process(gone.pid, psutil.Process(gone.pid).create_time())
        gone.wait()
    assert not process.running(recorded)
    assert process.stop([recorded], mark) == 0
