"""Hostile ways to draw a table: what a reader must make of them, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gongkai.errors import UnsupportedError
from tests.unit.read.samples import grids, paragraphs, pdf, read_with, rows, texts

ROWS = [["行政处罚", "12", "0"], ["行政强制", "3", "41"], ["行政许可", "0", "7"]]
X, Y, WIDTH, HEIGHT = 100, 700, 90, 24


def lines(canvas: Any, *, upright: bool = True, across: bool = True) -> None:
    for n in range(4):
        if across:
            canvas.line(X, Y - n * HEIGHT, X + 3 * WIDTH, Y - n * HEIGHT)
        if upright:
            canvas.line(X + n * WIDTH, Y, X + n * WIDTH, Y - 3 * HEIGHT)


def cells(order: Callable[[int, int], Any]) -> list[tuple[int, int]]:
    return sorted(((row, column) for row in range(3) for column in range(3)), key=lambda place: order(*place))


def draw_cell(canvas: Any, row: int, column: int, text: str | None = None) -> None:
    canvas.drawString(X + 5 + column * WIDTH, Y - 16 - row * HEIGHT, text or ROWS[row][column])


ORDERS: dict[str, Callable[[int, int], Any]] = {
    "by_row": lambda row, column: (row, column),
    "right_to_left": lambda row, column: (row, -column),
    "by_column": lambda row, column: (column, row),
    "upwards": lambda row, column: (-row, column),
    "scattered": lambda row, column: (row * 5 + column * 7) % 9,
}


@pytest.mark.parametrize("order", ORDERS)
def test_cells_of_a_ruled_table_in_any_order(order: str) -> None:
    def draw(canvas: Any, _: int) -> None:
        lines(canvas)
        for row, column in cells(ORDERS[order]):
            draw_cell(canvas, row, column)

    (grid,) = grids(read_with(pdf(draw)))
    assert list(rows(grid)) == ROWS


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("across", [True, False])
def test_cells_without_upright_lines_in_any_order(order: str, across: bool) -> None:
    def draw(canvas: Any, _: int) -> None:
        lines(canvas, upright=False, across=across)
        for row, column in cells(ORDERS[order]):
            draw_cell(canvas, row, column)

    fields = [field for p in paragraphs(read_with(pdf(draw))) for field in (p.fields or (p.text,))]
    assert fields == [text for row in ROWS for text in row]


def test_a_table_without_lines_across_is_read_by_its_rows() -> None:
    def draw(canvas: Any, _: int) -> None:
        lines(canvas, across=False)
        for row, column in cells(ORDERS["by_row"]):
            draw_cell(canvas, row, column)

    document = read_with(pdf(draw))
    assert grids(document) == []
    assert [list(p.fields) for p in paragraphs(document)] == ROWS


def test_a_number_on_two_lines_of_a_narrow_cell() -> None:
    def draw(canvas: Any, _: int) -> None:
        for x in (100, 160, 190, 220):
            canvas.line(x, 700, x, 660)
        for y in (700, 660):
            canvas.line(100, y, 220, y)
        canvas.drawString(105, 676, "总计")
        canvas.drawString(163, 684, "1234")
        canvas.drawString(163, 668, "567")
        canvas.drawString(193, 676, "0")

    (grid,) = grids(read_with(pdf(draw)))
    assert list(rows(grid)) == [["总计", "1234567", "0"]]


def test_figures_of_two_cells_that_touch_are_two() -> None:
    def draw(canvas: Any, _: int) -> None:
        for x in (100, 160, 190.5, 221):
            canvas.line(x, 700, x, 676)
        for y in (700, 676):
            canvas.line(100, y, 221, y)
        canvas.drawString(105, 684, "总计")
        canvas.setFont("Helvetica", 12)
        canvas.drawRightString(190, 684, "12345")
        canvas.drawString(191, 684, "67890")

    (grid,) = grids(read_with(pdf(draw)))
    assert list(rows(grid)) == [["总计", "12345", "67890"]]


def test_an_ordinal_close_to_the_heading_in_the_cell_before_begins_a_cell() -> None:
    def draw(canvas: Any, _: int) -> None:
        for x in (100, 125.5, 200):
            canvas.line(x, 700, x, 676)
        for y in (700, 676):
            canvas.line(100, y, 200, y)
        canvas.drawString(101, 684, "（三1.属于")

    (grid,) = grids(read_with(pdf(draw)))
    assert list(rows(grid)) == [["（三", "1.属于"]]


@pytest.mark.parametrize("reader", ["pdf.text", "pdf.tables"])
@pytest.mark.parametrize("angle", [90, 180, 270])
@pytest.mark.parametrize("ruled", [True, False])
def test_a_table_that_lies_on_its_side(reader: str, angle: int, ruled: bool) -> None:
    def draw(canvas: Any, _: int) -> None:
        canvas.translate(*{90: (800, 0), 180: (595, 842), 270: (-200, 842)}[angle])
        canvas.rotate(angle)
        if ruled:
            lines(canvas)
        for row, column in cells(ORDERS["by_row"]):
            draw_cell(canvas, row, column)

    document = read_with(pdf(draw), reader=reader)
    found = [list(row) for grid in grids(document) for row in rows(grid)]
    assert (found or [list(p.fields) for p in paragraphs(document)]) == ROWS


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_table_on_a_turned_page(rotate: int) -> None:
    def draw(canvas: Any, _: int) -> None:
        lines(canvas)
        for row, column in cells(ORDERS["by_row"]):
            draw_cell(canvas, row, column)

    (grid,) = grids(read_with(pdf(draw, rotate=rotate)))
    assert list(rows(grid)) == ROWS


@pytest.mark.parametrize("reader", ["pdf.text", "pdf.tables"])
def test_characters_set_one_by_one(reader: str) -> None:
    def draw(canvas: Any, _: int) -> None:
        lines(canvas)
        for row, column in cells(ORDERS["by_row"]):
            x = X + 5 + column * WIDTH
            for character in ROWS[row][column]:
                canvas.drawString(x, Y - 16 - row * HEIGHT, character)
                x += 12 if column == 0 else 6.5

    (grid,) = grids(read_with(pdf(draw), reader=reader))
    assert [[text.replace(" ", "") for text in row] for row in rows(grid)] == ROWS


@pytest.mark.parametrize("reader", ["pdf.text", "pdf.tables"])
def test_digits_set_apart_are_one_figure_though_the_first_gap_is_wider(reader: str) -> None:
    def draw(canvas: Any, _: int) -> None:
        lines(canvas)
        for row, column in cells(ORDERS["by_row"]):
            draw_cell(canvas, row, column, " " if (row, column) == (1, 2) else None)
        canvas.setFont("Helvetica", 12)
        for x, digit in ((0, "1"), (9, "1"), (15.6, "2")):
            canvas.drawString(X + 5 + 2 * WIDTH + x, Y - 16 - HEIGHT, digit)

    (grid,) = grids(read_with(pdf(draw), reader=reader))
    assert [row[-1] for row in rows(grid)] == ["0", "112", "7"]


@pytest.mark.parametrize("reader", ["pdf.text", "pdf.tables"])
def test_figures_in_a_font_that_is_not_embedded_are_read(reader: str) -> None:
    def draw(canvas: Any, _: int) -> None:
        lines(canvas)
        for row, column in cells(ORDERS["by_row"]):
            draw_cell(canvas, row, column, "０" if (row, column) == (0, 2) else None)

    (grid,) = grids(read_with(pdf(draw), reader=reader))
    assert list(rows(grid)) == [["行政处罚", "12", "０"], *ROWS[1:]]


def test_a_page_printed_twice_counts_once() -> None:
    def draw(canvas: Any, _: int) -> None:
        for shift in (0, 0.4):
            lines(canvas)
            for row, column in cells(ORDERS["by_row"]):
                canvas.drawString(X + 5 + shift + column * WIDTH, Y - 16 - row * HEIGHT, ROWS[row][column])

    (grid,) = grids(read_with(pdf(draw)))
    assert list(rows(grid)) == ROWS


def test_letters_wide_apart_are_one_label() -> None:
    def draw(canvas: Any, _: int) -> None:
        lines(canvas)
        for row, column in cells(ORDERS["by_row"]):
            draw_cell(canvas, row, column, "　".join(ROWS[row][column]) if column == 0 else None)

    (grid,) = grids(read_with(pdf(draw)))
    assert [[text.replace(" ", "") for text in row] for row in rows(grid)] == ROWS


def test_text_that_prints_nothing_is_not_read() -> None:
    def draw(canvas: Any, _: int) -> None:
        canvas.drawString(72, 700, "正文")
        canvas.drawString(72, 640, "99", mode=3)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(72, 600, "88")
        canvas.setFillColorRGB(0, 0, 0.5)
        canvas.rect(60, 540, 200, 40, fill=1, stroke=0)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(72, 550, "白字")

    assert texts(read_with(pdf(draw))) == ["正文", "白字"]


@pytest.mark.parametrize("reader", ["pdf.text", "pdf.tables"])
@pytest.mark.parametrize("hidden", ["invisible", "beneath"])
def test_the_text_that_a_scanner_hid_is_not_trusted(reader: str, hidden: str) -> None:
    def draw(canvas: Any, _: int) -> None:
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        canvas.drawString(72, 700, "行政许可 12", mode=3 if hidden == "invisible" else 0)
        canvas.drawImage(ImageReader(Image.new("L", (60, 84), 255)), 0, 0, 595, 842)

    with pytest.raises(UnsupportedError, match="uv sync --extra ocr"):
        read_with(pdf(draw), reader=reader)


@pytest.mark.parametrize("reader", ["pdf.text", "pdf.tables"])
def test_characters_without_a_meaning_are_not_trusted(reader: str) -> None:
    def draw(canvas: Any, _: int) -> None:
        canvas.drawString(72, 700, "\ue123\ue124\ue125 \ue126")

    with pytest.raises(UnsupportedError, match="character map"):
        read_with(pdf(draw), reader=reader)


@pytest.mark.parametrize("reader", ["pdf.text", "pdf.tables"])
@pytest.mark.parametrize("angle", [0, 10, 35])
def test_a_watermark_over_the_figures_is_not_read(reader: str, angle: int) -> None:
    def draw(canvas: Any, _: int) -> None:
        lines(canvas)
        for row, column in cells(ORDERS["by_row"]):
            draw_cell(canvas, row, column)
        canvas.translate(X + 1, Y - 45)
        canvas.rotate(angle)
        canvas.setFillGray(0.8)
        canvas.setFont(canvas._fontname, 40)
        canvas.drawString(0, 0, "内部资料 2023")

    (grid,) = grids(read_with(pdf(draw), reader=reader))
    assert list(rows(grid)) == ROWS


@pytest.mark.parametrize("reader", ["pdf.text", "pdf.tables"])
def test_figures_that_lean_are_read(reader: str) -> None:
    def draw(canvas: Any, _: int) -> None:
        canvas.skew(0, -15)
        canvas.drawString(10, 700, "行政处罚 12")

    assert "行政处罚 12" in texts(read_with(pdf(draw), reader=reader))


def test_a_row_cut_by_the_page_break_is_one() -> None:
    def table(canvas: Any, top: int, content: list[list[str]]) -> None:
        bottom = top - HEIGHT * len(content)
        for n in range(4):
            canvas.line(X + n * WIDTH, top, X + n * WIDTH, bottom)
        for n in range(len(content) + 1):
            canvas.line(X, top - n * HEIGHT, X + 3 * WIDTH, top - n * HEIGHT)
        for n, row in enumerate(content):
            for column, text in enumerate(row):
                canvas.drawString(X + 5 + column * WIDTH, top - 16 - n * HEIGHT, text)

    def draw(canvas: Any, number: int) -> None:
        if number == 1:
            table(canvas, 100, [["规章", "1", "2"], ["行政规范", "5", "6"]])
            canvas.drawCentredString(297, 30, "— 1 —")
        else:
            table(canvas, 800, [["性文件", "", ""], ["行政许可", "7", "8"]])

    first, second = grids(read_with(pdf(draw, pages=2)))
    assert list(rows(first)) == [["规章", "1", "2"], ["行政规范\n性文件", "5", "6"]]
    assert list(rows(second)) == [["行政许可", "7", "8"]]
