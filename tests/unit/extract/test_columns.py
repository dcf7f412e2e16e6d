"""Figures belong to the column that their header names, wherever it stands and whatever stands beside it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from gongkai.extract.columns import exact_order, printed_orders
from gongkai.forms import Form, form_by_id
from tests.support.edited import Edit, EditedCell, Tables, draw, figures_of, read_back
from tests.support.figures import balanced_figures

PROACTIVE, APPLICATIONS, DISPUTES = "proactive_disclosure", "applications", "disputes"
HEADER = "信息内容"


def swap_organisations(tables: Tables) -> None:
    rows = tables[APPLICATIONS]
    rows[2][0], rows[2][3] = rows[2][3], rows[2][0]
    for row in rows:
        if figures := figures_of(row):
            a, b = figures[1], figures[4]
            row[a], row[b] = row[b], row[a]


def total_first(tables: Tables) -> None:
    rows = tables[APPLICATIONS]
    rows[1].insert(0, rows[1].pop())
    for row in rows:
        if figures := figures_of(row):
            row.insert(figures[0], row.pop())


def subtotal_of_organisations(tables: Tables) -> None:
    rows = tables[APPLICATIONS]
    rows[2].append(EditedCell("小计"))
    for row in rows:
        if figures := figures_of(row):
            row.insert(figures[6], EditedCell(str(sum(int(row[n].text or 0) for n in figures[1:6]))))


def remarks(tables: Tables) -> None:
    rows = tables[APPLICATIONS]
    rows[0].append(EditedCell("备注", rowspan=3))
    for n, row in enumerate(rows):
        if figures_of(row):
            row.append(EditedCell(("", "见说明", "2")[n % 3]))


def serial_numbers(tables: Tables) -> None:
    rows = tables[APPLICATIONS]
    rows[0].insert(0, EditedCell("序号", rowspan=3))
    for n, row in enumerate(rows[3:], start=1):
        row.insert(0, EditedCell(str(n)))


def prior_year_beside(tables: Tables) -> None:
    for row in tables[PROACTIVE]:
        figures = figures_of(row)
        if len(figures) > 1:
            row.insert(figures[0] + 1, EditedCell("77"))
        elif row[0].text == HEADER and len(row) > 2:
            row.insert(2, EditedCell("上年数"))


def prior_year_beside_one_column(tables: Tables) -> None:
    above: list[EditedCell] = []
    for row in tables[PROACTIVE]:
        figures = figures_of(row)
        if len(figures) == 1:
            row.insert(figures[0] + 1, EditedCell("77"))
            if above[0].text == HEADER:
                above.insert(2, EditedCell("2020年数"))
        above = row


def swap_outcomes(tables: Tables) -> None:
    header, figures = tables[DISPUTES][1], tables[DISPUTES][3]
    header[0], header[1] = header[1], header[0]
    figures[0], figures[1] = figures[1], figures[0]


@pytest.mark.parametrize("form", [form_by_id("form_2019"), form_by_id("form_2021")], ids=lambda form: form.form)
@pytest.mark.parametrize("name", ["page.html", "rows.txt", "cells.txt"])
@pytest.mark.parametrize(
    "edit",
    [
        *(swap_organisations, total_first, subtotal_of_organisations),
        *(prior_year_beside, prior_year_beside_one_column, swap_outcomes),
    ],
)
def test_a_header_is_believed(form: Form, name: str, edit: Edit) -> None:
    assert_comes_back(form, name, edit)


@pytest.mark.parametrize("form", [form_by_id("form_2019"), form_by_id("form_2021")], ids=lambda form: form.form)
@pytest.mark.parametrize("name", ["page.html", "rows.txt", "cells.txt"])
def test_serial_numbers_are_no_figures(form: Form, name: str) -> None:
    assert_comes_back(form, name, serial_numbers)


@pytest.mark.parametrize("edit", [serial_numbers, subtotal_of_organisations])
def test_columns_beside_blank_zeros_are_no_figures_of_the_form(edit: Edit) -> None:
    form = form_by_id("form_2021")
    figures = balanced_figures(form, Random(7), density=0.3)
    blank = {key: "" for key, value in figures.items() if value == 0}
    report = read_back(draw(form, figures, edit, texts=blank)["page.html"], "page.html")
    assert {key: cell.value or 0 for key, cell in report.cells.items()} == figures
    assert report.verdict == "accepted"


def merged_cells_repeated(tables: Tables) -> None:
    for rows in tables.values():
        for row in rows:
            for n in range(len(row) - 1, -1, -1):
                width, row[n].colspan = row[n].colspan, 1
                if row[n].key is None and row[n].text:
                    row[n + 1 : n + 1] = [EditedCell(row[n].text) for _ in range(width - 1)]


def all_merged_cells_repeated(tables: Tables) -> None:
    """As a data frame prints them: to the right and downward, headings, labels, numbers of rows and figures alike."""
    serial_numbers(tables)
    for rows in tables.values():
        below: dict[int, list[EditedCell]] = {}
        for row in rows:
            printed: list[EditedCell] = []
            cells = iter([cell for cell in row if cell.text])
            while True:
                if below.get(len(printed)):
                    printed.append(below[len(printed)].pop())
                elif (cell := next(cells, None)) is None:
                    break
                else:
                    for column in range(len(printed), len(printed) + cell.colspan):
                        below[column] = [EditedCell(cell.text) for _ in range(cell.rowspan - 1)]
                    printed += [
                        EditedCell(cell.text, cell.key),
                        *(EditedCell(cell.text) for _ in range(cell.colspan - 1)),
                    ]
            row[:] = printed


def disputes_row_by_row_in_a_wide_sheet(tables: Tables) -> None:
    *_, names, figures = tables[DISPUTES]
    labels = ["行政复议", "未经复议直接起诉", "复议后起诉"]
    blanks = [EditedCell("") for _ in names[:5]]
    rows = [[EditedCell(label), *figures[5 * n : 5 * n + 5], *blanks] for n, label in enumerate(labels)]
    tables[DISPUTES] = [[EditedCell("类别"), *names[:5], *blanks], *rows]


@pytest.mark.parametrize("form", [form_by_id("form_2019"), form_by_id("form_2021")], ids=lambda form: form.form)
@pytest.mark.parametrize("name", ["page.html", "rows.txt"])
@pytest.mark.parametrize(
    "edit", [merged_cells_repeated, all_merged_cells_repeated, disputes_row_by_row_in_a_wide_sheet]
)
def test_cells_that_converters_add_are_no_figures(form: Form, name: str, edit: Edit) -> None:
    assert_comes_back(form, name, edit)


def assert_comes_back(form: Form, name: str, edit: Edit) -> None:
    figures = balanced_figures(form, Random(7), density=0.6)
    report = read_back(draw(form, figures, edit)[name], name)
    assert {key: cell.value for key, cell in report.cells.items()} == figures
    assert report.verdict == "accepted"


def test_a_header_that_contradicts_the_form_without_being_clear_holds_the_report() -> None:
    form = form_by_id("form_2021")

    def damage(tables: Tables) -> None:
        header = tables[APPLICATIONS][2]
        header[1], header[2] = header[2], header[1]
        header[0].text = "商■企■"

    figures = balanced_figures(form, Random(7), density=0.6)
    report = read_back(draw(form, figures, damage)["page.html"], "page.html")
    assert report.verdict == "held"
    assert {cell.value for key, cell in report.cells.items() if key.table == APPLICATIONS} == {None}


@pytest.mark.parametrize("name", ["page.html", "cells.txt"])
def test_remarks_are_no_figures(name: str) -> None:
    assert_comes_back(form_by_id("form_2021"), name, remarks)


@pytest.mark.parametrize("name", ["page.html", "rows.txt", "cells.txt"])
@pytest.mark.parametrize(("by", "verdict"), [(0, "accepted"), (1, "held")])
@pytest.mark.parametrize("table", [PROACTIVE, APPLICATIONS, DISPUTES])
def test_a_table_printed_twice_with_other_figures_holds_the_report(
    name: str, by: int, verdict: str, table: str
) -> None:
    def twice(tables: Tables) -> None:
        again = [[replace(cell) for cell in row] for row in tables[table]]
        cell = next(cell for row in again for cell in row if cell.key)
        cell.text = str(int(cell.text) + by)
        tables[table] += again

    form = form_by_id("form_2021")
    figures = balanced_figures(form, Random(7), density=0.6)
    report = read_back(draw(form, figures, twice)[name], name)
    assert {key: cell.value for key, cell in report.cells.items()} == figures
    assert report.verdict == verdict


def test_a_header_that_is_printed_once_more_is_no_row_of_blanks() -> None:
    def once_more(tables: Tables) -> None:
        names = [EditedCell(text) for text in ("申请人情况", "自然人", "商业企业", "总计", "", "", "", "")]
        tables[APPLICATIONS].insert(9, names)

    assert_comes_back(form_by_id("form_2021"), "rows.txt", once_more)


def test_labels_that_line_breaks_part_still_name_the_columns_of_a_one_line_table() -> None:
    (block,) = form_by_id("form_2021").tables[-1].blocks
    order = tuple(column.key for column in block.columns)
    heads = [column.zh for column in block.columns] * len(block.rows)
    parted = [piece for n, head in enumerate(heads) for piece in ((head[:2], head[2:]) if n % 3 else (head,)) if piece]
    unknown = ((),) * len(block.rows)
    assert printed_orders(block, parted, unknown) == (order,) * len(block.rows)
    assert printed_orders(block, [*heads[:5], *heads[:3], *heads[:2]], unknown) is None  # twice the same column


def test_the_rest_of_a_label_that_is_one_without_it_is_no_column() -> None:
    table = form_by_id("form_2019").tables[0]
    block = table.blocks[0]
    cells = [HEADER, "本年新制作数", "量", "本年新公开数", "量", "对外公开总数", "量"]
    assert exact_order(table, block, cells) == tuple(column.key for column in block.columns)
