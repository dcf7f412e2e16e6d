"""The commands about publications: what was published, what it changed, back to an earlier one, and made again."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.settings import settings


@click.group()
def publications() -> None:
    """The numbered publications of the marts."""


@publications.command("list")
def list_publications() -> None:
    """All publications, the newest first."""
    from gongkai.local.report import print_publications
    from gongkai.warehouse.connection import connect, dsns
    from gongkai.warehouse.publication import publications as every

    with connect(dsns().owner) as conn:
        print_publications(every(conn))


@publications.command("show")
@click.argument("number", type=int)
def show_publication(number: int) -> None:
    """Everything about one publication: its lock, its marts with their hashes, what it changed, what was checked."""
    from gongkai.local.publication_report import print_one
    from gongkai.warehouse.connection import connect, dsns

    with connect(dsns().owner) as conn:
        print_one(conn, number)


@publications.command("diff")
@click.argument("number", type=int)
@click.argument("other", type=int, required=False)
def diff_publication(number: int, other: int | None) -> None:
    """What a publication (or a refused candidate) changed; with OTHER, what that one has otherwise than NUMBER."""
    from gongkai.local.publication_report import print_between, print_diff
    from gongkai.warehouse.connection import connect, dsns

    with connect(dsns().owner) as conn:
        if other is None:
            print_diff(conn, number)
        else:
            print_between(conn, number, other)


@publications.command("page")
@click.argument("number", type=int)
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), required=True, help="the HTML file to write")
def page_of_publication(number: int, to: Path) -> None:
    """Write what the gate checked of a publication, or of a refused candidate, as one page."""
    from gongkai.quality.page import write_gate_page
    from gongkai.warehouse.connection import connect, dsns

    with connect(dsns().owner) as conn:
        write_gate_page(conn, number, to)
    click.echo(f"publication {number} is described in {to}")


@publications.command("rollback")
@click.argument("number", type=int)
def rollback_publication(number: int) -> None:
    """Make an earlier publication the live one again."""
    from gongkai.warehouse.connection import connect, dsns
    from gongkai.warehouse.publication import rollback

    with connect(dsns().owner) as conn:
        rollback(conn, number)
    click.echo(f"publication {number} is live")


@click.command()
@click.argument("number", type=int)
@click.option("--database", metavar="URL", help="an empty database of the owner's, on a Postgres of your own")
def replay(number: int, database: str | None) -> None:
    """Make a publication again from the archive and its lock, beside the warehouse, and compare the hashes."""
    from gongkai.archive import Archive
    from gongkai.warehouse.connection import connect, dsns
    from gongkai.warehouse.replay import replay as make_again
    from gongkai.warehouse.scratch import scratch_database

    config = settings()
    with connect(dsns().owner) as conn, scratch_database(config, database) as scratch:
        made = make_again(conn, number, Archive(config.archive), scratch, config.state / "dbt" / f"replay-{number}")
    click.echo(f"publication {number}, made again from {made.documents} documents:")
    for mart, sha in sorted(made.hashes.items()):
        click.echo(f"  {'DIFFERENT' if mart in made.different else 'the same'}  {sha}  {mart}")
    if made.different:
        raise click.ClickException(f"publication {number} does not come out the same: {', '.join(made.different)}")


COMMANDS = (publications, replay)
