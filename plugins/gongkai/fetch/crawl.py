"""The process that crawls: ``python -m gongkai.fetch.crawl``. Reads a job as JSON, writes what it finds a line each.

It is a process of its own because Scrapy's reactor runs once in a process and shares it with nobody. The job is the
first line of standard input, which the caller then keeps open: when it closes, the caller is gone, and so is this.
Standard output carries :class:`gongkai.fetch.job.Message` as JSON lines, standard error the log.
"""

from __future__ import annotations

import logging
import os
import sys
from threading import Thread
from typing import TextIO

from pydantic import TypeAdapter
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from gongkai.fetch.guard import allowed_endpoints, guarded
from gongkai.fetch.job import Job, Message
from gongkai.fetch.manners import scrapy_settings
from gongkai.fetch.spiders import DocumentSpider, ListingSpider

_MESSAGE = TypeAdapter(Message)
_LEVELS = {"scrapy": logging.WARNING, "scrapy.extensions.logstats": logging.INFO}


def main() -> None:
    """Do one job."""
    out = _own_output()
    job = Job.model_validate_json(sys.stdin.readline())
    Thread(target=_end_with_caller, daemon=True).start()

    def emit(message: Message) -> None:
        out.write(_MESSAGE.dump_json(message, exclude_defaults=True).decode() + "\n")
        out.flush()

    def ended(spider: object, reason: str) -> None:
        emit(Message(ended=reason))
        os._exit(0)  # all is said; Scrapy would wait a second for its connections to close

    def broke(failure: Failure, response: Response) -> None:
        # a page that breaks us must not pass for the last one of a listing
        emit(
            Message(
                problem=f"{response.url} cannot be read ({failure.value!r}); this is a defect of gongkai, report it"
            )
        )

    process = AsyncCrawlerProcess(scrapy_settings(job.manners, job.portal))
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)
    _guard_connections(job)
    crawler = process.create_crawler(ListingSpider if job.wanted is None else DocumentSpider)
    crawler.signals.connect(ended, signal=signals.spider_closed)
    crawler.signals.connect(broke, signal=signals.spider_error)
    process.crawl(crawler, job=job, emit=emit)
    process.start()


def _own_output() -> TextIO:
    """Standard output for messages alone: whatever else a library prints goes to the log."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return out


def _end_with_caller() -> None:
    sys.stdin.read()
    os._exit(1)


def _guard_connections(job: Job) -> None:
    from twisted.internet import reactor

    allowed = allowed_endpoints(job.portal.private_hosts)
    reactor.connectTCP = guarded(reactor.connectTCP, allowed)  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
