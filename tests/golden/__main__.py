"""`python -m tests.golden [NAME…]`: how right the golden documents are read, by container and era.

With names, what differs in those documents. Exit status 1 when anything differs.
"""

from __future__ import annotations

import sys
from collections import defaultdict

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.golden.corpus import corpus, missing_program, results_of
from tests.golden.expected import Judgement, judge

_WIDTH = 150
_COLUMNS = (
    ("container", "left"),
    ("era", "left"),
    ("documents", "right"),
    ("cells", "right"),
    ("cells right", "right"),
    ("reports", "right"),
    ("whole", "right"),
    ("accepted but wrong", "right"),
    ("held for nothing", "right"),
    ("agency", "right"),
    ("year", "right"),
)


def main(names: list[str]) -> int:
    console = Console(width=max(Console().width, _WIDTH))
    places: dict[tuple[str, str], list[Judgement]] = defaultdict(list)
    absent: set[str] = set()
    for golden in track(corpus(), console=console, transient=True):
        if names and golden.name not in names:
            continue
        if program := missing_program(golden):
            absent.add(program)
            continue
        judgement = judge(golden, results_of(golden))
        places[golden.container, golden.era].append(judgement)
        for difference in judgement.differences[: None if names else 3]:
            console.print(f"{golden.file}: {difference}", markup=False, highlight=False)
    console.print(_overview(places))
    for program in sorted(absent):
        console.print(f"{program} is not installed: the documents that it draws were left out")
    return 1 if any(judgement.differences for found in places.values() for judgement in found) else 0


def _overview(places: dict[tuple[str, str], list[Judgement]]) -> Table:
    table = Table(title="golden documents: printed cells against read ones")
    for heading, side in _COLUMNS:
        table.add_column(heading, justify="left" if side == "left" else "right")
    everything = Judgement()
    for (container, era), found in sorted(places.items()):
        whole = Judgement()
        for judgement in found:
            whole.add(judgement)
        everything.add(whole)
        table.add_row(container, era, *_figures(len(found), whole))
    table.add_section()
    table.add_row("all", "", *_figures(sum(map(len, places.values())), everything))
    return table


def _figures(documents: int, judgement: Judgement) -> tuple[str, ...]:
    j = judgement
    numbers = (documents, j.cells, _share(j.right, j.cells), j.reports, _share(j.whole, j.reports))
    rest = (j.accepted_but_wrong, j.held_for_nothing, _share(j.agencies, j.reports), _share(j.years, j.reports))
    return tuple(map(str, (*numbers, *rest)))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "–"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
