"""Visit the portals again: weekly while reports appear, from January to April, then monthly for what is replaced.

Both do what `ingest_report_year` does, for the report year before: what has not changed is only asked about, what was
replaced without a word becomes a revision, and what is no longer listed is an outcome. They are paused at first, as it
is for you to say how often portals are visited.
"""

from __future__ import annotations

import pendulum
from airflow.sdk import CronPartitionTimetable, dag

from gongkai.orchestrate.wiring import DEFAULTS, discover_and_fetch, parse_and_load

# Name, when, and how often a year: as many runs back, a year has passed, and its number is the report year.
_WATCHES = (
    ("watch_portals_weekly", "0 6 2,9,16,23,30 1-4 *", 19),
    ("watch_portals_monthly", "0 6 15 5-12 *", 8),
)


def watch_portals() -> None:
    """Discover, fetch, archive, parse, load, tally."""
    parse_and_load(discover_and_fetch())


for name, when, runs_a_year in _WATCHES:
    dag(
        dag_id=name,
        schedule=CronPartitionTimetable(when, timezone="Asia/Shanghai", run_offset=-runs_a_year, key_format="%Y"),
        start_date=pendulum.datetime(2008, 4, 1, tz="Asia/Shanghai"),
        catchup=False,
        is_paused_upon_creation=True,
        max_active_runs=1,
        default_args=DEFAULTS,
        tags=["gongkai"],
        doc_md=__doc__,
    )(watch_portals)()
