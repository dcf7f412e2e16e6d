"""``gongkai diff``: two reports beside each other, or two years of one agency."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from gongkai.extract import ParseResult, Report

EXIT_SAME, EXIT_DIFFERENT = 0, 1


@click.command()
@click.argument("a", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("b", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "output", type=click.Choice(["json", "table"]), default=None)
def diff(a: Path, b: Path, output: str | None) -> None:
    """Compare two reports: cells that differ; of two years running, what carries over and what prose is repeated.

    Exit status: 0 when they say the same, 1 when they differ, 2 for wrong usage or a file without a report.
    """
    from gongkai.extract import compare, parse_files, prose_of_files
    from gongkai.show import difference

    sides = [_only_report(path, list(parse_files([path]))) for path in (a, b)]
    (in_a, in_b), (prose_a, prose_b) = sides, prose_of_files([a, b], jobs=2)
    found = compare(in_a[1], in_b[1], prose_a, prose_b)
    if (output or ("table" if sys.stdout.isatty() else "json")) == "json":
        click.echo(json.dumps(difference.to_json(in_a, in_b, found), ensure_ascii=False))
    else:
        difference.print_difference(in_a, in_b, found)
    sys.exit(EXIT_SAME if found.same else EXIT_DIFFERENT)


def _only_report(path: Path, results: list[ParseResult]) -> tuple[ParseResult, Report]:
    """The report of a file.

    Raises:
        click.UsageError: it has none, or several.
    """
    reports = [(result, result.report) for result in results if result.report is not None]
    if len(reports) == 1:
        return reports[0]
    if reports:
        raise click.UsageError(f"{path} holds {len(reports)} reports; diff takes one from each file: save them apart")
    raise click.UsageError(f"{path}: {results[0].status}: {results[0].error}")
