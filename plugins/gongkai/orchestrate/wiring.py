"""What the DAGs share: retries, assets, and the two halves of every ingestion."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, task
from airflow.sdk.exceptions import AirflowSkipException

from gongkai.orchestrate import batches, ingest
from gongkai.orchestrate.pools import LOAD, PARSE, fetch_pool, host_groups
from gongkai.orchestrate.run import show_as, this_run

if TYPE_CHECKING:
    from airflow.sdk import XComArg

# Every task may run twice: what it writes is keyed, so a second run finds the work of the first.
DEFAULTS: dict[str, Any] = {"retries": 2, "retry_delay": timedelta(seconds=5), "owner": "gongkai"}

RAW = Asset("gongkai_raw", uri="gongkai://warehouse/raw")
MARTS = Asset("gongkai_marts", uri="gongkai://warehouse/marts")


def discover_and_fetch() -> XComArg:
    """Visit the portals on which the run's year is due, and archive what they list; gives the batches to be read.

    A mapped task has the pool of all its instances, so each host group has tasks of its own.
    """

    @task(pool=LOAD)
    def begin() -> list[str]:
        run = this_run()
        portals = ingest.portals_to_visit(run.year, run.conf.get("portals"))
        if not portals:
            raise AirflowSkipException(f"the roster expects no report of {run.year} on any portal")
        ingest.begin(run.run_id, run.year, "portal")
        return portals

    # A group without a portal in this run is skipped.
    @task(pool=LOAD, trigger_rule="none_failed_min_one_success")
    def archive() -> list[batches.Batch]:
        return batches.fetched_batches(this_run().run_id)

    begun, archived = begin(), archive()
    for group in (None, *host_groups()):
        _visit(begun, group) >> archived
    return archived


def _visit(begun: Any, group: str | None) -> XComArg:
    """Discover and fetch the portals of one host group, within its pool."""
    pool, suffix = fetch_pool(group), f"_{group.replace('.', '_')}" if group else ""

    @task(task_id=f"portals{suffix}", pool=LOAD)
    def portals(visited: list[str]) -> list[str]:
        return ingest.portals_in(group, visited, this_run().year)

    @task(task_id=f"discover{suffix}", pool=pool, map_index_template="{{ item }}")
    def discover(portal: str) -> ingest.Found:
        show_as(portal)
        run = this_run()
        return ingest.discover_year(portal, run.year, run.run_id)

    @task(task_id=f"fetch{suffix}", pool=pool, map_index_template="{{ item }}")
    def fetch(found: ingest.Found) -> None:
        show_as(f"{found['portal']} ({len(found['links'])})")
        run = this_run()
        ingest.fetch_portal(found, run.year, run.run_id)

    visited = portals(begun) if host_groups() else begun
    return fetch.expand(found=discover.expand(portal=visited))


def parse_and_load(found: XComArg, *, afresh: bool = False) -> None:
    """Parse the batches, load each as soon as it is parsed, and tally the run, which tells `publish_marts`.

    Args:
        found: gives a list of `gongkai.orchestrate.batches.Batch`.
        afresh: read again what this parser version has read before.
    """

    @task(pool=PARSE, map_index_template="{{ item }}")
    def parse(batch: batches.Batch) -> batches.Batch:
        show_as(batch["name"])
        run = this_run()
        batches.parse_batch(batch, run.year, run.run_id, afresh=afresh)
        return batch

    @task(pool=LOAD, map_index_template="{{ item }}")
    def load(batch: batches.Batch) -> None:
        show_as(batch["name"])
        run = this_run()
        batches.load_batch(batch, run.year, run.run_id)

    # Runs when no document was found, too, and says so; not in a run that was skipped from its beginning.
    @task(pool=LOAD, outlets=[RAW], trigger_rule="none_failed_min_one_success")
    def tally(*, outlet_events: Any = None) -> None:
        run = this_run()
        reason = run.conf.get("reason")
        outlet_events[RAW].extra = ingest.tally_year(run.run_id, run.year, reason) | {"reason": reason}

    done = tally()
    found >> done
    load.expand(batch=parse.expand(batch=found)) >> done
