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


class CrawlDiedError(FetchError):
    """The crawling process was killed, which says nothing about the portal: the task is worth another try."""


def crawl(job: Job, *, inherited: Collection[int] = ()) -> Iterator[Message]:
    """What a crawl finds, message by message; closing the iterator ends the crawl.

    Args:
        job: what to do. inherited: descriptors of open files that the job names.

    Raises:
        CrawlDiedError: the process died; what it had found has been passed on by then.
        FetchError: the same where it stopped before it was done.
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
    if ended is None:
        raise CrawlDiedError(
            f"portal {job.portal.portal_id}: the crawl died (status {process.returncode}) before it was done; run the"
            " task again"
        )
    if ended != FINISHED:
        raise FetchError(
            f"portal {job.portal.portal_id}: the crawl stopped ({ended}) before it was done; run the task again"
        )


def _forward(stream: IO[str], portal: str) -> None:
    """The log of the crawling process, line by line, in ours."""
    for line in stream:
        log.log(_LEVELS.get(line.partition(" ")[0], logging.INFO), "%s: %s", portal, line.rstrip())
