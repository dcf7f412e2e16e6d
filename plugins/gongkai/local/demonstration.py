"""``gongkai demo``: the bundled portal's reports through the real Airflow into the marts, watched from outside."""

from __future__ import annotations

import time
from collections.abc import Iterable

import click

from gongkai.errors import GongkaiError
from gongkai.local.airflow_api import INGEST, PUBLISH, AirflowApi, Run
from gongkai.local.progress import Progress
from gongkai.local.report import print_addresses, print_publication
from gongkai.local.stack import Stack

YEARS = (2019, 2020, 2021)
_LONGEST = 1800.0  # seconds; a slow machine with an empty cache needs a few minutes
_LOOK_EVERY = 1.5


class DemoError(GongkaiError):
    """The demonstration did not end with published marts; the message says which step failed and why."""


def demonstrate(stack: Stack) -> None:
    """Bring the stack up, ingest and publish the three years unless that is done already, and print what came out.

    Raises:
        DemoError: a run failed, or nothing was published.
    """
    started = time.monotonic()
    stack.up(click.echo)
    if _published_and_unchanged():
        click.echo(f"\n{YEARS[0]} to {YEARS[-1]} are published already and nothing has changed since: nothing to do.")
    else:
        with stack.api() as api, Progress() as progress:
            _ingest_and_publish(api, progress)
        click.echo(f"\nfrom the portal to the marts in {time.monotonic() - started:.0f} s")
    print_publication()
    print_addresses(stack)


def _published_and_unchanged() -> bool:
    from gongkai.warehouse.connection import connect, dsns
    from gongkai.warehouse.publication import open_candidate, status

    with connect(dsns().owner) as conn:
        years = status(conn)["years"]
        done = all(years.get(str(year), {}).get("published") for year in YEARS)
        return done and open_candidate(conn) is None


def _ingest_and_publish(api: AirflowApi, progress: Progress) -> None:
    """Trigger an ingestion a year and wait for each, and for the publications that follow."""
    before = {run.run_id for run in api.runs(PUBLISH)}
    ingestions = [api.trigger(INGEST, str(year)) for year in YEARS]
    until = time.monotonic() + _LONGEST
    while time.monotonic() < until:
        ingestions = [api.run(run) for run in ingestions]
        publications = [run for run in api.runs(PUBLISH) if run.run_id not in before]
        _refuse_failed(api, [*ingestions, *publications])
        progress.show(api, [*ingestions, *reversed(publications)])
        ended = {run.partition for run in publications if run.finished}
        if ended >= {str(year) for year in YEARS}:
            return
        time.sleep(_LOOK_EVERY)
    raise DemoError(f"not published after {_LONGEST:.0f} s; look at {api.url}")


def _refuse_failed(api: AirflowApi, runs: Iterable[Run]) -> None:
    for run in runs:
        if run.state == "failed":
            said = "\n  ".join(api.errors(run))
            raise DemoError(f"{run.dag} of {run.partition} failed ({api.page(run)}):\n  {said}")
