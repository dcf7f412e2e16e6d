"""`make bench-size`: what 100,000 reports cost, from the loader to the marts. See README.md.

The figures satisfy their form, 3 % of the reports are spoilt. They go into raw as the loader writes them; the reports
themselves, their documents and fetches are written by SQL, since it is the 200 cells of each that make the size.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random

import psycopg
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from side_by_side import compare, seconds  # noqa: E402

from gongkai.extract.report import Cell, State  # noqa: E402
from gongkai.forms import Form, form_for_year  # noqa: E402
from gongkai.quality import gate, verdicts  # noqa: E402
from gongkai.roster import Agency, Roster  # noqa: E402
from gongkai.roster.regions import regions_on  # noqa: E402
from gongkai.warehouse.cell_copy import ReportCells, copy_cells  # noqa: E402
from gongkai.warehouse.dbt.run import run_stage  # noqa: E402
from gongkai.warehouse.publication import open_candidate, publish, write_diff  # noqa: E402
from gongkai.warehouse.roster import sync_roster  # noqa: E402
from gongkai.warehouse.runs import finish_run, start_run  # noqa: E402
from tests.support.figures import balanced_figures  # noqa: E402
from tests.support.warehouse import WarehouseUnderTest, fresh_database, temporary_server  # noqa: E402

FIRST_YEAR, YEARS = 2016, 10
_DIFFERENT = 300
"""Different reports a form; more would measure the random numbers, not the warehouse."""
_SPOILT = 33
"""Every so many-th report is spoilt."""

Numbered = list[tuple[int, Cell]]


def pool(form: Form) -> list[Numbered]:
    """Reports of a form as the loader gets them; the last one is spoilt."""
    reports = []
    for seed in range(_DIFFERENT + 1):
        figures = balanced_figures(form, Random(seed), density=0.1)
        if seed == _DIFFERENT:
            figures[form.equations[0].cells[0]] += 1
        cells = [
            Cell(key, v, str(v), State.VALUE if v else State.ZERO, None, None, "html") for key, v in figures.items()
        ]
        reports.append([(form.cell_ids[cell.key], cell) for cell in cells])
    return reports


class Size:
    """Raw with so many reports spread over the years, ten of an agency."""

    def __init__(self, warehouse: WarehouseUnderTest, reports: int) -> None:
        self.warehouse, self.reports = warehouse, reports
        forms = {year: form_for_year(year) for year in range(FIRST_YEAR, FIRST_YEAR + YEARS)}
        self._pools = {form.form: pool(form) for form in forms.values() if form}
        self._forms = {year: form.form for year, form in forms.items() if form}

    def write_reports(self) -> None:
        with self.warehouse.connect() as conn:
            sync_roster(conn, self._roster())
            for year, form in self._forms.items():
                start_run(conn, f"size-{year}", year, "archive")
                conn.execute(
                    _REPORTS, {"year": year, "form": form, "count": self.reports // YEARS, "first": FIRST_YEAR}
                )

    def _roster(self) -> Roster:
        """An agency for each report of a year, spread over the counties."""
        regions = list(regions_on(date(2026, 6, 1)))
        counties = [region.region_code for region in regions if region.level == "county"]
        agencies = [
            Agency(
                agency_id=f"agency-{n}",
                name=f"机关{n}",
                region_code=counties[n % len(counties)],
                level="county",
                organ_type="department",
                scope="own_organ",
                valid_from=date(2008, 1, 1),
            )
            for n in range(1, self.reports // YEARS + 1)
        ]
        aliases = tuple(alias for agency in agencies for alias in agency.names())
        return Roster(tuple(agencies), (), aliases, (), tuple(regions))

    def cells(self) -> Iterator[ReportCells]:
        """Every report's cells, year by year as they are ingested."""
        share = self.reports // YEARS
        for year, form in self._forms.items():
            reports = self._pools[form]
            for n in range(share):
                report_id = (year - FIRST_YEAR) * share + n + 1
                which = _DIFFERENT if report_id % _SPOILT == 0 else report_id % _DIFFERENT
                yield ReportCells(report_id, year, reports[which])

    def load(self) -> int:
        with self.warehouse.connect("loader") as conn:
            return copy_cells(conn, self.cells())

    def complete(self) -> None:
        with self.warehouse.connect() as conn:
            for year in self._forms:
                finish_run(conn, f"size-{year}", 1.0)
            conn.execute("ANALYZE")


