"""What the worker processes of `gongkai parse DIR --jobs N` hold in memory, and how they scale."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import psutil
from rich.table import Table

from gongkai.demo.render import LAYOUTS
from gongkai.extract import parse_files

_REPORTS = 400
"""So many that the start of the workers weighs little."""


def workers_table(documents: Mapping[str, Sequence[bytes]], jobs: Sequence[int] = (1, 2)) -> Table:
    """Reports a second of wall time, with the start of the workers, and the most that one of them held.

    Args:
        documents: by layout, a few that are read again and again.
    """
    table = Table(title=f"parse DIR --jobs N, {_REPORTS} reports (without OCR, which has bounds of its own)")
    for heading in ("layout", "jobs", "reports a second", "of one job", "MB of a worker at its peak"):
        table.add_column(heading, justify="left" if heading == "layout" else "right")
    for layout, files in documents.items():
        rates: dict[int, float] = {}
        with TemporaryDirectory() as folder:
            paths = _written(Path(folder), files, LAYOUTS[layout].extension)
            for number in jobs:
                rates[number], peak = _measured(paths, number)
                share = f"{rates[number] / rates[jobs[0]]:.2f}"
                table.add_row(layout, str(number), f"{rates[number]:.0f}", share, f"{peak / 1e6:.0f}")
    return table


def _written(folder: Path, files: Sequence[bytes], extension: str) -> list[Path]:
    paths = [folder / f"{n}.{extension}" for n in range(_REPORTS)]
    for n, path in enumerate(paths):
        path.write_bytes(files[n % len(files)])
    return paths


def _measured(paths: Sequence[Path], jobs: int) -> tuple[float, int]:
    peak, over = [0], Event()

    def watch() -> None:
        while not over.wait(0.1):
            for child in psutil.Process(os.getpid()).children():
                with suppress(psutil.Error):
                    peak.append(child.memory_info().rss)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    begin = time.perf_counter()
    read = sum(result.status == "parsed" for result in parse_files(paths, jobs=jobs))
    rate = read / (time.perf_counter() - begin)
    over.set()
    watcher.join()
    if read != len(paths):
        raise RuntimeError(f"{len(paths) - read} reports were not read: nothing to measure")
    return rate, max(peak)
