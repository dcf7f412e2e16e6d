"""What we ask of a running Airflow, through its REST API."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

import httpx

from gongkai.errors import GongkaiError

INGEST = "ingest_report_year"
REPARSE = "reparse_report_year"
PUBLISH = "publish_marts"
WATCHES = ("watch_portals_weekly", "watch_portals_monthly")
DAGS = (INGEST, PUBLISH, REPARSE, *WATCHES)


class AirflowError(GongkaiError):
    """Airflow does not answer, or refuses."""


@dataclass(frozen=True)
class Run:
    """A DAG run. ``partition`` is the report year as text."""

    dag: str
    run_id: str
    partition: str | None
    state: str

    @property
    def finished(self) -> bool:
        """Whether it ended, well or not."""
        return self.state in ("success", "failed")


class AirflowApi:
    """Airflow's REST API behind one login; a context manager.

    Raises (all methods):
        AirflowError: no answer, or a refusal; the message carries Airflow's own words.
    """

    def __init__(self, url: str, login: str, password: str) -> None:
        self.url = url
        self._credentials = {"username": login, "password": password}
        # trust_env off: a proxy of the environment must not come between us and our own machine.
        self._client = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def __enter__(self) -> AirflowApi:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def health(self) -> dict[str, str]:
        """Part of Airflow -> "healthy" or what else; empty while the API server does not answer yet."""
        try:
            parts = self._client.get("/api/v2/monitor/health", timeout=5).raise_for_status().json()
        except httpx.HTTPError:
            return {}
        return {name: (part or {}).get("status") or "unknown" for name, part in parts.items()}

    def dags(self) -> set[str]:
        """The ids of the DAGs that Airflow knows."""
        return {dag["dag_id"] for dag in self._ask("GET", "/api/v2/dags")["dags"]}

    def import_errors(self) -> list[str]:
        """What the DAG processor could not import, one text each."""
        errors = self._ask("GET", "/api/v2/importErrors")["import_errors"]
        return [f"{error['filename']}: {error['stack_trace'].strip().splitlines()[-1]}" for error in errors]

    def trigger(self, dag: str, partition: str, *, conf: dict[str, Any] | None = None, note: str | None = None) -> Run:
        """Start a run of ``dag`` for one partition."""
        body = {"logical_date": None, "partition_key": partition, "conf": conf or {}, "note": note}
        return _run(self._ask("POST", f"/api/v2/dags/{dag}/dagRuns", json=body))

    def runs(self, dag: str, *, newest: int = 50) -> list[Run]:
        """The newest runs of ``dag``, newest first."""
        query = {"order_by": "-id", "limit": newest}
        return [_run(run) for run in self._ask("GET", f"/api/v2/dags/{dag}/dagRuns", params=query)["dag_runs"]]

    def run(self, run: Run) -> Run:
        """The same run as it is now."""
        return _run(self._ask("GET", f"/api/v2/dags/{run.dag}/dagRuns/{quote(run.run_id)}"))

    def page(self, run: Run) -> str:
        """The address of the run's page."""
        return f"{self.url}/dags/{run.dag}/runs/{quote(run.run_id)}"

    def errors(self, run: Run) -> list[str]:
        """What the failed tasks of a run say, one line each."""
        return [self._error(run, task) for task in self.tasks(run) if task["state"] == "failed"]

    def _error(self, run: Run, task: dict[str, Any]) -> str:
        path = f"/api/v2/dags/{run.dag}/dagRuns/{quote(run.run_id)}/taskInstances/{task['task_id']}"
        query = {"map_index": task["map_index"], "full_content": True}
        said = self._ask("GET", f"{path}/logs/{task['try_number']}", params=query)["content"]
        causes = [cause for line in said if isinstance(line, dict) for cause in line.get("error_detail") or ()]
        what = causes[-1].get("exc_value") if causes else "no error in its log; the task may have been killed"
        return f"{task['task_id']}: {what}"

    def tasks(self, run: Run) -> list[dict[str, Any]]:
        """The task instances of a run: ``task_id``, ``map_index``, ``state``, ``start_date``, …"""
        path = f"/api/v2/dags/{run.dag}/dagRuns/{quote(run.run_id)}/taskInstances"
        return cast("list[dict[str, Any]]", self._ask("GET", path, params={"limit": 1000})["task_instances"])

    def _ask(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        try:
            answer = self._client.request(method, path, **what)
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                self._log_in()
                answer = self._client.request(method, path, **what)
        except httpx.HTTPError as error:
            raise AirflowError(f"Airflow at {self.url} does not answer ({error}); is it up? `gongkai up`") from error
        if answer.is_error:
            raise AirflowError(f"Airflow refused {method} {path}: {answer.status_code} {answer.text[:500]}")
        return cast("dict[str, Any]", answer.json())

    def _log_in(self) -> None:
        answer = self._client.post("/auth/token", json=self._credentials)
        if answer.is_error:
            raise AirflowError(f"Airflow at {self.url} refused the login: {answer.status_code} {answer.text[:200]}")
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def _run(answer: dict[str, Any]) -> Run:
    return Run(answer["dag_id"], answer["dag_run_id"], answer["partition_key"], answer["state"])


def wait_until_known(api: AirflowApi, dags: Iterable[str], seconds: float) -> None:
    """Wait until Airflow knows every one of ``dags``.

    Raises:
        AirflowError: it does not in time; the message carries the import errors.
    """
    wanted, until = set(dags), time.monotonic() + seconds
    while not wanted <= api.dags():
        if time.monotonic() > until:
            missing = ", ".join(sorted(wanted - api.dags()))
            raise AirflowError(
                f"Airflow does not know {missing}: " + ("; ".join(api.import_errors()) or "no error given")
            )
        time.sleep(0.5)
