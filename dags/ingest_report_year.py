"""Ingest the annual reports of one report year from the portals into the raw schema.

The reports on a year are due by 31 January of the next (Regulations on Open Government Information, art. 50) and mostly
there by the end of March: the run of 1 April is about the year before, which is its partition key.
"""

from __future__ import annotations

import pendulum
from airflow.sdk import CronPartitionTimetable, Param, dag

from gongkai.orchestrate.wiring import DEFAULTS, discover_and_fetch, parse_and_load


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

    parse_and_load(discover_and_fetch())


ingest_report_year()
