"""Build a candidate of the marts, hold it to the suites of expectations, and publish it.

Runs when a report year has been ingested. It publishes all years that are complete: it builds those whose inputs have
changed since the live publication, and keeps the others. When nothing has changed, it ends without a new one. If the
gate refuses, the live marts stay as they are.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, PartitionedAssetTimetable, chain, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from gongkai.orchestrate import publish
from gongkai.orchestrate.pools import PUBLISH
from gongkai.orchestrate.run import every_year_asked, reason_given, run_name
from gongkai.orchestrate.wiring import DEFAULTS, MARTS, RAW

Candidate = dict[str, Any]


@dag(
    schedule=PartitionedAssetTimetable(assets=RAW),
    catchup=False,
    max_active_runs=1,
    default_args={**DEFAULTS, "pool": PUBLISH},
    params={
        "reason": Param(None, type=["null", "string"], description="why a smaller publication is right"),
        "every_year": Param(False, type="boolean", description="build all report years, not only those that changed"),
    },
    tags=["gongkai"],
    doc_md=__doc__,
)
def publish_marts() -> None:
    """Number, intermediate, verdicts, candidate, diff, gate, publish."""

    @task
    def number() -> Candidate:
        candidate = publish.number_candidate(run_name(), every_year=every_year_asked())
        if candidate is None:
            raise AirflowSkipException("nothing has changed since the live publication; it stays")
        return candidate

    @task
    def intermediate(candidate: Candidate) -> None:
        publish.build("intermediate", candidate)

    @task
    def verdicts(candidate: Candidate) -> None:
        publish.give_verdicts(candidate)

    @task
    def marts(candidate: Candidate) -> None:
        publish.build("candidate", candidate)

    @task.branch
    def settled(candidate: Candidate) -> str:
        return "diff" if publish.is_settled(candidate) else "again"

    @task(outlets=[RAW])
    def again() -> None:
        """Another year came in while this candidate was built: throw it away, and start this DAG anew."""

    @task
    def diff(candidate: Candidate) -> None:
        publish.write_diff(candidate)

    @task
    def gate(candidate: Candidate) -> None:
        publish.hold_to_gate(candidate, reason_given())

    @task(outlets=[MARTS])
    def go_live(candidate: Candidate) -> None:
        publish.go_live(candidate, reason_given())

    candidate = number()
    built = settled(candidate)
    chain(intermediate(candidate), verdicts(candidate), marts(candidate), built)
    chain(built, diff(candidate), gate(candidate), go_live(candidate))
    built >> again()


publish_marts()
