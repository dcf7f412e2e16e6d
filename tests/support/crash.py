"""Work that ends before its nth exchange with Postgres: its process is killed, or its connection is cut."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from psycopg import Connection, OperationalError

Work = Callable[[], object]


@contextmanager
def _before_exchange(number: int, crash: Callable[[Connection], None]) -> Iterator[list[int]]:
    """Every statement, and every begin and commit, goes through `Connection.wait`; the nth one crashes first."""
    wait, done = Connection.wait, [0]

    def counted(self: Connection, *arguments: Any, **options: Any) -> Any:
        done[0] += 1
        if done[0] == number:
            crash(self)
        return wait(self, *arguments, **options)

    Connection.wait = counted  # type: ignore[method-assign]
    try:
        yield done
    finally:
        Connection.wait = wait  # type: ignore[method-assign]


def exchanges(work: Work) -> int:
    """How many exchanges the work needs."""
    with _before_exchange(0, _kill) as done:
        work()
    return done[0]


def killed(work: Work, before: int) -> None:
    """Run the work in a child process that is killed before that exchange, counted from 1."""
    child = os.fork()
    if child == 0:
        try:
            with _before_exchange(before, _kill):
                work()
        finally:
            os._exit(0)  # it came to its end, or failed by itself: neither is what was asked for
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the work ended before exchange {before}"


def cut_off(work: Work, before: int) -> None:
    """Run the work, with its connection cut before that exchange."""
    with _before_exchange(before, _cut), pytest.raises(OperationalError):
        work()


def _kill(_: Connection) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _cut(conn: Connection) -> None:
    with socket.socket(fileno=os.dup(conn.pgconn.socket)) as own:
        own.shutdown(socket.SHUT_RDWR)
