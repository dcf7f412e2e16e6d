"""``gongkai parse`` and ``gongkai check``: files and folders in, reports and findings out. No database, no network."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from gongkai.commands.files import write_file
from gongkai.commands.years import YEAR
from gongkai.extract import ParseResult

EXIT_OK, EXIT_SOME_FAILED = 0, 1
_NO_DOCUMENT = (".", "~$")
"""Names in a folder begin so that are hidden, or that Office gives what it keeps while a document is open."""

_paths = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
_year = click.option("--year", type=YEAR, help="Report year, where the file does not say.")
_agency = click.option("--agency", help="The agency's name, where the file does not say.")
_jobs = click.option("--jobs", type=click.IntRange(1), help="Worker processes. [default: one a processor]")


@click.command()
@_paths
@click.option(
    "--format", "output", type=click.Choice(["json", "table", "csv"]), default=None,
    help="json: a line a report; table: to read; csv: a line a cell. [default: table on a terminal, else json]",
)  # fmt: skip
@_year
@_agency
@_jobs
def parse(paths: tuple[Path, ...], output: str | None, year: int | None, agency: str | None, jobs: int | None) -> None:
    """Read reports (text, HTML, Office files, PDF, OFD, archives of them); folders are walked.

    Exit status: 0 when every file gave a report, 1 when some did not, 2 for wrong usage.
    """
    from gongkai.show import cells_csv, terminal

    form = output or _usual_format()
    if form == "json":
        sys.exit(_print_json(paths, json_line, year, agency, jobs))
    results = read_files(paths, year, agency, jobs)
    if form == "csv":
        sys.exit(_exit_status(cells_csv.write_csv(results, sys.stdout)))
    sys.exit(_exit_status(terminal.print_reports(results)))


@click.command()
@_paths
@click.option(
    "--format", "output", type=click.Choice(["json", "table", "xlsx", "html"]), default=None,
    help="table: to read; xlsx: a workbook to send back; html: a page with the marked tables; json: a line a report. "
    "[default: by the ending of --to, else table on a terminal, else json]",
)  # fmt: skip
@click.option("-o", "--to", type=click.Path(path_type=Path, dir_okay=False), help="The file to write (xlsx, html).")
@_year
@_agency
@_jobs
def check(
    *, paths: tuple[Path, ...], output: str | None, to: Path | None, year: int | None, agency: str | None,
    jobs: int | None,
) -> None:  # fmt: skip
    """Check reports before they are published: a summary, then each finding in plain words.

    Exit status: 0 when every file gave a report, 1 when some did not, 2 for wrong usage.
    """
    from gongkai.show import terminal

    form = _check_format(output, to)
    if form == "json":
        sys.exit(_print_json(paths, findings_first, year, agency, jobs))
    results = read_files(paths, year, agency, jobs)
    if to is None:
        listed = list(results)
        terminal.print_check(listed)
        sys.exit(_exit_status(listed))
    sys.exit(_write_check(list(results), form, to))


def _usual_format() -> str:
    return "table" if sys.stdout.isatty() else "json"


def _check_format(output: str | None, to: Path | None) -> str:
    """The format asked for; xlsx and html go to a file, and only they do."""
    files = {"xlsx", "html"}
    form = output or (to.suffix.lower().lstrip(".") if to else _usual_format())
    if to is None and form in files:
        raise click.UsageError(f"--format {form} needs a file to write: --to check.{form}")
    if to is not None and form not in files:
        raise click.UsageError(f"--to {to} takes a workbook or a page: --format xlsx or --format html")
    return form


def _write_check(results: Sequence[ParseResult], form: str, to: Path) -> int:
    """Write the workbook or the page; files that gave no report are in it, and on standard error."""
    from gongkai.show.terminal import complain

    if form == "xlsx":
        from gongkai.show.workbook import workbook as draw
    else:
        from gongkai.show.page import page as draw
    write_file(to, draw(results))
    for result in results:
        if result.report is None:
            complain(result)
    click.echo(f"written: {to}", err=True)
    return _exit_status(results)


def json_line(result: ParseResult) -> str:
    """A line of ``gongkai parse --format json``."""
    return json.dumps(result.to_json(), ensure_ascii=False)


def findings_first(result: ParseResult) -> str:
    """The JSON of `parse`, with what an office looks at before it publishes in front."""
    whole = result.to_json()
    first = ("file", "agency", "year", "verdict", "findings")
    ordered = {name: whole[name] for name in first} | {name: v for name, v in whole.items() if name not in first}
    return json.dumps(ordered, ensure_ascii=False)


def read_files(
    paths: Sequence[Path], year: int | None = None, agency: str | None = None, jobs: int | None = None
) -> Iterator[ParseResult]:
    """Read files and folders, each file in a worker process, with a progress bar.

    Raises:
        click.UsageError: there is no file.
    """
    from gongkai.extract.workers import parse_files

    files = _files(paths)
    with _progress(len(files)) as advance:
        for result in parse_files(files, jobs=_processes(jobs, files), year=year, agency=agency):
            advance(result.file)
            yield result


def _files(paths: Sequence[Path]) -> list[Path]:
    files = sorted(_walk(paths))
    if not files:
        raise click.UsageError(f"no files in {', '.join(map(str, paths))}")
    return files


def _processes(jobs: int | None, files: Sequence[Path]) -> int:
    return min(jobs or len(os.sched_getaffinity(0)), len(files))


def _walk(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (p for p in path.rglob("*") if p.is_file() and not p.name.startswith(_NO_DOCUMENT))
        else:
            yield path  # one that does not exist is its own outcome and stops no other


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """A progress bar on standard error, when that is a terminal and there is something to wait for."""
    if total < 2 or not sys.stderr.isatty():
        yield lambda _file: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("读取 reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        seen: set[str] = set()

        def advance(file: str) -> None:
            if file not in seen:
                seen.add(file)
                bar.update(task, advance=1)

        yield advance


def _print_json(
    paths: Sequence[Path], line: Callable[[ParseResult], str], year: int | None, agency: str | None, jobs: int | None
) -> int:
    """Read files and print what the workers write of each."""
    from gongkai.extract.workers import write_files
    from gongkai.show.terminal import complain

    status = EXIT_OK
    files = _files(paths)
    with _progress(len(files)) as advance:
        for result, text in write_files(files, line, jobs=_processes(jobs, files), year=year, agency=agency):
            advance(result.file)
            click.echo(text)
            if result.status != "parsed":
                status = EXIT_SOME_FAILED
                complain(result)
    return status


def _exit_status(results: Iterable[ParseResult]) -> int:
    statuses = {result.status for result in results}  # of every result: what shows them works along the way
    return EXIT_OK if statuses == {"parsed"} else EXIT_SOME_FAILED
