"""`make bench`: what gongkai costs beside the bare libraries. See README.md."""

from __future__ import annotations

import io
import re
import statistics
import sys
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import lxml.html
import pdfplumber
import psycopg
import pypdfium2
from lxml import etree
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import crawl  # noqa: E402
import workers  # noqa: E402
from side_by_side import Comparison, compare  # noqa: E402

import gongkai.extract.preload  # noqa: E402, F401  what is measured is as ready as a worker
from gongkai.demo.render import LAYOUTS, render  # noqa: E402
from gongkai.extract import ParseResult, parse_bytes  # noqa: E402
from gongkai.forms import form_by_id  # noqa: E402
from gongkai.warehouse.load import load_results  # noqa: E402
from gongkai.warehouse.runs import start_run  # noqa: E402
from tests.golden.wraps import WRAPS, program  # noqa: E402
from tests.support.figures import as_text, balanced_figures  # noqa: E402
from tests.support.warehouse import WarehouseUnderTest, fresh_database, temporary_server  # noqa: E402

FORM = form_by_id("form_2021")
YEAR = 2021
WORKED = ("html_cms_a", "docx", "text_markdown_tsv", "pdf")
PRINTED = {"by LibreOffice": ("docx", "office_pdf"), "by Chromium": ("html_cms_a", "chromium_pdf")}
"""What prints a PDF: the layout it is given, and what the golden documents call the printing."""

_WIDTH = 120
"""The table is read side by side, also where the output is no terminal."""


def documents(layout: str, count: int) -> list[bytes]:
    """Different reports of different agencies, all in one layout."""
    return [
        render(
            FORM,
            as_text(FORM, balanced_figures(FORM, Random(seed), density=0.2)),
            agency=f"乌有市第{seed}局",
            year=YEAR,
            layout=layout,
        )
        for seed in range(count)
    ]


def parse_all(files: list[bytes], layout: str) -> list[ParseResult]:
    results = [result for data in files for result in parse_bytes(data, f"report.{LAYOUTS[layout].extension}")]
    if any(result.report is None or result.report.verdict != "accepted" for result in results):
        raise RuntimeError(f"a report of layout {layout} was not accepted: nothing to measure")
    return results


def plain_pdfplumber(files: list[bytes]) -> int:
    tables = 0
    for data in files:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            tables += sum(len(page.extract_tables()) for page in pdf.pages)
    return tables


def plain_lxml(files: list[bytes]) -> int:
    return sum(len(lxml.html.fromstring(data)) for data in files)


def pdfs(kind: str, count: int) -> list[bytes]:
    """Different reports as PDF: printed by a program, as agencies publish them, or drawn by us without their fonts."""
    if kind not in PRINTED:
        return documents("pdf", count)
    layout, name = PRINTED[kind]
    wrap = WRAPS[name]
    if wrap.needs and program(wrap.needs) is None:
        raise RuntimeError(f"{wrap.needs} is not installed: it prints the PDFs that are measured")
    return [wrap.wrap(data, f"report.{LAYOUTS[layout].extension}") for data in documents(layout, count)]


def plain_pdfium(files: list[bytes]) -> int:
    characters = 0
    for data in files:
        pdf = pypdfium2.PdfDocument(data)
        characters += sum(len(page.get_textpage().get_text_bounded()) for page in pdf)
        pdf.close()
    return characters


def plain_docx(files: list[bytes]) -> int:
    """Unpack the document's XML and parse it."""
    return sum(len(etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))) for data in files)


def plain_text(files: list[bytes]) -> int:
    """Decode, and cut into lines and fields."""
    return sum(len([re.split(r"[\t|]", line) for line in data.decode().splitlines()]) for data in files)


def beside(
    files: Callable[[int], list[bytes]], layout: str, plain: Callable[[list[bytes]], int], count: int
) -> Comparison:
    """So many reports of one layout, parsed by us and by what does the least of it."""
    drawn = files(count)
    return compare(lambda: parse_all(drawn, layout), lambda: plain(drawn))


def load(warehouse: WarehouseUnderTest, count: int) -> Comparison:
    """The same reports loaded into raw, and their cells copied into a table of the same shape."""
    runs = _fresh_runs(warehouse, parse_all(documents("text_markdown_tsv", count), "text_markdown_tsv"))
    with warehouse.connect("loader") as conn, warehouse.connect() as owner:
        owner.autocommit = conn.autocommit = True
        copy = _bare_copy(owner)
        return compare(lambda: next(runs)(conn), copy)


