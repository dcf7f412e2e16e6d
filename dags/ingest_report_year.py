"""Ingest the annual reports of one report year from the portals into the raw schema.

The reports on a year are due by 31 January of the next (Regulations on Open Government Information, art. 50) and mostly
there by the end of March: the run of 1 April is about the year before, which is its partition key.
"""

from __future__ import annotations

import pendulum
from airflow.sdk import CronPartitionTimetable, Param, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from gongkai.orchestrate import batches, ingest
from gongkai.orchestrate.pools import FETCH, LOAD
from gongkai.orchestrate.run import show_as, this_run
from gongkai.orchestrate.wiring import DEFAULTS, parse_and_load


@dag(
    schedule=CronPartitionTimetable("0 6 1 4 *", timezone="Asia/Shanghai", run_offset=-1, key_format="%Y"),
    start_date=pendulum.datetime(2008, 4, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=3,
    default_args=DEFAULTS,
    params={
        "portals": Param([], type="array", description="ids of the portals to visit; none: all of the roster"),
        "reason": Param(None, type=["null", "string"], description="why, for a run over past years"),
    },
    tags=["gongkai"],
    doc_md=__doc__,
)
def ingest_report_year() -> None:
    """Discover, fetch, archive, parse, load, tally."""

    @task(pool=LOAD)
    def begin() -> list[str]:
        run = this_run()
        portals = ingest.portals_to_visit(run.year, run.conf.get("portals"))
        if not portals:
            raise AirflowSkipException(f"the roster expects no report of {run.year} on any portal")
        ingest.begin(run.run_id, run.year, "portal")
        return portals

    @task(pool=FETCH, map_index_template="{{ item }}")
    def discover(portal: str) -> ingest.Found:
        show_as(portal)
        run = this_run()
        return ingest.discover_year(portal, run.year, run.run_id)

    @task(pool=FETCH, map_index_template="{{ item }}")
    def fetch(found: ingest.Found) -> None:
        show_as(f"{found['portal']} ({len(found['links'])})")
        run = this_run()
        ingest.fetch_portal(found, run.year, run.run_id)

    @task(pool=LOAD)
    def archive() -> list[batches.Batch]:
        return batches.fetched_batches(this_run().run_id)

    fetched = fetch.expand(found=discover.expand(portal=begin()))
    archived = archive()
    fetched >> archived
    parse_and_load(archived)


ingest_report_year()