_REPORTS = """
    WITH numbered AS (
        SELECT n, (%(year)s - %(first)s) * %(count)s + n AS report_id FROM generate_series(1, %(count)s) AS n
    ), document AS (
        INSERT INTO raw.document (sha256, media_type) SELECT lpad(to_hex(report_id), 64, '0'), 'text/html' FROM numbered
    ), outcome AS (
        INSERT INTO raw.outcome (run_id, ingest_year, stage, item, sha256, status)
        SELECT 'size-' || %(year)s, %(year)s, stage, 'file-' || report_id, lpad(to_hex(report_id), 64, '0'), status
        FROM numbered, (VALUES ('parse', 'parsed'), ('load', 'loaded')) AS of (stage, status)
    )
    INSERT INTO raw.report (report_id, sha256, parser_version, ordinal, ingest_year, form, report_year, agency_printed,
                            agency_normalised, scope, verdict, reader)
    OVERRIDING SYSTEM VALUE
    SELECT report_id, lpad(to_hex(report_id), 64, '0'), '1', 0, %(year)s, %(form)s, %(year)s, '机关' || n, '机关' || n,
           'own_organ', 'accepted', 'html'
    FROM numbered
"""


def bare_copy(conn: psycopg.Connection, data: list[bytes]) -> None:
    with conn.cursor().copy("COPY raw.cell FROM STDIN (FORMAT binary)") as into:
        for block in data:
            into.write(block)


def stored(conn: psycopg.Connection) -> list[bytes]:
    with conn.cursor().copy("COPY (SELECT * FROM raw.cell) TO STDOUT (FORMAT binary)") as out:
        return [bytes(block) for block in out]


def emptied(warehouse: WarehouseUnderTest, work: Callable[[], object]) -> Callable[[], object]:
    """The work, on an empty table each time."""

    def run() -> object:
        with warehouse.connect() as conn:
            conn.execute("TRUNCATE raw.cell")
        return work()

    return run


def loading(table: Table, size: Size) -> None:
    size.load()
    with size.warehouse.connect() as owner:
        data = stored(owner)
        beside = emptied(size.warehouse, lambda: bare_copy(owner, data))
        found = compare(emptied(size.warehouse, size.load), beside)
    cells = sum(1 for report in size.cells() for _ in report.cells)
    best = sorted(found.ours)[len(found.ours) // 2]
    table.add_row(
        "load the cells",
        f"{size.reports:,}",
        f"{best:.1f} s",
        f"{1 / found.ratio:.0%} of bare COPY, {cells / best:,.0f} a second",
    )
    with size.warehouse.connect() as conn:
        bytes_a_cell = conn.execute(_BYTES).fetchall()[0][0] / cells
    table.add_row("store a cell", f"{size.reports:,}", f"{bytes_a_cell:.1f} B", "with its index")


_BYTES = "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'raw.cell'::regclass"


def rebuilding(table: Table, size: Size) -> float:
    """Staging to publication, a stage after the other, as the DAG runs them; the seconds of all."""
    size.write_reports()
    size.load()
    size.complete()
    dsn, spent = size.warehouse.dsns.owner, 0.0
    with size.warehouse.connect() as conn, tempfile.TemporaryDirectory() as target:
        candidate = open_candidate(conn)
        if candidate is None:
            raise RuntimeError("nothing to publish")
        number = candidate.publication_id
        steps: dict[str, Callable[[], object]] = {
            "dbt: staging, intermediate": lambda: run_stage("intermediate", dsn, number, Path(target)),
            "GX: verdicts": lambda: verdicts(dsn, number),
            "dbt: marts and their tests": lambda: run_stage("candidate", dsn, number, Path(target)),
            "diff": lambda: write_diff(conn, number),
            "GX: gate": lambda: gate(dsn, number, coverage_floor=0.9),
            "publish": lambda: publish(conn, candidate),
        }
        for name, step in steps.items():
            took = seconds(step)
            spent += took
            table.add_row(name, f"{size.reports:,}", f"{took:.1f} s", "")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table.add_row("all of it", f"{size.reports:,}", f"{spent:.1f} s", f"{memory:,.0f} MB at most in this process")
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, nargs="+", default=[10_000, 100_000])
    counts = parser.parse_args().reports
    table = Table(title=f"size, on {os.cpu_count()} cores, embedded Postgres")
    for heading in ("work", "reports", "cost", ""):
        table.add_column(heading, justify="left" if not heading or heading == "work" else "right")
    began = time.perf_counter()
    spent = []
    for count in counts:
        with temporary_server() as server, fresh_database(server, "size") as warehouse:
            size = Size(warehouse, count)
            loading(table, size)
            emptied(warehouse, lambda: None)()
            spent.append(rebuilding(table, size))
    if len(spent) > 1:
        table.add_row(
            "growth", f"{counts[0]:,} → {counts[-1]:,}", f"{spent[-1] / spent[0]:.1f} ×", "of the whole rebuild"
        )
    console = Console(width=110)
    console.print(table, f"{time.perf_counter() - began:.0f} s in all")


if __name__ == "__main__":
    main()
