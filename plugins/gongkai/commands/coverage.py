"""``gongkai coverage``: who owed a report for a year, and when it was published (公布情况)."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.commands.files import write_file
from gongkai.commands.years import YEAR


@click.command()
@click.option("--year", type=YEAR, required=True, help="The report year.")
@click.option("--region", help="Only this region and all below it: its code in GB/T 2260, or of regions.csv.")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="The .xlsx or .csv file to write.")
def coverage(year: int, region: str | None, to: Path | None) -> None:
    """Tell how many reports were due, on time, late and missing, in the layout that offices publish.

    It is what the live publication knows. A workbook has a second sheet with every report that was due.
    """
    from gongkai.local.report import open_console, print_table
    from gongkai.show.coverage import as_csv, as_workbook, summary
    from gongkai.warehouse.connection import connect, dsns
    from gongkai.warehouse.coverage import due_reports

    if to is not None and to.suffix.lower() not in (".xlsx", ".csv"):
        raise click.BadParameter(f"{to.name}: the name ends with .xlsx or .csv", param_hint="--to")
    with connect(dsns().owner) as conn:
        due = due_reports(conn, year, region)
    if to is None:
        heading, *rows = summary(due)
        print_table(open_console(), f"{year}年度公布情况", heading, rows)
        return
    write_file(to, as_workbook(due, year) if to.suffix.lower() == ".xlsx" else as_csv(due))
    click.echo(f"written: {to}", err=True)
