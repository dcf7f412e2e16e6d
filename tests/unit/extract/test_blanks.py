"""Blanks beside figures: what they may hide is said, and a sheet of blanks is no report of zeros."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from gongkai.extract import parse_bytes
from gongkai.extract.align import align
from gongkai.extract.lines import Token
from gongkai.extract.rows import RowReading
from gongkai.forms import CellKey, form_by_id
from gongkai.read.document import Where
from tests.support.edited import EditedCell, Tables, draw, figures_of, read_back
from tests.support.figures import balanced_figures

FORM = form_by_id("form_2021")
ROW = "normative_documents"


def nothing(tables: Tables) -> None:
    """Leave the tables as they are."""


def slipped(tables: Tables) -> None:
    """The figures of a row one cell to the right of their columns, the last one lost."""
    row = next(r for r in tables["proactive_disclosure"] if any(c.key and c.key.row == ROW for c in r))
    first, *_, last = figures_of(row)
    del row[last]
    row.insert(first, EditedCell(""))


@pytest.mark.parametrize("name", ["page.html", "rows.txt"])
@pytest.mark.parametrize("middle", [0, 14])
def test_figures_that_slipped_by_a_cell_hold_the_report(name: str, middle: int) -> None:
    figures = balanced_figures(FORM, Random(5)) | {
        CellKey("proactive_disclosure", ROW, column): value
        for column, value in {"made_this_year": 2, "repealed_this_year": middle, "in_force": 64}.items()
    }
    whole = read_back(draw(FORM, figures, nothing)[name], name)
    spoilt = read_back(draw(FORM, figures, slipped)[name], name)
    assert whole.verdict == "accepted"
    assert spoilt.verdict == "held"
    assert "blank_beside_zeros" in {finding.identity for finding in spoilt.findings}


def with_a_cell_too_few(tables: Tables) -> None:
    """The short last block as it is, with an empty cell at the end of each row; its first figure's cell is missing."""
    for row in tables["proactive_disclosure"][-2:]:
        row[-1].colspan = 1
        row.append(EditedCell(""))
    del tables["proactive_disclosure"][-1][1]


def test_a_cell_that_is_missing_where_zeros_are_blank_holds_the_report() -> None:
    form = form_by_id("form_2019")
    figures = dict.fromkeys(form.cell_ids, 0) | {
        CellKey("disputes", "reconsideration", c): 3 for c in ("other", "total")
    }
    texts = {key: "" for key, value in figures.items() if not value}
    texts |= {CellKey("proactive_disclosure", "centralised_procurement", "procurement_amount"): "25"}
    report = read_back(draw(form, figures, with_a_cell_too_few, texts=texts)["page.html"], "page.html")
    cells = [cell for key, cell in report.cells.items() if key.row == "centralised_procurement"]
    assert [cell.value for cell in cells] == [None, None]
    assert report.verdict == "held"


def test_figures_that_slipped_among_strokes_for_zero_hold_the_report() -> None:
    figures = balanced_figures(FORM, Random(5)) | {CellKey("proactive_disclosure", ROW, "made_this_year"): 2}
    texts = {key: "/" for key, value in figures.items() if not value}
    whole = read_back(draw(FORM, figures, nothing, texts=texts)["page.html"], "page.html")
    spoilt = read_back(draw(FORM, figures, slipped, texts=texts)["page.html"], "page.html")
    assert (whole.verdict, spoilt.verdict) == ("accepted", "held")


def test_money_in_a_column_of_counts_holds_the_report() -> None:
    figures = dict.fromkeys(FORM.cell_ids, 0)
    texts = {CellKey("proactive_disclosure", "penalty", "decisions"): "1007322元"}
    report = read_back(draw(FORM, figures, nothing, texts=texts)["page.html"], "page.html")
    assert report.verdict == "held"
    assert "cell_is_not_a_figure" in {finding.identity for finding in report.findings}


def test_a_row_of_blanks_among_zeros_is_a_row_of_blanks() -> None:
    figures = dict.fromkeys(FORM.cell_ids, 0)
    texts = {key: "" for key in FORM.cell_ids if key.row == "rules"}
    report = read_back(draw(FORM, figures, nothing, texts=texts)["page.html"], "page.html")
    assert report.verdict == "accepted"


def test_a_blank_may_stand_for_zero_where_rows_with_a_total_have_such_blanks() -> None:
    figures = dict.fromkeys(FORM.cell_ids, 0) | {CellKey("proactive_disclosure", ROW, "in_force"): 64}
    figures |= {CellKey("disputes", "reconsideration", column): 3 for column in ("other", "total")}
    blank_rows = (ROW, "reconsideration")
    texts = {key: "" for key, value in figures.items() if key.row in blank_rows and not value}
    report = read_back(draw(FORM, figures, nothing, texts=texts)["page.html"], "page.html")
    assert report.verdict == "accepted"


def test_a_sheet_whose_sums_are_all_blank_proves_nothing() -> None:
    figures = dict.fromkeys(FORM.cell_ids, 0)
    texts = dict.fromkeys((key for key in FORM.cell_ids if key.table != "proactive_disclosure"), "")
    report = read_back(draw(FORM, figures, nothing, texts=texts)["page.html"], "page.html")
    assert report.verdict == "held"
    assert [finding.identity for finding in report.findings] == ["not_assessable"]


def test_an_empty_cell_of_a_wider_sheet_is_no_total_of_a_row_with_merged_cells() -> None:
    keys = tuple(key for key in FORM.cell_ids if key.row == "requests_received_new")
    texts = {3: "0", 4: "0", 5: "0", 6: "0", 7: "2", 8: "0", 9: "2", 10: "", 11: ""}
    whole = RowReading(keys, tuple(Token(text, Where(), column) for column, text in texts.items()))
    merged = replace(whole, tokens=tuple(token for token in whole.tokens if token.column != 5))
    for _, tokens in align([whole, merged, merged, merged]):
        assert tokens is not None
        assert [token.column if token else None for token in tokens] in (
            [3, 4, 5, 6, 7, 8, 9],
            [3, 4, None, 6, 7, 8, 9],
        )


def test_a_form_with_lines_to_write_on_is_no_report() -> None:
    figures = dict.fromkeys(FORM.cell_ids, 0)
    (result,) = parse_bytes(
        draw(FORM, figures, nothing, texts=dict.fromkeys(figures, "____"))["page.html"], "form.html"
    )
    assert result.status == "not_a_report"
