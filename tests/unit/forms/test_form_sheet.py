from __future__ import annotations

from collections import Counter

import pytest

from gongkai.demo.draft import make_draft
from gongkai.demo.render import Noise
from gongkai.forms import Form, Table, all_forms, form_by_id
from gongkai.forms.sheet import CountColumns, Sheet


def sheets(form: Form, noise: Noise | None = None) -> list[Sheet]:
    figures = {key: str(number) for key, number in form.cell_ids.items()}
    draft = make_draft(form, figures, agency="乌有市财政局", year=form.years.first, noise=noise)
    return [part.sheet for part in draft.parts if part.sheet]


FORM_TABLES = [
    pytest.param(form, table, sheet, id=f"{form.form}-{table.key}")
    for form in all_forms()
    for table, sheet in zip(form.tables, sheets(form), strict=True)
]


@pytest.mark.parametrize(("form", "table", "sheet"), FORM_TABLES)
def test_cells_cover_the_sheet_exactly(form: Form, table: Table, sheet: Sheet) -> None:
    covered = Counter(
        (row, column)
        for cell in sheet.cells
        for row in range(cell.row, cell.bottom)
        for column in range(cell.column, cell.column + cell.colspan)
    )
    assert set(covered) == {(row, column) for row in range(sheet.row_count) for column in range(len(sheet.widths))}
    assert set(covered.values()) == {1}


@pytest.mark.parametrize(("form", "table", "sheet"), FORM_TABLES)
def test_every_cell_of_the_form_is_printed_once_in_order(form: Form, table: Table, sheet: Sheet) -> None:
    by_place = sorted((cell for cell in sheet.cells if cell.key), key=lambda cell: (cell.row, cell.column))
    assert [cell.key for cell in by_place] == [key for key, *_ in table.cells()]
    assert all(cell.text == str(form.cell_ids[cell.key]) for cell in by_place if cell.key)


@pytest.mark.parametrize(("form", "table", "sheet"), FORM_TABLES)
def test_every_label_of_the_form_is_printed(form: Form, table: Table, sheet: Sheet) -> None:
    text = "\n".join(cell.text for cell in sheet.cells if cell.kind != "figure")
    labels = [row.zh for block in table.blocks for row in block.rows]
    labels += [column.zh for block in table.blocks for column in block.columns]
    labels += [*table.corner, *table.header_groups, *table.row_headings, *(group.zh for group in table.groups)]
    assert [label for label in labels if label not in text] == []


def test_ordinals_stand_as_on_the_form() -> None:
    for form in (form_by_id("form_2019"), form_by_id("form_2021")):
        applications = next(sheet for sheet in sheets(form) if sheet.stub == 3)
        margin = [cell.text[:2] for cell in applications.cells if cell.kind == "label" and cell.column == 0][1:]
        assert margin == ["一、", "二、", "三、", "四、"]
        inside = [cell.text[:3] for cell in applications.cells if cell.kind == "label" and cell.text[:1] == "（"][1:]
        assert inside == ["（一）", "（二）", "（三）", "（四）", "（五）", "（六）", "（七）"]


def test_noise_changes_labels_and_takes_cells_away() -> None:
    form = form_by_id("form_2019")
    lost = next(iter(form.cell_ids))
    plain, noisy = sheets(form), sheets(form, Noise(label_variant=3, half_width=True, lost=frozenset({lost})))
    assert sum(len(sheet.cells) for sheet in noisy) == sum(len(sheet.cells) for sheet in plain) - 1
    texts = {cell.text for sheet in noisy for cell in sheet.cells}
    assert "2019年新制作数量" in texts
    assert not [text for text in texts if "（" in text or "：" in text]


def test_a_figure_that_is_not_given_is_an_error() -> None:
    form = form_by_id("form_2019")
    with pytest.raises(KeyError):
        make_draft(form, {}, agency="乌有市财政局", year=2019)


def test_a_table_of_indicators_may_number_its_rows_and_have_more_columns_of_counts() -> None:
    columns = CountColumns(serial=True, code=True, heads=("本级", "部门", "乡镇"))
    (sheet,) = sheets(form_by_id("stat_2014"), Noise(columns=columns))
    assert [cell.text for cell in sheet.in_row(0)] == ["编号", "统计指标", "单位", "序号", "本级", "部门", "乡镇"]
    group, first = sheet.in_row(1), sheet.in_row(2)
    assert [cell.text for cell in group] == ["", "一、主动公开情况", "——", "", "——", "——", "——"]
    assert [cell.text for cell in first][2:5] == ["条", "01", "3001"]
    assert [cell.kind for cell in first][4:] == ["figure", "label", "label"]
