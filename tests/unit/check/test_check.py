from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from gongkai.check import check_numbers, evaluate, verdict_of
from gongkai.check.blanks import assessed_share, contradictions, suspects_beside_blanks
from gongkai.forms import CellKey, Form, all_forms, form_by_id
from tests.support.figures import balanced_figures

FORMS = pytest.mark.parametrize("form", all_forms(), ids=lambda form: form.form)


def application(row: str, column: str) -> CellKey:
    return CellKey("applications", row, column)


@FORMS
def test_balanced_figures_have_no_findings(form: Form) -> None:
    for seed in range(20):
        findings = check_numbers(form, balanced_figures(form, Random(seed)))
        assert [finding for finding in findings if finding.kind != "advisory"] == []


@FORMS
def test_every_equation_notices_when_one_of_its_cells_is_wrong(form: Form) -> None:
    good = balanced_figures(form, Random(7))
    for equation in form.equations:
        numbers = {**good, **dict.fromkeys(equation.unless)}
        found = check_numbers(form, {**numbers, equation.left[0]: numbers[equation.left[0]] + 1_000_000})
        places = {(f.identity, f.row, f.column): f for f in found}
        finding = places[equation.identity.name, equation.row, equation.column]
        assert verdict_of([finding]) == ("accepted" if equation.identity.kind == "advisory" else "held")


@FORMS
def test_a_missing_figure_makes_an_equation_not_assessable(form: Form) -> None:
    numbers = balanced_figures(form, Random(3))
    for equation in form.equations:
        for key in equation.cells:
            assert evaluate(equation, {**numbers, key: None}).outcome == "not_assessable"


@FORMS
def test_a_single_wrong_cell_of_the_request_table_is_named_with_its_right_value(form: Form) -> None:
    good = balanced_figures(form, Random(11), density=0.6)
    for key in form.cell_ids:
        if key.table != "applications":
            continue
        suspects = {f.suspect for f in check_numbers(form, {**good, key: good[key] + 3})}
        named = [suspect for suspect in suspects if suspect is not None]
        assert [(s.key, s.printed, s.balances) for s in named] == [(key, good[key] + 3, good[key])], key


def test_figures_shifted_between_two_applicants_name_no_cell() -> None:
    """Two columns off by opposite amounts: two cells are wrong, so no single one can be blamed."""
    form = form_by_id("form_2019")
    good = balanced_figures(form, Random(5), density=0.9)
    one, other = application("granted_in_full", "natural_person"), application("granted_in_full", "other_organisation")
    found = check_numbers(form, {**good, one: good[one] - 1, other: good[other] + 1})
    assert {f.identity for f in found} == {"dispositions_sum"}
    assert {f.column for f in found} == {"natural_person", "other_organisation"}


def test_a_total_of_zero_under_outcomes_is_the_suspect() -> None:
    """No other figure of the row could be smaller without becoming negative."""
    form = form_by_id("form_2021")
    row = {"upheld": 10, "corrected": 1, "other": 0, "pending": 0, "total": 0}
    numbers = {CellKey("disputes", "reconsideration", column): value for column, value in row.items()}
    (finding,) = check_numbers(form, numbers)
    assert (finding.left, finding.right) == (11, 0)
    assert finding.suspect is not None
    assert (finding.suspect.key.column, finding.suspect.balances) == ("total", 11)
    assert "11" in finding.message_zh
    assert "11" in finding.message_en


@FORMS
def test_counts_must_be_whole_and_not_negative(form: Form) -> None:
    key = next(key for key, column in form.columns_of_cells.items() if column.value == "count")
    names = [f.identity for f in check_numbers(form, {key: -1})]
    assert names == ["count_not_negative"]
    names = [f.identity for f in check_numbers(form, {key: Decimal("1.5")})]
    assert names == ["count_is_whole"]


def test_a_change_may_be_negative() -> None:
    form = form_by_id("form_2019")
    assert check_numbers(form, {CellKey("proactive_disclosure", "licensing", "items_change"): -8}) == ()


@FORMS
def test_blanks_that_stand_for_zero_contradict_nothing(form: Form) -> None:
    good = balanced_figures(form, Random(2))
    blanks = {key for key, value in good.items() if value == 0}
    numbers = {key: None if key in blanks else value for key, value in good.items()}
    assert contradictions(form, numbers, blanks) == []
    assert assessed_share(form, numbers, blanks) == 1


@FORMS
def test_totals_left_blank_contradict_nothing(form: Form) -> None:
    good = balanced_figures(form, Random(2), density=0.8)
    blanks = {key for key in good if key.table == "applications" and key.column == "total"}
    numbers = {key: None if key in blanks else value for key, value in good.items()}
    assert contradictions(form, numbers, blanks) == []


@pytest.mark.parametrize("form_id", ["form_2019", "form_2021"])
def test_blanks_cannot_hide_figures_that_totals_need(form_id: str) -> None:
    form = form_by_id(form_id)
    good = balanced_figures(form, Random(4), density=0.9)
    blanks = {key for key in good if key.table == "applications" and key.row == "granted_in_full"} - {
        application("granted_in_full", "total")
    }
    numbers = {key: None if key in blanks else value for key, value in good.items()}
    numbers[application("granted_in_full", "total")] = 0
    found = {result.equation.identity.name for result in contradictions(form, numbers, blanks)}
    assert "applicants_sum" in found or "dispositions_sum" in found


