"""``docker-compose.yml`` and ``.env.example``, made from the settings and from Airflow's environment.

``python -m gongkai.local.compose`` writes both, with ``--check`` it says whether they are as they would be written.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gongkai import __version__
from gongkai.local.airflow_env import Place, airflow_environment
from gongkai.local.layout import AIRFLOW_PORT
from gongkai.local.secret import Secrets
from gongkai.settings import PREFIX, Settings

PROJECT = "/opt/gongkai"
STATE = "/var/lib/gongkai"
ROSTER = f"{PROJECT}/roster"

# Set by the compose file itself: places inside the containers, and ports that Docker maps.
_FIXED = {
    "project_dir", "state_dir", "database_url", "loader_url", "roster_dir",
    "host", "postgres_port", "airflow_port", "portal_port",
}  # fmt: skip

# Name -> what it is. Letters and digits only: they stand in addresses and in SQL.
_SECRETS = {
    "POSTGRES_PASSWORD": "of the server's administrator",
    "GONGKAI_OWNER_PASSWORD": "of gongkai_owner, which owns the warehouse",
    "BI_READER_PASSWORD": "of bi_reader, which reads the marts",
    "AIRFLOW_DATABASE_PASSWORD": "of Airflow's own database",
    "REDIS_PASSWORD": "of the queue",
    "AIRFLOW_PASSWORD": "of Airflow's login admin",
    "AIRFLOW_API_SECRET_KEY": "signs the sessions of Airflow's pages",
    "AIRFLOW_JWT_SECRET": "signs the tokens between Airflow's parts",
}
_FERNET = "AIRFLOW_FERNET_KEY"


def _required(name: str) -> str:
    return f"${{{name}:?see .env.example}}"


def _settings() -> dict[str, str]:
    """The settings that ``.env`` may change, with their defaults."""
    fields = ((name, field) for name, field in Settings.model_fields.items() if name not in _FIXED)
    return {f"{PREFIX}{name.upper()}": "" if field.default is None else str(field.default) for name, field in fields}


def _environment() -> dict[str, str]:
    metadata = f"airflow:{_required('AIRFLOW_DATABASE_PASSWORD')}@postgres:5432/airflow"
    place = Place(
        home=f"{STATE}/airflow",
        project=PROJECT,
        executor="CeleryExecutor",
        metadata_url=f"postgresql+psycopg://{metadata}",
        passwords_file=f"{STATE}/airflow/passwords.json",
        api_host="0.0.0.0",  # noqa: S104 - inside the container; the port is published on loopback
        api_port=str(AIRFLOW_PORT),
        api_url=f"http://api-server:{AIRFLOW_PORT}",
    )
    secrets = Secrets(
        fernet_key=_required(_FERNET),
        api_secret_key=_required("AIRFLOW_API_SECRET_KEY"),
        jwt_secret=_required("AIRFLOW_JWT_SECRET"),
        login_password="",
    )
    ours = {
        "GONGKAI_PROJECT_DIR": PROJECT,
        "GONGKAI_STATE_DIR": STATE,
        "GONGKAI_ROSTER_DIR": ROSTER,
        "GONGKAI_DATABASE_URL": f"postgresql://gongkai_owner:{_required('GONGKAI_OWNER_PASSWORD')}@postgres:5432/gongkai",
    }
    celery = {
        "AIRFLOW__CELERY__BROKER_URL": f"redis://:{_required('REDIS_PASSWORD')}@redis:6379/0",
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+postgresql+psycopg://{metadata}",
    }
    optional = {name: f"${{{name}:-{default}}}" for name, default in _settings().items()}
    return ours | optional | airflow_environment(place, secrets) | celery


def compose_text() -> str:
    """The text of ``docker-compose.yml``."""
    replacements = {
        "environment": "\n".join(f'  {name}: "{value}"' for name, value in _environment().items()),
        "version": __version__,
        "state": STATE,
        "roster": ROSTER,
        "airflow_port": str(AIRFLOW_PORT),
        "redis_password": _required("REDIS_PASSWORD"),
        "owner_password": _required("GONGKAI_OWNER_PASSWORD"),
        "airflow_password": _required("AIRFLOW_DATABASE_PASSWORD"),
    }
    text = Path(__file__).with_name("compose.template.yml").read_text(encoding="utf-8")
    for name, value in replacements.items():
        text = text.replace(f"@{name}@", value)
    return text


def env_example_text() -> str:
    """The text of ``.env.example``."""
    lines = [
        "# Copy to .env and fill in; made by `make generate`. Passwords are letters and digits: openssl rand -hex 24",
        *(f"# {why}\n{name}=" for name, why in _SECRETS.items()),
        "# encrypts what Airflow keeps; 32 bytes: openssl rand -base64 32 | tr '+/' '-_'",
        f"{_FERNET}=",
        "# the folder of agencies.csv and portals.csv",
        "GONGKAI_ROSTER_DIR=",
        "",
        "# What can be set besides, with its default:",
        *(f"# {name}={default}" for name, default in _settings().items()),
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the files into the current folder, or check them."""
    files = {Path("docker-compose.yml"): compose_text(), Path(".env.example"): env_example_text()}
    if "--check" not in arguments:
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{path} is not what the settings give; run `make generate` and review the diff", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
