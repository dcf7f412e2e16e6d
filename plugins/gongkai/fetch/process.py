"""Starts the process that crawls, and passes on what it finds as it comes."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Collection, Iterator
from threading import Thread
from typing import IO, cast

from pydantic import TypeAdapter

from gongkai.errors import FetchError
from gongkai.fetch.job import Job, Message

log = logging.getLogger(__name__)

FINISHED = "finished"
_MESSAGE = TypeAdapter(Message)
_LEVELS = {"ERROR": logging.ERROR, "CRITICAL": logging.ERROR, "WARNING": logging.WARNING}


def crawl(job: Job, *, inherited: Collection[int] = ()) -> Iterator[Message]:
    """What a crawl finds, message by message; closing the iterator ends the crawl.

    Args:
        job: what to do. inherited: descriptors of open files that the job names.

    Raises:
        FetchError: the process died, or stopped before it was done; what it had found has been passed on by then.
    """
    command = [sys.executable, "-m", "gongkai.fetch.crawl"]
    ended = None
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        pass_fds=tuple(inherited),
    ) as process:
        stdin, stdout, stderr = (cast("IO[str]", pipe) for pipe in (process.stdin, process.stdout, process.stderr))
        forwarder = Thread(target=_forward, args=(stderr, job.portal.portal_id), daemon=True)
        forwarder.start()
        try:
            stdin.write(job.model_dump_json() + "\n")
            stdin.flush()
            for line in stdout:
                message = _MESSAGE.validate_json(line)
                ended = message.ended or ended
                yield message
        finally:
            if ended is None:
                process.kill()
            forwarder.join()
    if ended != FINISHED:
        what = f"stopped ({ended})" if ended else f"died (status {process.returncode})"
        raise FetchError(f"portal {job.portal.portal_id}: the crawl {what} before it was done; run the task again")


def _forward(stream: IO[str], portal: str) -> None:
    """The log of the crawling process, line by line, in ours."""
    for line in stream:
        log.log(_LEVELS.get(line.partition(" ")[0], logging.INFO), "%s: %s", portal, line.rstrip())
