"""The most memory that some processes and their children held together."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import psutil

_SECONDS = 0.25


class Peak:
    """`bytes`: the highest sum of their proportional set sizes (PSS: what is shared counts once) seen so far."""

    bytes = 0

    def look(self, roots: Iterable[int]) -> None:
        total = 0
        for root in roots:
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(root)
                total += sum(map(_held, [process, *process.children(recursive=True)]))
        self.bytes = max(self.bytes, total)


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:  # it has ended meanwhile
        return 0


@contextmanager
def peak_memory(roots: Iterable[int]) -> Iterator[Peak]:
    """Looks four times a second while the block runs. `roots`: process numbers."""
    peak, ended, watched = Peak(), threading.Event(), tuple(roots)

    def watch() -> None:
        while not ended.wait(_SECONDS):
            peak.look(watched)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()
