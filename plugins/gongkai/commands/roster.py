"""``gongkai roster``: what is wrong with the files that say who owes a report, and which of them were used."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.group()
def roster() -> None:
    """The roster: who owes a report, and where it is published."""


@roster.command("check")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
def check_files(folder: Path | None) -> None:
    """Look for mistakes in the files of FOLDER; without it, of GONGKAI_ROSTER_DIR, or of the demo.

    Exit status: 0 when there is none, 1 when there are some, 2 when a file cannot be read.
    """
    from gongkai.demo.samples import ROSTER_DIR
    from gongkai.fetch.vendors import MODULES
    from gongkai.roster import check_roster
    from gongkai.settings import settings

    folder = folder or settings().roster_dir or ROSTER_DIR
    problems = check_roster(folder, MODULES)
    for problem in problems:
        click.echo(f"{problem.file}:{problem.line}: {problem.zh}\n    {problem.en}")
    fatal = sum(problem.fatal for problem in problems)
    click.echo(f"{folder}: {len(problems)} problems, {fatal} of them fatal", err=True)
    sys.exit(1 if problems else 0)


@roster.command("versions")
def list_versions() -> None:
    """The rosters that were brought into the warehouse, the newest first, and the publications made with each."""
    from gongkai.local.report import open_console, print_table
    from gongkai.warehouse.connection import connect, dsns
    from gongkai.warehouse.roster import roster_versions

    with connect(dsns().owner) as conn:
        rows = [
            (v.version, f"{v.loaded_at:%Y-%m-%d %H:%M}", v.loaded_by, v.run_id, v.agencies, v.portals, v.sha256[:12],
             ", ".join(map(str, v.publications)))
            for v in roster_versions(conn)
        ]  # fmt: skip
    headings = ("version", "loaded", "by", "run", "agencies", "portals", "sha256", "publications")
    print_table(open_console(), "rosters", headings, rows)
