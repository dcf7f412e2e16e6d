"""Each file is read in a worker process with a bound on memory and time, so that a bad file costs only itself."""

from __future__ import annotations

import os
import resource
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pebble import ProcessExpired, ProcessPool

from gongkai.errors import Problem
from gongkai.extract.ladder import parse_bytes, parser_version
from gongkai.extract.prose import read_prose
from gongkai.extract.report import ParseResult
from gongkai.settings import settings

_Read = TypeVar("_Read")

_AHEAD = 4
"""Files handed out beyond those being read: keeps workers busy without holding a whole folder in memory."""

_PRELOAD = "gongkai.extract.preload"  # never imported by this process

_FILES_PER_WORKER = 500
"""A worker is replaced after so many files, so that no library's leak adds up."""


class Written(NamedTuple):
    """What a worker made of a result. `result`: without its report."""

    result: ParseResult
    text: str


def parse_files(
    paths: Iterable[Path], *, jobs: int = 1, year: int | None = None, agency: str | None = None
) -> Iterator[ParseResult]:
    """Read files from disk, each in a worker process; results come in the order of `paths`."""
    read = partial(_read_path, year=year, agency=agency)
    for results in _in_workers(read, ((str(path), path) for path in paths), jobs, _failed):
        yield from results


def write_files(
    paths: Iterable[Path],
    write: Callable[[ParseResult], str],
    *,
    jobs: int = 1,
    year: int | None = None,
    agency: str | None = None,
) -> Iterator[Written]:
    """What `write`, a function of a module, makes of each result of :func:`parse_files`; the workers do that as well.

    To send a report whole to this process costs half as much as to read it.
    """
    read = partial(_write_path, write=write, year=year, agency=agency)

    def failed(name: str, why: str, problem: Problem) -> list[Written]:
        return [_written(result, write) for result in _failed(name, why, problem)]

    for written in _in_workers(read, ((str(path), path) for path in paths), jobs, failed):
        yield from written


def parse_isolated(
    items: Iterable[tuple[str, bytes]], *, jobs: int = 1, year: int | None = None
) -> Iterator[list[ParseResult]]:
    """Read documents that are already in memory, given as (name, bytes); one list of results a document."""
    read = partial(_read_item, year=year)
    yield from _in_workers(read, ((name, (name, data)) for name, data in items), jobs, _failed)


def prose_of_files(paths: Iterable[Path], *, jobs: int = 1) -> Iterator[tuple[str, ...]]:
    """The sentences of files, each read in a worker process; none where a file cannot be read."""
    yield from _in_workers(_read_prose, ((str(path), path) for path in paths), jobs, lambda *_: ())


def _read_prose(path: Path) -> tuple[str, ...]:
    return read_prose(path.read_bytes(), str(path))


def _read_path(path: Path, *, year: int | None, agency: str | None) -> list[ParseResult]:
    limit = settings().file_size_limit
    try:
        size = path.stat().st_size
        if size > limit:
            return _failed(str(path), f"{size:,} bytes; the limit is {limit:,} (GONGKAI_FILE_SIZE_LIMIT)", "too_large")
        data = path.read_bytes()
    except OSError as error:
        return _failed(
            str(path), f"cannot be opened: {error.strerror}; check the path and its permissions", "not_opened"
        )
    return parse_bytes(data, str(path), year=year, agency=agency)


def _write_path(
    path: Path, *, write: Callable[[ParseResult], str], year: int | None, agency: str | None
) -> list[Written]:
    return [_written(result, write) for result in _read_path(path, year=year, agency=agency)]


def _written(result: ParseResult, write: Callable[[ParseResult], str]) -> Written:
    return Written(replace(result, report=None), write(result))


def _read_item(item: tuple[str, bytes], *, year: int | None) -> list[ParseResult]:
    name, data = item
    return parse_bytes(data, name, year=year)


def _failed(name: str, error: str, problem: Problem) -> list[ParseResult]:
    return [ParseResult(name, None, None, "unreadable", error, None, parser_version(), problem)]


def _begin(environment: Mapping[str, str], size: int, most: int) -> None:
    """Bound this process's memory; a reader of scans may raise its bound up to `most`.

    The server it was forked from may be older than what the environment says now.
    """
    os.environ.clear()
    os.environ.update(environment)
    settings.cache_clear()
    resource.setrlimit(resource.RLIMIT_AS, (size, max(size, most)))


def _forked() -> BaseContext:
    """Workers are forked from a server that has loaded forms and readers: one starts in a moment, and shares memory."""
    context = get_context("forkserver")
    context.set_forkserver_preload([_PRELOAD])
    return context


def _in_time(read: Callable[[Any], _Read], seconds: float, item: Any) -> _Read:
    """Read an item; the kernel ends the process when the time is over, unless a reader of scans asked for more."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return read(item)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _in_workers(
    read: Callable[[Any], _Read],
    named: Iterable[tuple[str, Any]],
    jobs: int,
    failed: Callable[[str, str, Problem], _Read],
) -> Iterator[_Read]:
    """Read named items in worker processes; `failed` makes the result of an item that its worker could not read."""
    limits = settings()
    pool = ProcessPool(
        max_workers=jobs,
        max_tasks=_FILES_PER_WORKER,
        initializer=_begin,
        initargs=(dict(os.environ), limits.file_memory, limits.ocr_memory),
        context=_forked(),
    )
    in_time = partial(_in_time, read, limits.file_seconds)
    longest = max(limits.file_seconds, limits.ocr_seconds)
    with pool:
        waiting: deque[tuple[str, Any]] = deque()
        for name, item in named:
            waiting.append((name, pool.schedule(in_time, args=(item,), timeout=longest)))
            if len(waiting) >= jobs + _AHEAD:
                yield _result(*waiting.popleft(), failed)
        while waiting:
            yield _result(*waiting.popleft(), failed)


def _result(name: str, future: Any, failed: Callable[[str, str, Problem], _Read]) -> _Read:
    limits = settings()
    problem: Problem = "exhausted"
    try:
        result: _Read = future.result()
    except FutureTimeoutError:
        why = f"took more than {limits.ocr_seconds:g} s to read by OCR; give it fewer pages (GONGKAI_OCR_SECONDS)"
    except MemoryError:
        why = f"needs more than {limits.file_memory:,} bytes of memory; damaged or hostile (GONGKAI_FILE_MEMORY)"
    except ProcessExpired as error:
        if error.exitcode == -signal.SIGALRM:
            why = f"took more than {limits.file_seconds:g} s to read; damaged or hostile (GONGKAI_FILE_SECONDS)"
        else:
            why = f"crashed the library that reads it (exit {error.exitcode}); save it in another format"
    except Exception as error:
        why = f"could not be read ({type(error).__name__}: {error}); please report this file"
        problem = "other"
    else:
        return result
    return failed(name, why, problem)
