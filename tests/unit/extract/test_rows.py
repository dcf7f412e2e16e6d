"""Rows that stand elsewhere than in the form, rows of the publisher's own, and rows of blanks with a remark."""

from __future__ import annotations

from random import Random

import pytest

from gongkai.extract import State
from gongkai.forms import Form, form_by_id
from tests.support.edited import Edit, EditedCell, Tables, draw, figures_of, read_back
from tests.support.figures import balanced_figures

PROACTIVE, APPLICATIONS = "proactive_disclosure", "applications"
FORMS = pytest.mark.parametrize("form", [form_by_id("form_2019"), form_by_id("form_2021")], ids=lambda form: form.form)


def swapped(tables: Tables) -> None:
    rows = tables[PROACTIVE]
    for row in {row.key.row: n for n, r in enumerate(rows) for row in r if row.key}.values():
        if figures_of(rows[row - 1]):
            rows[row - 1], rows[row] = rows[row], rows[row - 1]


def own_row_before_the_first(tables: Tables) -> None:
    rows = tables[PROACTIVE]
    first = next(n for n, row in enumerate(rows) if figures_of(row))
    rows.insert(first, [EditedCell("其他主动公开文件"), *(EditedCell("7") for _ in figures_of(rows[first]))])


@FORMS
@pytest.mark.parametrize("name", ["page.html", "rows.txt"])
@pytest.mark.parametrize("edit", [swapped, own_row_before_the_first])
def test_rows_are_known_by_their_labels(form: Form, name: str, edit: Edit) -> None:
    figures = balanced_figures(form, Random(11), density=0.7)
    report = read_back(draw(form, figures, edit)[name], name)
    assert {key: cell.value for key, cell in report.cells.items()} == figures
    assert report.verdict == "accepted"


def remarks(tables: Tables) -> None:
    rows = tables[APPLICATIONS]
    rows[0].append(EditedCell("备注", rowspan=3))
    for row in rows:
        if figures_of(row):
            row.append(EditedCell("含上年"))


@FORMS
def test_a_remark_behind_blanks_is_no_part_of_a_label(form: Form) -> None:
    figures = balanced_figures(form, Random(3), density=0.1)
    texts = {key: "" for key, value in figures.items() if not value}
    report = read_back(draw(form, figures, remarks, texts=texts)["page.html"], "page.html")
    assert {key for key, cell in report.cells.items() if cell.state is State.BLANK} == set(texts)
    assert {key: cell.value or 0 for key, cell in report.cells.items()} == figures
    assert report.verdict == "accepted"
