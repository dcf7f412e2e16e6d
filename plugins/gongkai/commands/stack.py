"""The commands that need the local stack or the warehouse."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gongkai.commands.years import YEAR, YearSpan
from gongkai.settings import settings

if TYPE_CHECKING:
    from gongkai.local.stack import Stack
    from gongkai.warehouse.export import FileFormat


def _stack() -> Stack:
    from gongkai.local.stack import Stack

    return Stack(settings())


@click.command()
def up() -> None:
    """Start the local stack: Postgres, the demo portal and Airflow."""
    from gongkai.local.report import print_addresses

    stack = _stack()
    stack.up(click.echo)
    print_addresses(stack)


@click.command()
def down() -> None:
    """Stop the local stack; the data stay."""
    _stack().down(click.echo)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="for programs: one JSON object")
def status(as_json: bool) -> None:
    """What is published, and what runs."""
    from gongkai.local.report import print_status
    from gongkai.warehouse.connection import connect, dsns
    from gongkai.warehouse.publication import status as published

    with connect(dsns().owner) as conn:
        found = published(conn)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        print_status(found, _stack().parts())


@click.command()
def demo() -> None:
    """Take the bundled portal's reports on three years all the way to the marts, and leave the stack running."""
    from gongkai.local.demonstration import demonstrate

    demonstrate(_stack())


@click.command()
@click.option("--year", type=YEAR, required=True, help="the report year")
@click.option("--portal", "portals", multiple=True, help="id of a portal of the roster; may be repeated; none: all")
def ingest(year: int, portals: tuple[str, ...]) -> None:
    """Ingest the reports on one year; the marts are published when they are in."""
    from gongkai.local.airflow_api import INGEST

    with _stack().api() as api:
        run = api.trigger(INGEST, str(year), conf={"portals": list(portals)})
        click.echo(f"{year}: {api.page(run)}")


@click.command()
@click.argument("years", type=YearSpan(), metavar="FROM..TO")
@click.option("--reason", required=True, help="why; kept with every run and publication")
def backfill(years: tuple[int, int], reason: str) -> None:
    """Ingest the reports on several past years again."""
    from gongkai.local.airflow_api import INGEST

    _trigger_years(INGEST, years, reason)


@click.command()
@click.argument("years", type=YearSpan(), metavar="FROM..TO")
@click.option("--reason", required=True, help="why; kept with every run and publication")
def reparse(years: tuple[int, int], reason: str) -> None:
    """Read the archived reports on some years again, with this version; no portal is visited."""
    from gongkai.local.airflow_api import REPARSE

    _trigger_years(REPARSE, years, reason)


def _trigger_years(dag: str, years: tuple[int, int], reason: str) -> None:
    first, last = years
    with _stack().api() as api:
        for year in range(first, last + 1):
            run = api.trigger(dag, str(year), conf={"reason": reason}, note=reason)
            click.echo(f"{year}: {api.page(run)}")


@click.group()
def db() -> None:
    """The warehouse's database."""


@db.command()
def url() -> None:
    """The address for a BI tool: it may read the marts, and nothing else."""
    from gongkai.warehouse.connection import dsns

    click.echo(dsns().bi_reader)


@click.command()
@click.option("--publication", "number", type=int, help="its number  [default: the live one]")
@click.option("--to", type=click.Path(path_type=Path), required=True, help="a folder that does not exist yet")
@click.option(
    "--format", "formats", type=click.Choice(["csv", "parquet", "xlsx"]), multiple=True, help="[default: all]"
)
def export(number: int | None, to: Path, formats: tuple[FileFormat, ...]) -> None:
    """Write one publication as CSV, Parquet and xlsx, with a data package that describes every column."""
    from gongkai.warehouse.connection import connect, dsns
    from gongkai.warehouse.export import FORMATS
    from gongkai.warehouse.export import export as write

    dsn = dsns().owner
    with connect(dsn) as conn:
        written = write(conn, dsn, number, to, formats or FORMATS, click.echo)
    click.echo(f"publication {written.publication_id} is in {to}; datapackage.json describes it")


@click.command()
@click.argument("agency")
@click.argument("year", type=YEAR)
def diagnose(agency: str, year: int) -> None:
    """Everything known about one agency's report on one year."""
    from gongkai.local.diagnosis import print_diagnosis
    from gongkai.warehouse.connection import connect, dsns

    with connect(dsns().owner) as conn:
        print_diagnosis(conn, agency, year)


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def airflow(arguments: tuple[str, ...]) -> None:
    """Airflow's own command line, on the Airflow of the local stack."""
    sys.exit(_stack().airflow(arguments))


COMMANDS = (up, down, status, demo, ingest, backfill, reparse, db, export, diagnose, airflow)
