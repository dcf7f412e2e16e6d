"""Airflow's configuration, derived in this one place: for the local stack and for the containers."""

from __future__ import annotations

import os
from dataclasses import dataclass

from gongkai.local.secret import Secrets

LOGIN = "admin"

# The same wherever Airflow runs.
_ALWAYS = {
    "CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
    "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{LOGIN}:admin",
    "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
    "CORE__LOAD_EXAMPLES": "False",
    # With catchup off, a new DAG ingests the last year that is due and nothing before it.
    "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "CORE__MAX_MAP_LENGTH": "10000",
    "CORE__TEST_CONNECTION": "Disabled",
    "API__EXPOSE_CONFIG": "False",
    "API__EXPOSE_STACKTRACE": "False",
    # The default of 5 s more than doubles the time of short tasks.
    "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    # A task whose process was killed starts again after this silence, and not only after five minutes.
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
    "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
    "DAG_PROCESSOR__REFRESH_INTERVAL": "30",
    "DAG_PROCESSOR__PARSING_PROCESSES": "1",
    # It says a hundred lines at every start.
    "LOGGING__NAMESPACE_LEVELS": "great_expectations=warning",
    # Nothing here calls home.
    "SENTRY__SENTRY_ON": "False",
    "METRICS__STATSD_ON": "False",
    "METRICS__OTEL_ON": "False",
    "TRACES__OTEL_ON": "False",
}


@dataclass(frozen=True)
class Place:
    """Where one Airflow lives. Texts, so that the containers can name variables of theirs."""

    home: str
    project: str
    executor: str
    metadata_url: str
    passwords_file: str
    api_host: str
    api_port: str
    api_url: str


def airflow_environment(place: Place, secrets: Secrets) -> dict[str, str]:
    """Every variable of Airflow's configuration that we set, by its full name."""
    options = _ALWAYS | {
        "CORE__DAGS_FOLDER": f"{place.project}/dags",
        "CORE__PLUGINS_FOLDER": f"{place.project}/plugins",
        "CORE__EXECUTOR": place.executor,
        "CORE__FERNET_KEY": secrets.fernet_key,
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": place.passwords_file,
        "CORE__EXECUTION_API_SERVER_URL": f"{place.api_url}/execution/",
        "DATABASE__SQL_ALCHEMY_CONN": place.metadata_url,
        "DATABASE__SQL_ALCHEMY_CONN_ASYNC": place.metadata_url,
        "API__HOST": place.api_host,
        "API__PORT": place.api_port,
        "API__SECRET_KEY": secrets.api_secret_key,
        "API_AUTH__JWT_SECRET": secrets.jwt_secret,
        "LOGGING__BASE_LOG_FOLDER": f"{place.home}/logs",
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": f"{place.home}/logs/dag_processor",
    }
    quiet = {"AIRFLOW_HOME": place.home, "GX_ANALYTICS_ENABLED": "false", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    return quiet | {f"AIRFLOW__{name}": value for name, value in options.items()}


def sqlalchemy_url(dsn: str) -> str:
    """The DSN as SQLAlchemy wants it, with psycopg 3 as the driver (both for sync and async)."""
    return "postgresql+psycopg://" + dsn.split("://", 1)[1]


def local_parallelism() -> str:
    """Tasks at once on this machine: parsing takes a core each, the rest mostly waits."""
    return str(max(4, 2 * (os.cpu_count() or 2)))
