"""Figures that a page prints in two cells: put together where the sums prove it, marked, and never elsewhere."""

from __future__ import annotations

from random import Random

import pytest

from gongkai.extract import State
from gongkai.forms import CellKey, form_by_id
from tests.support.edited import Edit, EditedCell, Tables, draw, figures_of, read_back
from tests.support.figures import Figures, balanced_figures

FORM = form_by_id("form_2021")
NAMES = pytest.mark.parametrize("name", ["page.html", "rows.txt", "cells.txt"])


def figures() -> Figures:
    return balanced_figures(FORM, Random(5), most=90, density=0.8)


def split(key: CellKey) -> Edit:
    def edit(tables: Tables) -> None:
        row = next(row for row in tables[key.table] if any(cell.key == key for cell in row))
        at = next(n for n, cell in enumerate(row) if cell.key == key)
        text = row[at].text
        row[at].text = text[0]
        row.insert(at + 1, EditedCell(text[1:]))

    return edit


def two_digits(table: str) -> list[CellKey]:
    return [key for key, value in figures().items() if key.table == table and value > 9]


@NAMES
@pytest.mark.parametrize("key", two_digits("applications")[::9])
def test_a_split_figure_is_put_together_where_row_and_column_prove_it(name: str, key: CellKey) -> None:
    expected = figures()
    report = read_back(draw(FORM, expected, split(key))[name], name)
    assert {k: cell.value for k, cell in report.cells.items()} == expected
    text = str(expected[key])
    assert (report.cells[key].state, report.cells[key].text) == (State.INFERRED, f"{text[0]} | {text[1:]}")
    assert [f.identity for f in report.findings] == ["figure_in_pieces"]
    assert report.verdict == "accepted"


@NAMES
@pytest.mark.parametrize("table", ["disputes", "proactive_disclosure"])
def test_without_a_proof_nothing_is_put_together(name: str, table: str) -> None:
    report = read_back(draw(FORM, figures(), split(two_digits(table)[0]))[name], name)
    assert report.verdict == "held"
    assert State.INFERRED not in {cell.state for cell in report.cells.values()}


def test_an_unlabelled_column_is_no_second_piece() -> None:
    def extra_zero(tables: Tables) -> None:
        for row in tables["applications"]:
            if figures_of(row):
                row.append(EditedCell("0"))

    report = read_back(draw(FORM, figures(), extra_zero)["page.html"], "page.html")
    assert report.verdict == "held"
    assert {cell.value for key, cell in report.cells.items() if key.table == "applications"} == {None}
