"""How `parse DIR --jobs N --format json` scales, when it starts, and what its worker processes hold in memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import NamedTuple

import psutil
from rich.table import Table

from gongkai.demo.render import LAYOUTS

_REPORTS = {"pdf": 400}
_MOST_REPORTS = 2000
"""So many that each worker is replaced at least once."""


class Measured(NamedTuple):
    """Of one run: seconds to the first report, reports a second from then on, bytes that a process held at most."""

    start: float
    rate: float
    peak: int


def workers_table(documents: Mapping[str, Sequence[bytes]], jobs: Sequence[int] = (1, 2)) -> Table:
    """Reports a second of wall time once the first is there, and the most that one process held.

    Args:
        documents: by layout, a few that are read again and again.
    """
    table = Table(title="parse DIR --jobs N --format json (without OCR, which has bounds of its own)")
    for heading in ("layout", "reports", "jobs", "s to the first", "reports a second", "of one job", "MB of a process"):
        table.add_column(heading, justify="left" if heading == "layout" else "right")
    for layout, files in documents.items():
        rates: dict[int, float] = {}
        with TemporaryDirectory() as folder:
            count = _REPORTS.get(layout, _MOST_REPORTS)
            _write(Path(folder), files, LAYOUTS[layout].extension, count)
            for number in jobs:
                start, rates[number], peak = _measured(folder, number)
                share = f"{rates[number] / rates[jobs[0]]:.2f}"
                figures = (f"{start:.2f}", f"{rates[number]:.0f}", share, f"{peak / 1e6:.0f}")
                table.add_row(layout, f"{count:,}", str(number), *figures)
    return table


def _write(folder: Path, files: Sequence[bytes], extension: str, count: int) -> None:
    for n in range(count):
        (folder / f"{n}.{extension}").write_bytes(files[n % len(files)])


def _measured(folder: str, jobs: int) -> Measured:
    """Run the command as a person would, and note when each line comes."""
    peak, over = [0], Event()

    def watch() -> None:
        while not over.wait(0.1):
            for child in psutil.Process(os.getpid()).children(recursive=True):
                with suppress(psutil.Error):
                    peak.append(child.memory_info().rss)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    command = [sys.executable, "-m", "gongkai.cli", "parse", folder, "--format", "json", "--jobs", str(jobs)]
    times = [time.perf_counter()]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parsing:
        assert parsing.stdout is not None
        times += [time.perf_counter() for _ in parsing.stdout]
    over.set()
    watcher.join()
    if parsing.returncode:
        raise RuntimeError("some reports were not read: nothing to measure")
    return Measured(times[1] - times[0], (len(times) - 2) / (times[-1] - times[1]), max(peak))
