"""Figures as the parser would give them, and the steps that load them."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from gongkai.extract.report import Cell, ParseResult, Report, State
from gongkai.forms import Form
from gongkai.warehouse.load import load_results
from gongkai.warehouse.runs import finish_run, start_run
from tests.integration.quality.figures import Figures
from tests.support.warehouse import WarehouseUnderTest

MISSING = (State.LOST, State.BLANK, State.NOT_APPLICABLE, State.TEXT)
PRESENT = (State.VALUE, State.INFERRED)


def as_read(form: Form, name: str, figures: Figures, year: int, drawn_by: Random | None = None) -> ParseResult:
    """What the parser would say of such a report. It accepts all: here only the gate is to find what is spoilt.

    Figures are there or lost, or in any of the states that the generator draws.
    """

    def state(value: object) -> State:
        states = MISSING if value is None else (State.ZERO,) if value == 0 else PRESENT
        return drawn_by.choice(states) if drawn_by else states[0]

    cells = {key: Cell(key, value, None, state(value), None, None, "html") for key, value in figures.items()}
    report = Report(form.form, name, year, "own_organ", None, None, cells, (), (), "accepted")
    sha256 = name.encode().hex().rjust(64, "0")
    return ParseResult(f"{name}.html", sha256, "text/html", "parsed", None, report, "1")


def load_year(warehouse: WarehouseUnderTest, year: int, results: Iterable[ParseResult]) -> None:
    """A complete run over one year."""
    with warehouse.connect() as conn:
        start_run(conn, f"run-{year}", year, "archive")
        load_results(conn, f"run-{year}", year, results)
        assert finish_run(conn, f"run-{year}", 0.2).ok
