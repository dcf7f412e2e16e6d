"""How `parse DIR --jobs N --format json` scales, when it starts, and what its worker processes hold in memory."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import NamedTuple

import psutil
from rich.table import Table

from gongkai.commands.parse import json_line
from gongkai.demo.render import LAYOUTS
from gongkai.extract.workers import write_files

_REPORTS = {"pdf": 400}
_MOST_REPORTS = 2000
"""So many that each worker is replaced at least once."""


class Measured(NamedTuple):
    """Of one run: seconds to the first report, reports a second from then on, bytes that a worker held at most."""

    start: float
    rate: float
    peak: int


def workers_table(documents: Mapping[str, Sequence[bytes]], jobs: Sequence[int] = (1, 2)) -> Table:
    """Reports a second of wall time once the first is there, and the most that one worker held.

    Args:
        documents: by layout, a few that are read again and again.
    """
    table = Table(title="parse DIR --jobs N --format json (without OCR, which has bounds of its own)")
    for heading in ("layout", "reports", "jobs", "s to the first", "reports a second", "of one job", "MB of a worker"):
        table.add_column(heading, justify="left" if heading == "layout" else "right")
    for layout, files in documents.items():
        rates: dict[int, float] = {}
        with TemporaryDirectory() as folder:
            count = _REPORTS.get(layout, _MOST_REPORTS)
            paths = _written(Path(folder), files, LAYOUTS[layout].extension, count)
            for number in jobs:
                start, rates[number], peak = _measured(paths, number)
                share = f"{rates[number] / rates[jobs[0]]:.2f}"
                figures = (f"{start:.2f}", f"{rates[number]:.0f}", share, f"{peak / 1e6:.0f}")
                table.add_row(layout, f"{count:,}", str(number), *figures)
    return table


def _written(folder: Path, files: Sequence[bytes], extension: str, count: int) -> list[Path]:
    paths = [folder / f"{n}.{extension}" for n in range(count)]
    for n, path in enumerate(paths):
        path.write_bytes(files[n % len(files)])
    return paths


def _measured(paths: Sequence[Path], jobs: int) -> Measured:
    peak, over = [0], Event()

    def watch() -> None:
        while not over.wait(0.1):
            for child in psutil.Process(os.getpid()).children(recursive=True):
                with suppress(psutil.Error):
                    peak.append(child.memory_info().rss)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    times = [time.perf_counter()]
    times += [time.perf_counter() for one in write_files(paths, json_line, jobs=jobs) if one.result.status == "parsed"]
    over.set()
    watcher.join()
    if len(times) <= len(paths):
        raise RuntimeError(f"{len(paths) + 1 - len(times)} reports were not read: nothing to measure")
    return Measured(times[1] - times[0], (len(paths) - 1) / (times[-1] - times[1]), max(peak))
