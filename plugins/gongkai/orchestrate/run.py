"""What a task must know of the run it belongs to. The one place that reads Airflow's context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException


@dataclass(frozen=True)
class ThisRun:
    """The run: its id in ``raw.ingest_run``, the report year it is about, and what it was given when triggered."""

    run_id: str
    year: int
    conf: dict[str, Any]


def this_run() -> ThisRun:
    """The run of the current task.

    Raises:
        AirflowFailException: the run was started without a report year as its partition key; a retry would not help.
    """
    run = get_current_context()["dag_run"]
    key = run.partition_key or ""
    if not (key.isdecimal() and len(key) == 4):
        raise AirflowFailException(
            f"the partition key of a run is its report year, for instance 2021, not {key!r}; "
            "trigger it with `gongkai ingest --year 2021`, or give the partition key in Airflow's trigger form"
        )
    return ThisRun(run_name(), int(key), dict(run.conf or {}))


def run_name() -> str:
    """The name of the current run, DAG included."""
    run = get_current_context()["dag_run"]
    return f"{run.dag_id}/{run.run_id}"


def show_as(name: str) -> None:
    """Give a mapped task its readable name, for ``map_index_template="{{ item }}"``."""
    cast("dict[str, Any]", get_current_context())["item"] = name


def every_year_asked() -> bool:
    """Whether this publication is to build all report years, whatever has changed."""
    return bool((get_current_context()["dag_run"].conf or {}).get("every_year"))


def reason_given() -> str | None:
    """Why this publication is made: from its own trigger, else from the ingestion that triggered it."""
    context = get_current_context()
    given = [(context["dag_run"].conf or {}).get("reason")]
    for events in (context.get("triggering_asset_events") or {}).values():
        given += [(event.extra or {}).get("reason") for event in events]
    return "; ".join(dict.fromkeys(reason for reason in given if reason)) or None
