"""Rows that stand elsewhere than in the form, rows of the publisher's own, and rows of blanks with a remark."""

from __future__ import annotations

from dataclasses import replace
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


@FORMS
@pytest.mark.parametrize("name", ["page.html", "rows.txt"])
def test_a_row_above_the_first_is_named(form: Form, name: str) -> None:
    report = read_back(draw(form, balanced_figures(form, Random(11)), own_row_before_the_first)[name], name)
    named = [finding.message_zh for finding in report.findings if finding.identity == "unknown_row"]
    assert len(named) == 1
    assert "其他主动公开文件（7 7" in named[0]


@FORMS
@pytest.mark.parametrize("name", ["page.html", "rows.txt"])
@pytest.mark.parametrize(("by", "verdict"), [(0, "accepted"), (1, "held")])
def test_a_row_printed_twice_is_not_taken_for_the_next(form: Form, name: str, by: int, verdict: str) -> None:
    def twice(tables: Tables) -> None:
        rows = tables[APPLICATIONS]
        first = next(n for n, row in enumerate(rows) if figures_of(row))
        again = [replace(cell) for cell in rows[first]]
        again[-1].text = str(int(again[-1].text) + by)
        rows.insert(first + 1, again)

    figures = balanced_figures(form, Random(11), density=0.7)
    for key in figures:
        if key.row in ("requests_carried_over_from_prior_year", "requests_carried_forward_to_next_year"):
            figures[key] = 0
        elif key.row == "requests_received_new":
            figures[key] = figures[key._replace(row="dispositions_total")]
    texts = {key: "—" for key, value in figures.items() if not value}
    report = read_back(draw(form, figures, twice, texts=texts)[name], name)
    assert {key: cell.value or 0 for key, cell in report.cells.items()} == figures
    found = [(finding.table, finding.row) for finding in report.findings if finding.identity == "printed_twice"]
    assert found == ([(APPLICATIONS, "requests_received_new")] if by else [])
    assert report.verdict == verdict


def header_again_above_an_empty_row(tables: Tables) -> None:
    rows = tables[APPLICATIONS]
    labels = [next(cell for cell in row if cell.text) for row in rows]
    last = max(n for n, label in enumerate(labels) if label.text.endswith("其他"))
    header = rows[: next(n for n, row in enumerate(rows) if figures_of(row))]
    rows[last:last] = [*([replace(cell) for cell in row] for row in header), [EditedCell("") for _ in range(8)]]


@pytest.mark.parametrize("name", ["page.html", "rows.txt"])
def test_an_empty_row_below_a_repeated_header_is_no_row_of_the_form(name: str) -> None:
    form = form_by_id("form_2021")
    figures = balanced_figures(form, Random(11), density=0.7)
    report = read_back(draw(form, figures, header_again_above_an_empty_row)[name], name)
    assert {key: cell.value for key, cell in report.cells.items()} == figures


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
