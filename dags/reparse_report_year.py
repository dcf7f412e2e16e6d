"""Read the archived documents of one report year again, for instance with a new parser; no portal is visited."""

from __future__ import annotations

from airflow.sdk import Param, PartitionedAtRuntime, dag, task

from gongkai.orchestrate import batches, ingest
from gongkai.orchestrate.pools import LOAD
from gongkai.orchestrate.run import this_run
from gongkai.orchestrate.wiring import DEFAULTS, parse_and_load


@dag(
    schedule=PartitionedAtRuntime(),
    catchup=False,
    max_active_runs=3,
    default_args=DEFAULTS,
    params={"reason": Param(None, type=["null", "string"], description="why the year is read again")},
    tags=["gongkai"],
    doc_md=__doc__,
)
def reparse_report_year() -> None:
    """Parse, load, tally."""

    @task(pool=LOAD)
    def archived() -> list[batches.Batch]:
        run = this_run()
        ingest.begin(run.run_id, run.year, "archive")
        return batches.archived_batches(run.year)

    parse_and_load(archived(), afresh=True)


reparse_report_year()
