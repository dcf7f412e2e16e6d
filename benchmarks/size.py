"""`make bench-size`: what 100,000 reports cost, from the loader to the answers of a dashboard. See README.md."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.abc import Buffer
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import questions  # noqa: E402
import readers  # noqa: E402
from memory import peak_memory  # noqa: E402
from side_by_side import compare, seconds  # noqa: E402

from gongkai.quality import gate, verdicts  # noqa: E402
from gongkai.warehouse.dbt.run import run_stage  # noqa: E402
from gongkai.warehouse.postgres.configuration import SUPERUSER  # noqa: E402
from gongkai.warehouse.postgres.server import EmbeddedPostgres  # noqa: E402
from gongkai.warehouse.publication import open_candidate, publish, write_diff  # noqa: E402
from tests.support.raw import FIRST_YEAR, Raw  # noqa: E402
from tests.support.warehouse import WarehouseUnderTest, fresh_database, temporary_server  # noqa: E402

YEARS = 10
TINY = 200
"""So few reports cost nothing; what is left is starting up."""


class Bench:
    """A server, and the lines of the table."""

    def __init__(self, server: EmbeddedPostgres, rounds: int) -> None:
        self.server, self.rounds = server, rounds
        self.table = Table(title=f"size, on {os.cpu_count()} cores, embedded Postgres")
        for heading in ("work", "reports", "cost", ""):
            self.table.add_column(heading, justify="right" if heading in ("reports", "cost") else "left")

    def row(self, work: str, reports: int, cost: str, remark: str = "") -> None:
        self.table.add_row(work, f"{reports:,}", cost, remark)
        print(f"{work} | {reports:,} | {cost} | {remark}", file=sys.stderr, flush=True)

    def load(self, raw: Raw) -> None:
        """Our loader and bare COPY of the same rows, in turn, into the same emptied table."""
        raw.load()
        with raw.warehouse.connect() as owner:
            data = _stored(owner)
            bytes_a_cell = owner.execute(_BYTES).fetchall()[0][0] / (cells := owner.execute(_CELLS).fetchall()[0][0])
            beside = _emptied(raw.warehouse, lambda: _bare_copy(owner, data))
            found = compare(_emptied(raw.warehouse, raw.load), beside, self.rounds)
        took = statistics.median(found.ours)
        remark = f"{1 / found.ratio:.0%} of bare COPY, {cells / took:,.0f} a second, median of {self.rounds}"
        self.row(f"load {cells:,} cells", raw.reports, f"{took:.1f} s", remark)
        self.row("store a cell", raw.reports, f"{bytes_a_cell:.1f} B", "with its index")
        _emptied(raw.warehouse, lambda: None)()

    def rebuild(self, raw: Raw, quiet: bool = False) -> float:
        """Staging to publication, a stage after the other, as the DAG runs them; the seconds of all."""
        dsn, spent = raw.warehouse.dsns.owner, 0.0
        postmaster = int((self.server.data / "postmaster.pid").read_text().split()[0])
        with raw.warehouse.connect() as conn, peak_memory([os.getpid(), postmaster]) as peak:
            began = time.perf_counter()
            candidate = open_candidate(conn)
            if candidate is None:
                raise RuntimeError("nothing to publish")
            number, target = candidate.publication_id, Path(tempfile.gettempdir()) / f"gongkai-size-{os.getpid()}" / "1"
            steps: dict[str, Callable[[], object]] = {
                "dbt: staging, intermediate": lambda: run_stage("intermediate", dsn, number, target),
                "GX: verdicts": lambda: verdicts(dsn, number),
                "dbt: marts and their tests": lambda: run_stage("candidate", dsn, number, target),
                "diff": lambda: write_diff(conn, number),
                "GX: gate": lambda: gate(dsn, number, coverage_floor=0.9, changed_share=0.05),
                "publish": lambda: publish(conn, candidate),
            }
            costs = {"lock of inputs": time.perf_counter() - began} | {name: seconds(do) for name, do in steps.items()}
            spent = sum(costs.values())
        if not quiet:
            for name, took in costs.items():
                self.row(name, raw.reports, f"{took:.1f} s")
            held = f"at most {peak.bytes / 2**20:,.0f} MB, this process and all of Postgres (PSS)"
            self.row("all of a rebuild", raw.reports, f"{spent:.1f} s", held)
        return spent

    def add_a_year(self, raw: Raw) -> None:
        """One more year onto those published, beside that year alone; each time the year after."""
        with_it, by_itself = [], []
        for year in range(raw.years.stop, raw.years.stop + self.rounds):
            more = Raw(raw.warehouse, raw.share, range(year, year + 1))
            more.write()
            with_it.append(self.rebuild(more, quiet=True))
            with fresh_database(self.server, "alone") as warehouse:
                alone = Raw(warehouse, raw.share, range(year, year + 1))
                alone.write()
                by_itself.append(self.rebuild(alone, quiet=True))
        took, beside = statistics.median(with_it), statistics.median(by_itself)
        remark = f"{took / beside:.2f} × that year alone ({beside:.1f} s), medians of {self.rounds}"
        self.row("one more year", raw.share, f"{took:.1f} s", remark)

    def answer(self, raw: Raw) -> None:
        """The questions; and one figure's provenance down to the bytes of a document, which lie in an archive."""
        for name, cost, remark in questions.rows(questions.alone(raw.warehouse), questions.together(raw.warehouse)):
            self.row(name, raw.reports, cost, remark)
        took = questions.down_to_bytes(raw.warehouse)
        remark = f"p95 {questions.percentile(took, 0.95):.1f} ms: the question, and its document out of the archive"
        self.row("ask: provenance, bytes", raw.reports, f"{statistics.median(took):.1f} ms", remark)

    def publish_meanwhile(self) -> None:
        with fresh_database(self.server, "readers") as warehouse:
            for name, cost, remark in readers.measure(warehouse):
                self.row(name, 0, cost, remark)