Load = Callable[[psycopg.Connection], object]


def _fresh_runs(warehouse: WarehouseUnderTest, results: list[ParseResult]) -> Iterator[Load]:
    """Each load begins with an empty raw schema: loading twice would find everything there."""
    number = 0
    while True:
        number += 1
        with warehouse.connect() as owner:
            owner.execute("TRUNCATE raw.document, raw.report, raw.cell, raw.claim, raw.issue, raw.outcome CASCADE")
            run_id = f"bench-{number}"
            start_run(owner, run_id, YEAR, "archive")
        yield lambda conn, run_id=run_id: load_results(conn, run_id, YEAR, results)


def _bare_copy(owner: psycopg.Connection) -> Callable[[], object]:
    """COPY, in binary, of the cells that the last load left, into a twin of raw.cell with its index."""
    owner.execute("DROP TABLE IF EXISTS public.twin")
    owner.execute("CREATE TABLE public.twin (LIKE raw.cell INCLUDING ALL)")
    owner.execute("CREATE INDEX ON public.twin (report_id)")

    def copy() -> None:
        data = rows()  # read before the next COPY begins: a connection does one thing at a time
        owner.execute("TRUNCATE public.twin")
        with owner.cursor().copy("COPY public.twin FROM STDIN (FORMAT binary)") as into:
            into.write(data)

    def rows() -> bytes:
        if not cached:
            with owner.cursor().copy("COPY (SELECT * FROM raw.cell) TO STDOUT (FORMAT binary)") as out:
                cached.append(b"".join(bytes(block) for block in out))
        return cached[0]

    cached: list[bytes] = []
    return copy


def main() -> None:
    console = Console(width=max(Console().width, _WIDTH))
    table = Table(title="ours beside the bare library (medians of 5 pairs, one core)")
    for heading in ("work", "reports", "ours", "beside", "unit", "ours : beside", "spread"):
        table.add_column(heading, justify="left" if heading in ("work", "unit") else "right")
    for work, files, layout, bare, plain in (
        *(
            (f"PDF {kind}", partial(pdfs, kind), "pdf", bare, plain)
            for kind in (*PRINTED, "without its fonts")
            for bare, plain in (("pdfplumber extract_tables", plain_pdfplumber), ("pdfium text", plain_pdfium))
        ),
        ("HTML", partial(documents, "html_cms_a"), "html_cms_a", "lxml parse", plain_lxml),
        ("DOCX", partial(documents, "docx"), "docx", "zip and lxml parse", plain_docx),
        ("text", partial(documents, "text_bars"), "text_bars", "decode and split", plain_text),
    ):
        for count in (5, 20):
            _report(table, f"{work}: gongkai parse / {bare}", count, beside(files, layout, plain, count))
    with temporary_server() as server:
        for number, count in enumerate((200, 1000)):
            with fresh_database(server, f"bench_{number}") as warehouse:
                _rows(table, count, load(warehouse, count))
    console.print(table)
    console.print(crawl.speed_table())
    console.print(crawl.memory_table())
    console.print(workers.workers_table({layout: documents(layout, 20) for layout in WORKED}))


def _report(table: Table, work: str, count: int, found: Comparison) -> None:
    ours, beside = (statistics.median(times) * 1000 / count for times in found)
    _line(table, work, count, (f"{ours:.1f}", f"{beside:.1f}", "ms a report"), found)


def _rows(table: Table, count: int, found: Comparison) -> None:
    cells = count * len(FORM.cell_ids)
    ours, beside = (cells / statistics.median(times) for times in found)
    _line(
        table,
        "load: load_results / COPY of the cells",
        count,
        (f"{ours:,.0f}", f"{beside:,.0f}", "cells a second"),
        found,
    )


def _line(table: Table, work: str, count: int, figures: tuple[str, str, str], found: Comparison) -> None:
    low, high = found.spread
    table.add_row(work, f"{count:,}", *figures, f"{found.ratio:.2f}", f"{low:.2f}–{high:.2f}")


if __name__ == "__main__":
    main()
