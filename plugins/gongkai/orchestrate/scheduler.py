"""Airflow's scheduler with the libraries of our tasks loaded (``python -m``).

The LocalExecutor forks every task from the scheduler: what is loaded here, no task has to import again. dbt and Great
Expectations take five seconds each, on a machine where most tasks take one.
"""

from __future__ import annotations

import sys
from importlib import import_module

_LIBRARIES = (
    "dbt.adapters.postgres",
    "dbt.cli.main",
    "great_expectations",
    "gongkai.demo.samples",
    "gongkai.extract",
    "gongkai.fetch",
    "gongkai.orchestrate.wiring",
    "gongkai.quality",
    "gongkai.warehouse.publication",
    "gongkai.warehouse.roster",
)


def main() -> None:
    """Load the libraries and become ``airflow scheduler`` with the arguments given."""
    for name in _LIBRARIES:
        import_module(name)
    from airflow.cli.cli_parser import get_parser

    arguments = get_parser().parse_args(["scheduler", *sys.argv[1:]])
    arguments.func(arguments)


if __name__ == "__main__":
    main()
