"""Prepare Airflow's metadata database: migrate it and make the pools, in one process (``python -m``)."""

from __future__ import annotations

from gongkai.orchestrate.pools import pools


def main() -> None:
    """Run Airflow's own commands one after the other; each start of Airflow costs seconds, so they share one."""
    from airflow.cli.cli_parser import get_parser

    parser = get_parser()
    commands = [["db", "migrate"], *(["pools", "set", name, str(slots), why] for name, (slots, why) in pools().items())]
    for command in commands:
        arguments = parser.parse_args(command)
        arguments.func(arguments)


if __name__ == "__main__":
    main()
