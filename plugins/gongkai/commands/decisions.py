"""The commands of a data steward: decide on a report, and see what was decided."""

from __future__ import annotations

import getpass

import click


@click.command()
@click.argument("report", nargs=-1, required=True, metavar="REPORT")
@click.option("--accept-as-printed", "accept", is_flag=True, help="publish it although it does not balance")
@click.option("--correct", "corrections", multiple=True, metavar="CELL=VALUE", help="table.row.column=figure; repeat")
@click.option("--reject", is_flag=True, help="never publish it")
@click.option("--reason", required=True, help="why; kept for good")
@click.option("--evidence", metavar="URL", help="where one can see it")
@click.option("--by", "decided_by", default=getpass.getuser, help="who decides  [default: the account]")
def decide(
    report: tuple[str, ...],
    accept: bool,
    corrections: tuple[str, ...],
    reject: bool,
    reason: str,
    evidence: str | None,
    decided_by: str,
) -> None:
    """Decide on a held report: REPORT is its number, or AGENCY YEAR. Takes effect with the next publication."""
    from gongkai.warehouse import decisions
    from gongkai.warehouse.connection import connect, dsns

    with connect(dsns().steward) as conn:
        found = decisions.find_report(conn, report)
        corrected = tuple(decisions.parse_correction(found, text) for text in corrections)
        word = decisions.Word(accept, reject, corrected, reason, evidence, decided_by)
        numbers = decisions.decide(conn, found, word)
    name = f"{found.agency_printed} {found.report_year} (report {found.report_id})"
    click.echo(f"decision {', '.join(map(str, numbers))} on {name}: it takes effect with the next publication")


@click.command("decisions")
@click.option("--not-applied", is_flag=True, help="only those that need another look")
def list_decisions(not_applied: bool) -> None:
    """Every decision, the newest first, and whether it applies."""
    from gongkai.local.report import print_decisions
    from gongkai.warehouse import decisions
    from gongkai.warehouse.connection import connect, dsns

    with connect(dsns().owner) as conn:
        every = decisions.decisions(conn)
    print_decisions(decisions.reopened(every) if not_applied else every)


COMMANDS = (decide, list_decisions)
