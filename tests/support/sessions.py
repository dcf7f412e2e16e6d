"""Sessions of BI users that go on while something else happens, for tests and benchmarks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg import Connection

from tests.support.warehouse import WarehouseUnderTest

Work = Callable[[Connection], object]


class Session(threading.Thread):
    """Does its work as `bi_reader` again and again. `answers` and `milliseconds` are of every time, in order."""

    def __init__(self, warehouse: WarehouseUnderTest, work: Work) -> None:
        super().__init__(daemon=True)
        self._warehouse, self._work, self._ended = warehouse, work, threading.Event()
        self.answers: list[object] = []
        self.milliseconds: list[float] = []
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            with self._warehouse.connect("bi_reader") as conn:
                while not self._ended.is_set():
                    began = time.perf_counter()
                    self.answers.append(self._work(conn))
                    self.milliseconds.append(1000 * (time.perf_counter() - began))
        except Exception as error:  # whatever a user would have seen
            self.error = error

    def end(self) -> None:
        """Let it finish what it is at."""
        self._ended.set()
        self.join()


@contextmanager
def sessions(warehouse: WarehouseUnderTest, *works: Work) -> Iterator[list[Session]]:
    """One session for each work, as long as the block runs."""
    found = [Session(warehouse, work) for work in works]
    for session in found:
        session.start()
    try:
        yield found
    finally:
        for session in found:
            session.end()
