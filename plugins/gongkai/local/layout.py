"""Where the local stack keeps what, and what it starts: derived from the settings alone."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from gongkai.local.airflow_env import LOGIN, Place, airflow_environment, local_parallelism, sqlalchemy_url
from gongkai.local.secret import Secrets
from gongkai.settings import Settings

AIRFLOW_PORT = 8080
PORTAL_PORT = 8765

# Module and arguments of each part. Without the servers for task logs: here all parts share one disk.
AIRFLOW_PARTS = {
    "api-server": ["airflow", "api-server"],
    "scheduler": ["gongkai.orchestrate.scheduler", "--skip-serve-logs"],
    "dag-processor": ["airflow", "dag-processor"],
    "triggerer": ["airflow", "triggerer", "--skip-serve-logs"],
}


@dataclass(frozen=True)
class Layout:
    """The folders and files of one local stack."""

    settings: Settings

    @property
    def folder(self) -> Path:
        """The state folder."""
        return self.settings.state

    @property
    def state(self) -> Path:
        """Ports and process ids."""
        return self.folder / "stack.json"

    @property
    def secrets(self) -> Path:
        """Airflow's keys and the password of its login."""
        return self.folder / "secrets.json"

    @property
    def airflow(self) -> Path:
        """Airflow's home."""
        return self.folder / "airflow"

    @property
    def passwords(self) -> Path:
        """The file from which Airflow's simple login reads its passwords."""
        return self.airflow / "passwords.json"

    def log(self, name: str) -> Path:
        """The log of one process."""
        return self.folder / "logs" / f"{name}.log"

    def url(self, port: int) -> str:
        """The address of a server of the stack."""
        host = self.settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def environment(self, portal_port: int) -> dict[str, str]:
        """What every process of the stack is given, wherever it is started from."""
        return {
            **os.environ,
            "GONGKAI_DEMO_PORTAL": self.url(portal_port),
            "GONGKAI_PROJECT_DIR": str(self.settings.project_dir.resolve()),
            "GONGKAI_STATE_DIR": str(self.folder.resolve()),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONUNBUFFERED": "1",
            "TZ": "UTC",
        }

    def airflow_environment(self, metadata_dsn: str, port: int, secrets: Secrets) -> dict[str, str]:
        """Airflow's own part of the environment, with its API on ``port``."""
        place = Place(
            home=str(self.airflow.resolve()),
            project=str(self.settings.project_dir.resolve()),
            executor="LocalExecutor",
            metadata_url=sqlalchemy_url(metadata_dsn),
            passwords_file=str(self.passwords.resolve()),
            api_host=self.settings.host,
            api_port=str(port),
            api_url=self.url(port),
        )
        here = {"AIRFLOW__CORE__PARALLELISM": local_parallelism(), "AIRFLOW__API__BASE_URL": self.url(port)}
        return airflow_environment(place, secrets) | here


def login(secrets: Secrets) -> dict[str, str]:
    """Airflow's logins as its passwords file holds them."""
    return {LOGIN: secrets.login_password}
