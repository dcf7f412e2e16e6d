from __future__ import annotations

from collections import Counter

import pytest
import yaml
from pydantic import ValidationError

from gongkai.errors import FormError
from gongkai.forms import CellKey, Form, all_forms, crosswalk, form_by_id, form_for_year

FREE_2008, STAT_2014 = form_by_id("free_2008"), form_by_id("stat_2014")
FORM_2019, FORM_2021 = form_by_id("form_2019"), form_by_id("form_2021")


@pytest.mark.parametrize(("form", "cells"), [(FREE_2008, 40), (STAT_2014, 58), (FORM_2019, 198), (FORM_2021, 200)])
def test_a_form_has_as_many_cells_as_the_paper_one(form: Form, cells: int) -> None:
    assert len(form.cell_ids) == cells
    assert len(set(form.cell_ids.values())) == cells


@pytest.mark.parametrize(
    ("form", "rows"),
    [(FORM_2019, 23), (FORM_2021, 25)],
)
def test_identities_are_spelled_out_once_for_each_place(form: Form, rows: int) -> None:
    places = Counter(equation.identity.name for equation in form.equations)
    assert places["applications_balance"] == 7
    assert places["dispositions_sum"] == 7
    assert places["applicants_sum"] == rows
    assert places["outcomes_sum"] == 3


def test_dispositions_have_19_parts_in_2019_and_21_in_2021() -> None:
    def parts(form: Form) -> int:
        return next(len(e.left) for e in form.equations if e.identity.name == "dispositions_sum")

    assert (parts(FORM_2019), parts(FORM_2021)) == (19, 21)


def test_cell_ids_of_two_forms_never_meet() -> None:
    ids = [cell_id for form in all_forms() for cell_id in form.cell_ids.values()]
    assert len(ids) == len(set(ids))


def test_every_label_stands_in_both_languages() -> None:
    for form in all_forms():
        for key, row in form.rows_of_cells.items():
            column = form.columns_of_cells[key]
            assert all((row.zh, row.en, column.zh, column.en, column.unit)), key


@pytest.mark.parametrize(
    ("year", "form"),
    [
        *((2007, None), (2008, FREE_2008), (2014, STAT_2014), (2018, STAT_2014)),
        *((2019, FORM_2019), (2020, FORM_2019), (2025, FORM_2021)),
    ],
)
def test_the_year_gives_a_form(year: int, form: Form | None) -> None:
    assert form_for_year(year) == form


def test_an_unknown_form_is_named_in_the_error() -> None:
    with pytest.raises(FormError, match="form_1999"):
        form_by_id("form_1999")


def test_the_crosswalk_names_only_cells_that_exist() -> None:
    for concept in crosswalk():
        for form in all_forms():
            cells = {(key.table, f"{key.row}.{key.column}") for key in form.cell_ids}
            rows = {(key.table, key.row) for key in form.cell_ids}
            assert {concept.place(address) for address in concept.keys_in(form.form)} <= cells | rows, concept.key


def test_every_cell_that_only_one_form_has_stands_in_the_crosswalk() -> None:
    named = {(c.table, key) for c in crosswalk() for form in all_forms() for key in c.keys_in(form.form)}
    for one, other in ((FORM_2019, FORM_2021), (FORM_2021, FORM_2019)):
        for key in one.cell_ids:
            if key.table == "applications" and key not in other.cell_ids:
                assert (key.table, key.row) in named, key


def test_a_form_that_names_an_unknown_key_is_refused() -> None:
    data = yaml.safe_load(FORM_2019.model_dump_json(by_alias=True))
    data["identities"][0]["right"] = ["no_such_row"]
    with pytest.raises(ValidationError, match="no_such_row"):
        Form.model_validate(data)


def test_a_cell_is_addressed_by_table_row_and_column() -> None:
    assert str(CellKey("applications", "granted_in_full", "total")) == "applications.granted_in_full.total"


def test_cell_ids_stay_what_they_are_in_the_warehouse() -> None:
    first = {form.form: min(form.cell_ids.values()) for form in all_forms()}
    assert first == {"free_2008": 4001, "stat_2014": 3001, "form_2019": 1001, "form_2021": 2001}


def test_a_row_of_indicators_has_a_unit_of_its_own() -> None:
    columns = STAT_2014.columns_of_cells
    measures = {key.row: (column.unit, column.value) for key, column in columns.items()}
    assert measures["requests_received"] == ("件", "count")
    assert measures["trainees"] == ("人次", "count")
    assert measures["dedicated_budget"] == ("万元", "amount_wan_yuan")


def test_each_total_row_of_the_old_sheets_has_its_sum() -> None:
    def totals(form: Form) -> Counter[str | None]:
        return Counter(e.row for e in form.equations if e.identity.name == "statistics_sum")

    assert set(totals(STAT_2014)) == {
        *("requests_received", "requests_closed", "replies_total", "denied_total"),
        *("reconsideration_total", "litigation_total", "staff_total"),
    }
    assert totals(FREE_2008) == {"requests_received": 1, "replies_total": 2, "denied_total": 2}


def test_the_channels_of_disclosure_are_never_said_to_add_up() -> None:
    channels = {key for key in STAT_2014.cell_ids if key.row.startswith("proactive_via_")}
    spoken_of = {key for e in STAT_2014.equations if e.identity.kind != "advisory" for key in e.cells}
    assert len(channels) == 5
    assert not channels & spoken_of


def test_an_identity_says_either_two_sides_or_sums() -> None:
    data = yaml.safe_load(STAT_2014.model_dump_json(by_alias=True))
    data["identities"][0]["left"], data["identities"][0]["right"] = ["requests_fax"], ["requests_received"]
    with pytest.raises(ValidationError, match="either left and right, or sums"):
        Form.model_validate(data)
