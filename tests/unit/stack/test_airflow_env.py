from __future__ import annotations

import importlib.util
import runpy
from pathlib import Path

import pytest
import yaml

from gongkai.local.airflow_env import sqlalchemy_url
from gongkai.local.compose import compose_text
from gongkai.local.layout import Layout, login
from gongkai.local.secret import Secrets
from gongkai.settings import Settings

METADATA = "postgresql://airflow:secret@127.0.0.1:55432/airflow"


@pytest.fixture
def secrets() -> Secrets:
    return Secrets.generate()


@pytest.fixture
def environment(tmp_path: Path, secrets: Secrets) -> dict[str, str]:
    layout = Layout(Settings(project_dir=tmp_path, state_dir=tmp_path / "state"))
    return layout.airflow_environment(METADATA, 8081, secrets)


def known_options() -> set[str]:
    """The configuration that the installed Airflow and its Celery provider know, without importing them."""
    airflow = importlib.util.find_spec("airflow")
    assert airflow is not None
    assert airflow.origin is not None
    folder = Path(airflow.origin).parent
    sections = yaml.safe_load((folder / "config_templates" / "config.yml").read_text())
    provider = runpy.run_path(str(folder / "providers" / "celery" / "get_provider_info.py"))["get_provider_info"]()
    every = sections | provider["config"]
    return {f"AIRFLOW__{name}__{option}".upper() for name, section in every.items() for option in section["options"]}


def compose_environment() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(compose_text())["x-environment"]
    return found


def test_airflow_knows_every_option_we_set(environment: dict[str, str]) -> None:
    names = {name for name in environment | compose_environment() if name.startswith("AIRFLOW__")}
    assert names - known_options() == set()


def test_the_local_airflow_listens_on_loopback_alone(environment: dict[str, str]) -> None:
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert environment["AIRFLOW__API__PORT"] == "8081"
    assert environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8081/execution/"


def test_nobody_is_admin_without_a_login(environment: dict[str, str], secrets: Secrets) -> None:
    assert environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"] == "False"
    assert login(secrets) == {"admin": secrets.login_password}
    assert secrets.login_password not in environment.values()


def test_the_metadata_database_is_reached_by_psycopg_3(environment: dict[str, str]) -> None:
    url = "postgresql+psycopg://airflow:secret@127.0.0.1:55432/airflow"
    assert sqlalchemy_url(METADATA) == url
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == url
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"] == url


def test_the_containers_are_configured_as_the_local_stack_is(environment: dict[str, str]) -> None:
    elsewhere = compose_environment()
    same = {name for name in environment.keys() & elsewhere.keys() if environment[name] == elsewhere[name]}
    differ = environment.keys() & elsewhere.keys() - same
    assert differ == {
        "AIRFLOW_HOME",
        "AIRFLOW__API__HOST",
        "AIRFLOW__API__PORT",
        "AIRFLOW__API__SECRET_KEY",
        "AIRFLOW__API_AUTH__JWT_SECRET",
        "AIRFLOW__CORE__DAGS_FOLDER",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL",
        "AIRFLOW__CORE__EXECUTOR",
        "AIRFLOW__CORE__FERNET_KEY",
        "AIRFLOW__CORE__PLUGINS_FOLDER",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER",
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY",
    }
    assert environment.keys() - elsewhere.keys() == {"AIRFLOW__API__BASE_URL", "AIRFLOW__CORE__PARALLELISM"}