@contextmanager
def durable_server() -> Iterator[EmbeddedPostgres]:
    """As `gongkai up` has it. The reports repeat, real ones do not: nothing may be remembered of one for the next."""
    with temporary_server(durable=True) as server:
        with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as conn:
            conn.execute("ALTER SYSTEM SET enable_memoize = off")
            conn.execute("SELECT pg_reload_conf()")
        yield server


def start_up(bench: Bench) -> float:
    """Seconds of a rebuild of hardly anything, once what is imported once has been."""
    took = 0.0
    for name in ("cold", "warm"):
        with fresh_database(bench.server, name) as warehouse:
            tiny = Raw(warehouse, TINY // YEARS, range(FIRST_YEAR, FIRST_YEAR + YEARS))
            tiny.write()
            took = bench.rebuild(tiny, quiet=True)
            bench.row(f"a rebuild of hardly anything, {name}", TINY, f"{took:.1f} s", "start-up")
    return took


def measure(bench: Bench, count: int) -> float:
    """All with so many reports; the seconds of a rebuild."""
    with fresh_database(bench.server, "size") as warehouse:
        raw = Raw(warehouse, count // YEARS, range(FIRST_YEAR, FIRST_YEAR + YEARS))
        bench.load(raw)
        raw.write()
        spent = bench.rebuild(raw)
        bench.answer(raw)
        bench.add_a_year(raw)
    return spent


def _bare_copy(conn: psycopg.Connection, data: list[bytes]) -> None:
    with conn.cursor().copy("COPY raw.cell FROM STDIN (FORMAT binary)") as into:
        for block in data:
            into.write(block)


def _stored(conn: psycopg.Connection) -> list[bytes]:
    with conn.cursor().copy("COPY (SELECT * FROM raw.cell) TO STDOUT (FORMAT binary)") as out:
        return _in_blocks(out)


def _in_blocks(rows: Iterable[Buffer]) -> list[bytes]:
    """As large as our own writes: row by row, the bare COPY would pay for every one."""
    blocks, block = [], bytearray()
    for row in rows:
        block += row
        if len(block) >= 1 << 18:
            blocks.append(bytes(block))
            block.clear()
    return [*blocks, bytes(block)]


def _emptied(warehouse: WarehouseUnderTest, work: Callable[[], object]) -> Callable[[], object]:
    """The work, on an empty table each time."""

    def run() -> object:
        with warehouse.connect() as conn:
            conn.execute("TRUNCATE raw.cell")
        return work()

    return run


_BYTES = "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'raw.cell'::regclass"
_CELLS = "SELECT count(*) FROM raw.cell"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3, help="of each load and added year; a rebuild is measured once")
    options = parser.parse_args()
    began = time.perf_counter()
    with durable_server() as server:
        bench = Bench(server, options.rounds)
        bench.publish_meanwhile()
        start = start_up(bench)
        least, *others = options.reports
        spent = {count: measure(bench, count) for count in options.reports}
    for count in others:
        growth = f"{(spent[count] - start) / (spent[least] - start):.1f} ×"
        bench.row("growth of a rebuild", count, growth, f"of {least:,}, both net of start-up")
    Console(width=140).print(bench.table, f"{time.perf_counter() - began:.0f} s in all")


if __name__ == "__main__":
    main()