@pytest.mark.parametrize("form_id", ["form_2019", "form_2021"])
def test_a_part_left_blank_is_zero_and_not_what_its_total_lacks(form_id: str) -> None:
    form = form_by_id(form_id)
    good = balanced_figures(form, Random(4), density=0.9)
    part = next(k for k, value in good.items() if k.row == "denied_state_secret" and k.column != "total" and value)
    found = {result.equation.row for result in contradictions(form, {**good, part: None}, {part})}
    assert "denied_state_secret" in found


@FORMS
def test_a_stroke_says_of_a_total_too_that_there_is_nothing(form: Form) -> None:
    good = balanced_figures(form, Random(4), density=0.9)
    total = next(e.right[0] for e in form.equations if e.is_sum and good[e.right[0]])
    assert contradictions(form, {**good, total: None}, {total}) == []
    assert contradictions(form, {**good, total: None}, (), strokes={total}) != []


@pytest.mark.parametrize("form_id", ["form_2019", "form_2021"])
def test_a_wrong_figure_beside_blank_zeros_is_named_with_its_right_value(form_id: str) -> None:
    form = form_by_id(form_id)
    good = balanced_figures(form, Random(11), density=0.6)
    blanks = {key for key, value in good.items() if value == 0}
    printed = {key: None if key in blanks else value for key, value in good.items()}
    for key in good.keys() - blanks:
        if key.table == "applications":
            found = set(suspects_beside_blanks(form, {**printed, key: good[key] + 3}, blanks).values())
            assert [(s.key, s.printed, s.balances) for s in found] == [(key, good[key] + 3, good[key])], key


def test_a_figure_left_out_is_no_suspect() -> None:
    form = form_by_id("form_2021")
    good = balanced_figures(form, Random(11), density=0.6)
    blanks = {key for key, value in good.items() if value == 0}
    blanks.add(max(key for key, value in good.items() if key.table == "applications" and value))
    printed = {key: None if key in blanks else value for key, value in good.items()}
    assert suspects_beside_blanks(form, printed, blanks) == {}


def indicator(row: str) -> CellKey:
    return CellKey("statistics", row, "value")


def sheet_of_2008(version: str) -> dict[CellKey, int]:
    """The figures of a sheet with four reasons among the denials, or beside them."""
    form = form_by_id("free_2008")
    figures: dict[CellKey, int] = dict.fromkeys(form.cell_ids, 0)
    outside = [key for key in figures if key.row.startswith("reply_")]
    inside = [indicator(key.row.replace("reply_", "denied_")) for key in outside]
    denied = 5 if version == "inside" else 2
    figures |= {indicator("denied_state_secret"): 2, indicator("denied_total"): denied, indicator("granted_in_full"): 4}
    figures |= {(inside if version == "inside" else outside)[0]: 3, indicator("replies_total"): 9}
    left_out = outside if version == "inside" else inside
    return {key: value for key, value in figures.items() if key not in left_out}


@pytest.mark.parametrize("version", ["inside", "outside"])
def test_a_sum_is_bound_to_the_rows_that_the_sheet_prints(version: str) -> None:
    form, figures = form_by_id("free_2008"), sheet_of_2008(version)
    absent = set(form.cell_ids) - set(figures)
    assert check_numbers(form, figures) == ()
    assert contradictions(form, figures, (), absent) == []
    for total in ("replies_total", "denied_total", "requests_received"):
        spoilt = {**figures, indicator(total): figures[indicator(total)] + 1}
        assert (total, None) in [(f.row, f.column) for f in check_numbers(form, spoilt) if f.kind == "derived"]


def test_a_row_left_out_counts_as_nothing_and_a_sum_without_parts_says_nothing() -> None:
    form, figures = form_by_id("free_2008"), sheet_of_2008("inside")
    without_fax = {key: value for key, value in figures.items() if key.row != "requests_fax"}
    absent = set(form.cell_ids) - set(without_fax)
    assert contradictions(form, without_fax, (), absent) == []
    (found,) = contradictions(form, {**without_fax, indicator("requests_received"): 7}, (), absent)
    assert (found.equation.row, found.left, found.right) == ("requests_received", 0, 7)
    parts = {key for equation in form.equations if equation.row == "requests_received" for key in equation.left}
    no_parts = {key: value for key, value in figures.items() if key not in parts}
    absent = set(form.cell_ids) - set(no_parts)
    assert contradictions(form, {**no_parts, indicator("requests_received"): 7}, (), absent) == []


def test_channels_need_not_add_up_to_the_items_disclosed() -> None:
    """One item on several channels counts once."""
    figures = dict.fromkeys(form_by_id("stat_2014").cell_ids, 0)
    figures |= {indicator("proactive_items"): 10, indicator("proactive_via_website"): 10}
    assert check_numbers(form_by_id("stat_2014"), {**figures, indicator("proactive_via_weibo"): 9}) == ()
    (finding,) = check_numbers(form_by_id("stat_2014"), {**figures, indicator("proactive_items"): 11})
    assert (finding.identity, finding.kind) == ("channels_cover_items", "advisory")
