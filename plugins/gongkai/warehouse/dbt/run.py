"""Runs dbt in this process: staging and intermediate models first, the candidate's marts once the verdicts stand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from gongkai.errors import WarehouseError
from gongkai.settings import settings

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

Stage = Literal["intermediate", "candidate"]

SELECTED: dict[Stage, tuple[str, ...]] = {
    "intermediate": ("path:seeds", "path:models/staging", "path:models/intermediate"),
    "candidate": ("path:models/marts",),
}

_TESTS_OF_MARTS = "path:tests/marts"
"""They read intermediate tables, too: dbt would run them before there are marts."""

_PARSED = "partial_parse.msgpack"


def run_stage(stage: Stage, dsn: str, publication_id: int, target_dir: Path) -> None:
    """Builds and tests one stage as the owner of the warehouse.

    Args:
        stage: ``intermediate`` builds what the verdicts are made from, ``candidate`` the marts of accepted reports.
        dsn: the owner's, as a URL or as key=value pairs.
        publication_id: the number of the candidate, a column of every mart.
        target_dir: where dbt writes its manifest, run results and logs; one folder a publication. Beside the folder
            stands what dbt parsed last, so that the next publication need not parse the whole project again.

    Raises:
        WarehouseError: a model or test failed; the message names each with what the database said.
    """
    arguments = ["build", "--select", *SELECTED[stage], "--exclude-resource-type", "unit_test"]
    later = ["--exclude", _TESTS_OF_MARTS] if stage == "intermediate" else []
    invoke([*arguments, *later], dsn, publication_id, target_dir)


def invoke(arguments: Sequence[str], dsn: str, publication_id: int, target_dir: Path) -> dbtRunnerResult:
    """One dbt command, silent, with the project, the connection and the folders of this warehouse.

    Raises:
        WarehouseError: dbt could not start, or a node failed.
    """
    from dbt.cli.main import dbtRunner

    project = settings().project_dir / "dbt_project"
    if not (project / "dbt_project.yml").exists():
        raise WarehouseError(f"no dbt project in {project}; start from the checkout, or set GONGKAI_PROJECT_DIR")
    places = ("--project-dir", str(project), "--profiles-dir", str(project))
    written = ("--target-path", str(target_dir), "--log-path", str(target_dir / "logs"))
    quiet = ("--log-level", "none", "--log-level-file", "info", "--no-print", "--no-version-check")
    # as a variable of dbt the number would make every publication parse the whole project anew
    number = {"GONGKAI_DBT_PUBLICATION_ID": str(publication_id)}
    with _environment(_connection(dsn) | number), _parsed_project(target_dir):
        result = dbtRunner().invoke([*arguments, *places, *written, *quiet])
    if not result.success:
        raise WarehouseError(f"dbt {arguments[0]} failed, nothing was published. {_failures(result, target_dir)}")
    return result


def _connection(dsn: str) -> dict[str, str]:
    """The variables that ``dbt_project/profiles.yml`` reads."""
    try:
        parts = conninfo_to_dict(dsn)
    except ProgrammingError as error:
        raise WarehouseError(f"the owner's DSN cannot be read: {error}") from error
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "DBNAME"}
    defaults = {"host": "127.0.0.1", "port": 5432, "user": "", "password": "", "dbname": parts.get("user", "")}
    found = {f"GONGKAI_DBT_{name}": str(parts.get(key) or defaults[key]) for key, name in names.items()}
    if parts.get("sslmode"):
        found["GONGKAI_DBT_SSLMODE"] = str(parts["sslmode"])
    return found


@contextmanager
def _parsed_project(target_dir: Path) -> Iterator[None]:
    """Lends this run what the last one parsed; dbt itself sees which files have changed since."""
    own, kept = target_dir / _PARSED, target_dir.parent / _PARSED
    if kept.exists() and not own.exists():
        target_dir.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kept, own)
    yield
    if own.exists():
        written = kept.with_suffix(f".{os.getpid()}")
        shutil.copyfile(own, written)
        written.replace(kept)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _failures(result: dbtRunnerResult, target_dir: Path) -> str:
    if result.exception is not None:
        return f"{result.exception} (log: {target_dir / 'logs' / 'dbt.log'})"
    failed = [node for node in result.result.results if node.status in ("error", "fail", "runtime error")]
    lines = [f"{node.node.resource_type} {node.node.name}: {' '.join(str(node.message).split())}" for node in failed]
    return "; ".join(lines)
