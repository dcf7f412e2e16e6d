from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gongkai.cli import cli
from gongkai.errors import WarehouseError
from gongkai.local import airflow_api
from gongkai.local.airflow_api import AirflowError, Run
from gongkai.local.stack import Stack
from gongkai.settings import settings


@pytest.fixture
def triggered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, Any] | None, str | None]]:
    calls = []

    def trigger(self: Any, dag: str, partition: str, *, conf: Any = None, note: Any = None) -> Run:
        calls.append((dag, partition, conf, note))
        return Run(dag, f"manual__{partition}", partition, "queued")

    monkeypatch.setattr(airflow_api.AirflowApi, "trigger", trigger)
    monkeypatch.setattr(Stack, "parts", lambda _: {"api-server": True})
    return calls


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("GONGKAI_STATE_DIR", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_backfill_triggers_each_year_with_its_reason(triggered: list[Any]) -> None:
    done = CliRunner().invoke(cli, ["backfill", "2019..2021", "--reason", "the portal moved"])
    assert done.exit_code == 0, done.output
    assert [call[1] for call in triggered] == ["2019", "2020", "2021"]
    assert {call[2]["reason"] for call in triggered} == {"the portal moved"}
    assert {call[3] for call in triggered} == {"the portal moved"}
    assert "/dags/ingest_report_year/runs/manual__2019" in done.output


def test_reparse_starts_the_dag_that_visits_no_portal(triggered: list[Any]) -> None:
    done = CliRunner().invoke(cli, ["reparse", "2020", "--reason", "a better parser"])
    assert done.exit_code == 0, done.output
    assert triggered == [("reparse_report_year", "2020", {"reason": "a better parser"}, "a better parser")]


@pytest.mark.parametrize("years", ["201", "2021..2019", "19..21", "1999..2021", "2019..2021x"])
def test_a_wrong_span_of_years_is_wrong_usage(triggered: list[Any], years: str) -> None:
    done = CliRunner().invoke(cli, ["backfill", years, "--reason", "r"])
    assert done.exit_code == 2
    assert triggered == []


def test_ingest_may_be_of_some_portals(triggered: list[Any]) -> None:
    assert CliRunner().invoke(cli, ["ingest", "--year", "2021", "--portal", "wuyou"]).exit_code == 0
    assert triggered == [("ingest_report_year", "2021", {"portals": ["wuyou"]}, None)]


def test_without_a_stack_the_message_says_what_to_do() -> None:
    done = CliRunner().invoke(cli, ["ingest", "--year", "2021"])
    assert isinstance(done.exception, AirflowError)
    assert "gongkai up" in str(done.exception)
    done = CliRunner().invoke(cli, ["status"])
    assert isinstance(done.exception, WarehouseError)
    assert "gongkai up" in str(done.exception)
