"""`make bench-accuracy`: cells right of cells printed, beside other libraries, on the same golden documents.

Each other library is followed by one plain mapper (plain_mapper.py). A figure is right when its value is; of a cell
that prints no figure, when none was found. A library that fails on a document has none of its cells right.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from other_readers import OTHER_READERS, PDF_READERS, Reader  # noqa: E402
from plain_mapper import map_rows  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import track  # noqa: E402

from gongkai import __version__  # noqa: E402
from gongkai.extract import parse_bytes  # noqa: E402
from gongkai.forms import CellKey, form_by_id  # noqa: E402
from tests.golden.corpus import corpus, missing_program  # noqa: E402
from tests.golden.expected import ExpectedReport, Golden  # noqa: E402

OURS = f"gongkai {__version__}"
Found = Mapping[CellKey, int | Decimal]


class Score:
    """Cells and reports of one library on the files of one kind."""

    def __init__(self) -> None:
        self.cells = self.right = self.reports = self.whole = 0

    def add(self, expected: ExpectedReport, found: Found) -> None:
        right = sum(found.get(key) == printed.value for key, printed in expected.cells.items())
        self.cells += len(expected.cells)
        self.right += right
        self.reports += 1
        self.whole += right == len(expected.cells)

    def __str__(self) -> str:
        return f"{100 * self.right / self.cells:.2f} % | {100 * self.whole / self.reports:.1f} %"


def readable(golden: Golden) -> bool:
    """One report, in a file of a kind that the others read as well."""
    kinds = {ending for reader in (*PDF_READERS, *OTHER_READERS) for ending in reader.endings}
    honest = golden.container != "wrong ending" and missing_program(golden) is None
    return honest and len(golden.reports) == 1 and Path(golden.file).suffix in kinds


def ours(data: bytes, name: str) -> Found:
    report = next((result.report for result in parse_bytes(data, name) if result.report), None)
    return {key: c.value for key, c in report.cells.items() if c.value is not None} if report else {}


def theirs(reader: Reader, path: Path, expected: ExpectedReport) -> Found:
    try:
        return map_rows(form_by_id(expected.form), reader.read(path))
    except Exception:  # whatever a library raises, it did not read the document
        return {}


def measure(folder: Path) -> dict[str, dict[str, Score]]:
    """Scores by kind of file and library."""
    scores: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for golden in track([g for g in corpus() if readable(g)], console=Console(stderr=True), transient=True):
        path, data = folder / golden.file, golden.make()
        path.write_bytes(data)
        (expected,) = golden.reports
        kind = path.suffix.removeprefix(".")
        scores[kind][OURS].add(expected, ours(data, golden.file))
        for reader in (*PDF_READERS, *OTHER_READERS):
            if path.suffix in reader.endings:
                scores[kind][reader.title].add(expected, theirs(reader, path, expected))
    return scores


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        scores = measure(Path(folder))
    print("| file | library | reports | cells right | reports whole |\n|---|---|---|---|---|")
    for kind, by_library in sorted(scores.items()):
        for library, score in by_library.items():
            print(f"| {kind} | {library} | {score.reports} | {score} |")


if __name__ == "__main__":
    main()
