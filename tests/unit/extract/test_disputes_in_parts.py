"""A table of one line that a publisher prints row by row, or in a table of its own for each row."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import pytest

from gongkai.extract import State
from gongkai.forms import Block, Table, form_by_id
from tests.support.reports import drawn, read

FORM = form_by_id("form_2021")
FIGURES = ((1, 0, 2, 0, 3), (0, 4, 0, 1, 5), (2, 0, 0, 0, 2))
Rows = list[list[str]]


def table(rows: Rows) -> str:
    cells = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def row_by_row(block: Block, figures: list[list[str]]) -> Iterator[Rows]:
    yield [["", *(column.zh for column in block.columns)]] + [
        [row.zh, *printed] for row, printed in zip(block.rows, figures, strict=True)
    ]


def a_table_each(block: Block, figures: list[list[str]]) -> Iterator[Rows]:
    for row, printed in zip(block.rows, figures, strict=True):
        yield [[row.zh], [column.zh for column in block.columns], printed]


def first_alone(block: Block, figures: list[list[str]]) -> Iterator[Rows]:
    heads = [column.zh for column in block.columns]
    first, *others = block.rows
    yield [[first.zh], heads, figures[0]]
    yield [[row.zh for row in others], heads * len(others), [text for printed in figures[1:] for text in printed]]


@pytest.mark.parametrize("layout", [row_by_row, a_table_each, first_alone])
@pytest.mark.parametrize("blanks", [False, True])
def test_rows_apart(layout: object, blanks: bool) -> None:
    (disputes,) = (found for found in FORM.tables if found.layout == "one_line")
    (block,) = disputes.blocks
    figures = [["" if blanks and not n % 2 else str(value) for value in row] for n, row in enumerate(FIGURES)]
    tables = "<p>续表</p>".join(map(table, layout(block, figures)))  # type: ignore[operator]
    report = read(with_tables(disputes, tables)).report
    assert report is not None
    for n, row in enumerate(block.rows):
        for column, value in zip(block.columns, FIGURES[n], strict=True):
            cell = report.cells[disputes.key, row.key, column.key]  # type: ignore[index]
            if blanks and not n % 2:
                assert (cell.value, cell.state) == (None, State.BLANK)
            else:
                assert cell.value == value


def with_tables(disputes: Table, tables: str) -> bytes:
    """A drawn report with these tables in place of its last one."""
    page = drawn(FORM.form).decode()
    begin, end = page.rindex("<table"), page.rindex("</table>") + len("</table>")
    return (page[:begin] + tables + page[end:]).encode()
