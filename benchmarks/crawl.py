"""Discovery and download of a simulated portal, politeness off, beside plain httpx and `wget -r`. See README.md."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urljoin, urlsplit

import httpx
import lxml.html
import psutil
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from side_by_side import Comparison, compare, seconds  # noqa: E402

from gongkai.archive import Archive  # noqa: E402
from gongkai.demo.samples import demo_roster  # noqa: E402
from gongkai.fetch import FetchRecord, Known, Wanted, discover, fetch_documents  # noqa: E402
from gongkai.roster import Portal  # noqa: E402
from tests.support.simulator import STARTS, Site  # noqa: E402

YEAR = Site().year
ROSTER = demo_roster("http://127.0.0.1:1")
_SMALL, _LARGE = 300, 30_000
"""Reports on the portals between which memory is compared."""


@contextmanager
def portal(agencies: int, *options: str) -> Iterator[Portal]:
    """A portal served by a process of its own."""
    command = [sys.executable, "-m", "tests.support.simulator", "--agencies", str(agencies), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        try:
            yield _row(address)
        finally:
            server.terminate()


def _row(address: str) -> Portal:
    host = urlsplit(address).netloc
    return Portal.model_validate(
        {
            "portal_id": "sim", "name": "simulator", "region_code": "990100", "module": "generic", "interval": 0,
            "url": address + STARTS["generic"], "official_hosts": (host,), "private_hosts": (host,),
        }
    )  # fmt: skip


def ours(row: Portal, folder: Path) -> list[FetchRecord]:
    """List, fetch, judge and archive; a record each."""
    wanted = (Wanted(link) for link in discover(row, YEAR, ROSTER).links)
    archive = Archive(str(folder))
    return [record for records in fetch_documents(row, wanted, archive) for record in records]


def again(row: Portal, folder: Path, records: list[FetchRecord]) -> None:
    """The same, where everything is known from the first time and nothing has changed."""
    known = {one.url: (Known(one.url, one.sha256 or "", (one.headers or {}).get("etag")),) for one in records}
    wanted = (Wanted(link, known[link.url]) for link in discover(row, YEAR, ROSTER).links)
    for (record,) in fetch_documents(row, wanted, Archive(str(folder))):
        assert record.outcome == "unchanged"


def plain_httpx(row: Portal) -> None:
    """Follow the listing, get each link, keep nothing."""
    with httpx.Client(trust_env=False) as client:
        url: str | None = row.url
        while url:
            page = client.get(url)
            links = lxml.html.fromstring(page.content).iterlinks()
            hrefs = [urljoin(url, href) for _, attribute, href, _ in links if attribute == "href"]
            url = next((href for href in hrefs if "?p=" in href), None)
            for href in hrefs:
                if "/gk/" in href and href.endswith(".html"):
                    client.get(href).raise_for_status()


def wget(row: Portal, folder: Path) -> None:
    command = ["wget", "-q", "-r", "-l", "inf", "-np", "--no-proxy", "-P", str(folder), row.url]
    subprocess.run(command, check=False)  # some links of any page lead nowhere, and wget says so by its status


@contextmanager
def fresh_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="gongkai-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def in_fresh_folder(work: Callable[[Path], object]) -> Callable[[], object]:
    def run() -> None:
        with fresh_folder() as folder:
            work(folder)

    return run


def peak_of_crawl(work: Callable[[], object]) -> int:
    """Bytes of memory that a crawling process held at most while something ran."""
    peak, over = [0], Event()

    def watch() -> None:
        while not over.wait(0.1):
            for child in psutil.Process(os.getpid()).children():
                with suppress(psutil.Error):
                    if "gongkai.fetch.crawl" in child.cmdline():
                        peak.append(child.memory_info().rss)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    work()
    over.set()
    watcher.join()
    return max(peak)


def speed_table(counts: tuple[int, ...] = (300, 1500)) -> Table:
    table = Table(title="a portal of reports of 50 kB, listed and fetched, politeness off (medians of 5 pairs)")
    for heading in ("work", "reports", "ours", "beside", "unit", "ours : beside", "spread"):
        table.add_column(heading, justify="left" if heading in ("work", "unit") else "right")
    for count in counts:
        with portal(count) as row:
            crawl = in_fresh_folder(lambda folder, row=row: ours(row, folder))
            size = sum(record.byte_size or 0 for record in _once(row))
            _line(table, "crawl / plain httpx", count, size, compare(crawl, lambda row=row: plain_httpx(row)))
            mirror = in_fresh_folder(lambda folder, row=row: wget(row, folder))
            _line(table, "crawl / wget -r", count, size, compare(crawl, mirror))
            _line_again(table, count, row)
    return table


def _once(row: Portal) -> list[FetchRecord]:
    with fresh_folder() as folder:
        return ours(row, folder)


def _line(table: Table, work: str, count: int, size: int, found: Comparison) -> None:
    low, high = found.spread
    ours_s, beside_s = (statistics.median(times) for times in found)
    ratio = (f"{found.ratio:.2f}", f"{low:.2f}–{high:.2f}")
    table.add_row(work, f"{count:,}", f"{count / ours_s:,.0f}", f"{count / beside_s:,.0f}", "pages a second", *ratio)
    table.add_row("", "", f"{size / ours_s / 1e6:.1f}", f"{size / beside_s / 1e6:.1f}", "MB a second", "", "")


def _line_again(table: Table, count: int, row: Portal) -> None:
    with fresh_folder() as folder:
        records: list[FetchRecord] = []
        first = seconds(lambda: records.extend(ours(row, folder)))
        second = statistics.median(seconds(lambda: again(row, folder, records)) for _ in range(3))
    figures = (f"{second:.1f}", f"{first:.1f}", "seconds", f"{second / first:.2f}", "")
    table.add_row("nothing has changed / the first crawl", f"{count:,}", *figures)


def memory_table() -> Table:
    table = Table(title="memory of the crawling process at its peak, small pages")
    for heading in ("reports", "MB", "of the smallest"):
        table.add_column(heading, justify="right")
    peaks = {}
    for count in (_SMALL, _LARGE):
        with portal(count, "--per-page", "100", "--small") as row, fresh_folder() as folder:
            peaks[count] = peak_of_crawl(lambda row=row, folder=folder: ours(row, folder))
        table.add_row(f"{count:,}", f"{peaks[count] / 1e6:.0f}", f"{peaks[count] / peaks[_SMALL]:.2f}")
    return table
