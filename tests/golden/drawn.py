"""Documents that the shared renderer draws: a line of catalogue.csv each, with the figures that were printed."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from gongkai.demo.draft import FigureStyle, Noise
from gongkai.demo.figures import Number, cell_key, holds
from gongkai.demo.render import LAYOUTS, render
from gongkai.extract import State
from gongkai.forms import CellKey, Form, form_by_id
from tests.golden.expected import ExpectedReport, Golden, Printed
from tests.golden.wraps import WRAPS
from tests.support.figures import as_text, balanced_figures

FOLDER = Path(__file__).parent
_STROKES: Mapping[FigureStyle, State] = {
    "slash_for_zero": State.NOT_APPLICABLE,
    "dash_for_zero": State.NOT_APPLICABLE,
    "blank_for_zero": State.BLANK,
}
Line = Mapping[str, str]


def drawn_documents() -> Iterator[Golden]:
    """The documents of the catalogue, in its order."""
    with (FOLDER / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield _golden(line)


@cache
def _noises() -> Mapping[str, Mapping[str, Any]]:
    return dict(yaml.safe_load((FOLDER / "noises.yaml").read_text(encoding="utf-8")))


def _golden(line: Line) -> Golden:
    layout, wrap = LAYOUTS[line["layout"]], WRAPS[line["wrap"]] if line["wrap"] else None
    file = f"{line['name']}.{wrap.extension if wrap else layout.extension}"
    container = wrap.container if wrap else line["layout"].partition("_")[0]

    def make() -> bytes:
        data = _draw(line)
        return wrap.wrap(data, f"report.{layout.extension}") if wrap else data

    needs = wrap.needs if wrap else None
    return Golden(line["name"], file, container, line["form"], make, (_expected(line),), needs=needs)


def _figures(line: Line, form: Form) -> dict[CellKey, Number]:
    """The figures of a line: balanced ones, then the cells that it spoils (``table.row.column+3``, space between)."""
    figures: dict[CellKey, Number] = dict(
        balanced_figures(form, Random(int(line["seed"])), most=int(line["most"]), density=float(line["density"]))
    )
    for spoil in line["spoil"].split():
        address, _, change = spoil.partition("+")
        figures[cell_key(address)] += int(change)
    return figures


def _draw(line: Line) -> bytes:
    form = form_by_id(line["form"])
    text = as_text(form, {key: int(value) for key, value in _figures(line, form).items()})
    noise = Noise(**_noises()[line["noise"]])
    year = int(line["year"])
    return render(form, text, agency=line["agency"], year=year, layout=line["layout"], noise=noise)


def _expected(line: Line) -> ExpectedReport:
    form = form_by_id(line["form"])
    figures = _figures(line, form)
    empty = _STROKES.get(_noises()[line["noise"]].get("figure_style", "plain"))
    broken = [e.identity for e in form.equations if not e.unless and not holds(e, figures)]  # every row is printed
    return ExpectedReport(
        form=line["form"],
        agency=line["agency"],
        year=int(line["year"]),
        scope=line["scope"],
        verdict="held" if any(identity.kind != "advisory" for identity in broken) else "accepted",
        findings=frozenset({identity.name for identity in broken} | set(line["advice"].split())),
        cells={key: _printed(value, empty) for key, value in figures.items()},
    )


def _printed(value: Number, empty: State | None) -> Printed:
    if value:
        return Printed(value, frozenset({State.VALUE}))
    return Printed(None, frozenset({empty})) if empty else Printed(0, frozenset({State.ZERO}))
