"""``gongkai parse`` and ``gongkai check``: files and folders in, reports and findings out. No database, no network."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from gongkai.extract import ParseResult

EXIT_OK, EXIT_SOME_FAILED = 0, 1

_paths = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
_year = click.option("--year", type=click.IntRange(2008, 2100), help="Report year, where the file does not say.")
_agency = click.option("--agency", help="The agency's name, where the file does not say.")
_jobs = click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Worker processes.")


@click.command()
@_paths
@click.option(
    "--format", "output", type=click.Choice(["json", "table", "csv"]), default=None,
    help="json: a line a report; table: to read; csv: a line a cell. [default: table on a terminal, else json]",
)  # fmt: skip
@_year
@_agency
@_jobs
def parse(paths: tuple[Path, ...], output: str | None, year: int | None, agency: str | None, jobs: int) -> None:
    """Read reports (text, Markdown, HTML, DOCX, PDF); folders are walked.

    Exit status: 0 when every file gave a report, 1 when some did not, 2 for wrong usage.
    """
    from gongkai import show

    form = output or ("table" if sys.stdout.isatty() else "json")
    results = _results(paths, year, agency, jobs)
    if form == "json":
        sys.exit(_print_json(results, ParseResult.to_json))
    if form == "csv":
        sys.exit(_exit_status(show.write_csv(results, sys.stdout)))
    sys.exit(_exit_status(show.print_reports(results)))


@click.command()
@_paths
@click.option("--format", "output", type=click.Choice(["json", "table"]), default=None)
@_year
@_agency
@_jobs
def check(paths: tuple[Path, ...], output: str | None, year: int | None, agency: str | None, jobs: int) -> None:
    """Check reports before they are published: the findings first, in plain words.

    Exit status: 0 when every file gave a report, 1 when some did not, 2 for wrong usage.
    """
    from gongkai import show

    results = list(_results(paths, year, agency, jobs))
    if (output or ("table" if sys.stdout.isatty() else "json")) == "json":
        sys.exit(_print_json(results, show.findings_first))
    sys.exit(_exit_status(show.print_findings(results)))


def _results(paths: Sequence[Path], year: int | None, agency: str | None, jobs: int) -> Iterator[ParseResult]:
    from gongkai.extract.workers import parse_files

    files = sorted(_walk(paths))
    if not files:
        raise click.UsageError(f"no files in {', '.join(map(str, paths))}")
    with _progress(len(files)) as advance:
        for result in parse_files(files, jobs=jobs, year=year, agency=agency):
            advance(result.file)
            yield result


def _walk(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        else:
            yield path  # one that does not exist is its own outcome and stops no other


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """A progress bar on standard error, when that is a terminal and there is something to wait for."""
    if total < 2 or not sys.stderr.isatty():
        yield lambda _file: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=total)
        seen: set[str] = set()

        def advance(file: str) -> None:
            if file not in seen:
                seen.add(file)
                bar.update(task, advance=1)

        yield advance


def _print_json(results: Iterable[ParseResult], to_json: Any) -> int:
    status = EXIT_OK
    for result in results:
        click.echo(json.dumps(to_json(result), ensure_ascii=False))
        if result.status != "parsed":
            status = EXIT_SOME_FAILED
            complain(result)
    return status


def complain(result: ParseResult) -> None:
    """One line on standard error for a file that gave no report: which file, what is wrong, what to do."""
    click.echo(f"{result.file}: {result.status}: {result.error}", err=True)


def _exit_status(results: Iterable[ParseResult]) -> int:
    return EXIT_OK if all(result.status == "parsed" for result in results) else EXIT_SOME_FAILED
