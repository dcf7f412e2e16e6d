"""Starting and stopping processes of our own, and no others.

Each process leads a session of its own and carries the stack's mark in its environment, and so do its children: those
that outlive a killed parent are found by the mark. Airflow's parts stop at an interrupt to the whole group.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from gongkai.local.state import Process

MARK = "GONGKAI_STACK_MARK"
_SAME_START = 1.0  # seconds; the clock that start times derive from may be adjusted a little
_PATIENCE = ((signal.SIGINT, 12.0), (signal.SIGTERM, 8.0), (signal.SIGKILL, 5.0))


def start(command: Sequence[str], *, mark: str, env: Mapping[str, str], cwd: Path, log: Path) -> Process:
    """Start ``command`` in the background; its output is appended to ``log``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    # SPT_NOENV keeps setproctitle, which Airflow uses, from writing over the environment that carries the mark.
    marked = {**env, MARK: mark, "SPT_NOENV": "1"}
    with log.open("ab") as out:
        child = subprocess.Popen(
            list(command), env=marked, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    return Process(child.pid, psutil.Process(child.pid).create_time())


def running(process: Process) -> bool:
    """Whether this very process runs (and not a later one that was given the same id)."""
    try:
        found = psutil.Process(process.pid)
        return abs(found.create_time() - process.started) < _SAME_START and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _carries(process: psutil.Process, mark: str) -> bool:
    try:
        return process.pid != os.getpid() and process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False


def marked(mark: str) -> list[psutil.Process]:
    """Every process that carries ``mark``, whoever its parent is now."""
    return [process for process in psutil.process_iter() if _carries(process, mark)]


def _ours(processes: Sequence[Process], mark: str) -> list[psutil.Process]:
    found = {process.pid: process for process in marked(mark)}
    for leader in processes:
        if running(leader):
            lead = psutil.Process(leader.pid)
            found |= {process.pid: process for process in (lead, *lead.children(recursive=True))}
    return list(found.values())


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def stop(processes: Sequence[Process], mark: str) -> int:
    """Stop ``processes`` and all that carries ``mark``: first kindly, at last by force.

    Returns:
        How many processes there were.
    """
    gone: set[int] = set()
    for number, seconds in _PATIENCE:
        left = _ours(processes, mark)
        for process in left:
            _signal(process, number)
        psutil.wait_procs(left, timeout=seconds)
        gone |= {process.pid for process in left}
        if not _ours(processes, mark):
            break
    return len(gone)
