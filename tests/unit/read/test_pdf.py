from __future__ import annotations

import io
from typing import Any

import pytest

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read import Limits, readers_for
from tests.unit.read.samples import grids, paragraphs, pdf, pdf_table, read_with, rows, texts

READERS = ["pdf.text", "pdf.tables"]


def draw_row(canvas: Any, number: int) -> None:
    canvas.drawString(72, 700, "行政许可")
    for index, figure in enumerate(("12", "0", "345")):
        canvas.drawString(250 + 60 * index, 700, figure)
    canvas.drawString(72, 660, "2023 年 1 月受理 21 件")
    canvas.drawCentredString(297, 40, f"- {number} -")


@pytest.mark.parametrize("reader", READERS)
def test_lines_have_pieces_and_positions(reader: str) -> None:
    document = read_with(pdf(draw_row, pages=2), reader=reader)
    first, second = paragraphs(document)[:2]
    assert document.reader == reader
    assert first.fields == ("行政许可", "12", "0", "345")
    assert second.text.replace(" ", "") == "2023年1月受理21件"
    assert second.fields == ()
    assert [p.where.page for p in paragraphs(document)] == [1, 1, 2, 2]
    assert first.where.bbox is not None
    x0, top, x1, bottom = first.where.bbox
    assert x0 == pytest.approx(72, abs=2)
    assert 842 - 700 - 14 < top < 842 - 700 < bottom < 842 - 700 + 6
    assert 380 < x1 < 400


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("number", ["- 1 -", "—1—", "第 1 页 共 3 页", "1", "1/3"])
def test_page_numbers_are_dropped(reader: str, number: str) -> None:
    def draw(canvas: Any, _: int) -> None:
        canvas.drawString(72, 600, "正文")
        canvas.drawCentredString(297, 40, number)

    assert texts(read_with(pdf(draw), reader=reader)) == ["正文"]


@pytest.mark.parametrize("reader", READERS)
def test_figures_near_the_margin_stay(reader: str) -> None:
    def draw(canvas: Any, _: int) -> None:
        canvas.drawString(72, 600, "行政强制")
        canvas.drawString(300, 110, "1")
        canvas.drawString(300, 50, "195")
        canvas.drawString(300, 30, "0")

    assert texts(read_with(pdf(draw), reader=reader)) == ["行政强制", "1", "195", "0"]


@pytest.mark.parametrize("reader", READERS)
def test_characters_printed_twice_for_bold_count_once(reader: str) -> None:
    def draw(canvas: Any, _: int) -> None:
        for shift in (0, 0.3, 0.6):
            canvas.drawString(72 + shift, 700, "总计")
            canvas.drawString(200 + shift, 700, "10")
            canvas.drawString(260 + shift, 700, "11")

    (line,) = paragraphs(read_with(pdf(draw), reader=reader))
    assert line.fields == ("总计", "10", "11")


def test_a_label_written_downwards_is_one_line() -> None:
    def draw(canvas: Any, _: int) -> None:
        for index, character in enumerate("ABCDE"):
            canvas.setFont("Helvetica", 12)
            canvas.drawString(72, 600 - 14 * index, character)

    assert texts(read_with(pdf(draw))) == ["ABCDE"]


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_positions_on_turned_pages_are_those_seen(rotate: int) -> None:
    def draw(canvas: Any, _: int) -> None:
        canvas.drawString(100, 500, "甲乙")

    (paragraph,) = paragraphs(read_with(pdf(draw, rotate=rotate)))
    assert paragraph.where.bbox is not None
    x0, top, x1, bottom = paragraph.where.bbox
    middle = ((x0 + x1) / 2, (top + bottom) / 2)
    # the canvas turns its sheet with the page: 842 by 595 for a quarter turn
    expected = {90: (504, 112), 180: (595 - 112, 504), 270: (595 - 504, 842 - 112)}[rotate]
    assert middle == pytest.approx(expected, abs=6)


@pytest.mark.parametrize("reader", READERS)
def test_ruled_tables_are_grids(reader: str) -> None:
    data = pdf_table(
        [["信息内容", "本年处理\n决定数量", ""], ["行政许可", "550", "7"], ["", "3", "0"]],
        [("SPAN", (1, 0), (2, 0)), ("SPAN", (0, 1), (0, 2))],
    )
    (grid,) = grids(read_with(data, reader=reader))
    assert [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in grid.cells] == [
        (0, 0, 1, 1, "信息内容"),
        (0, 1, 1, 2, "本年处理\n决定数量"),
        (1, 0, 2, 1, "行政许可"),
        (1, 1, 1, 1, "550"),
        (1, 2, 1, 1, "7"),
        (2, 1, 1, 1, "3"),
        (2, 2, 1, 1, "0"),
    ]
    where = grid.cells[3].where
    assert (where.page, where.table, where.row, where.column) == (1, 1, 1, 1)
    assert where.bbox is not None
    assert grid.where.bbox is not None
    assert grid.where.bbox[0] <= where.bbox[0] < where.bbox[2] <= grid.where.bbox[2]


@pytest.mark.parametrize("reader", READERS)
def test_a_table_over_two_pages_is_two_grids(reader: str) -> None:
    data = pdf_table([["甲乙", str(n)] for n in range(60)])
    first, second = grids(read_with(data, reader=reader))
    assert (first.where.page, second.where.page) == (1, 2)
    assert [row[1] for grid in (first, second) for row in rows(grid)] == [str(n) for n in range(60)]


@pytest.mark.parametrize("reader", READERS)
def test_a_frame_around_text_is_no_table(reader: str) -> None:
    document = read_with(pdf_table([["第一段"], ["第二段"]]), reader=reader)
    assert texts(document) == ["第一段", "第二段"]
    assert grids(document) == []


@pytest.mark.parametrize("reader", READERS)
def test_a_scan_is_named(reader: str) -> None:
    with pytest.raises(UnsupportedError, match="OCR"):
        read_with(pdf(lambda canvas, _: canvas.rect(10, 10, 500, 700, fill=1)), reader=reader)


@pytest.mark.parametrize("reader", ["pdf.text", "pdf.tables"])
def test_single_characters_of_a_font_that_is_not_embedded_are_read(reader: str) -> None:
    def draw(canvas: Any, _: int) -> None:
        for index, character in enumerate("行政许可"):
            canvas.drawString(72 + 12 * index, 600, character)

    assert texts(read_with(pdf(draw), reader=reader)) == ["行政许可"]


def test_pages_without_text_are_named() -> None:
    def draw(canvas: Any, number: int) -> None:
        if number == 1:
            canvas.drawString(72, 600, "正文")

    assert read_with(pdf(draw, pages=3)).properties["pages_without_text"] == "2,3"


@pytest.mark.parametrize("reader", READERS)
def test_a_password_is_named(reader: str) -> None:
    with pytest.raises(UnreadableError, match="password"):
        read_with(pdf(draw_row, password="x"), reader=reader)


@pytest.mark.parametrize("reader", READERS)
def test_too_many_pages_are_refused(reader: str) -> None:
    with pytest.raises(UnreadableError, match="GONGKAI_PAGE_LIMIT"):
        read_with(pdf(draw_row, pages=4), reader=reader, limits=Limits(pages=3))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_a_file_cut_short_is_refused(reader: str, share: float) -> None:
    data = pdf(draw_row, pages=5)
    with pytest.raises(UnreadableError, match=r"cut short|damaged"):
        read_with(data[: int(len(data) * share)], reader=reader)


def test_a_page_of_endless_drawings_is_refused() -> None:
    def draw(canvas: Any, _: int) -> None:
        canvas.drawString(72, 600, "正文")
        for _ in range(31_000):
            canvas.line(10, 10, 20, 20)

    with pytest.raises(UnreadableError, match="drawings"):
        read_with(pdf(draw), reader="pdf.tables")


def test_a_linearized_file_cut_short_is_refused() -> None:
    whole = pdf(draw_row)
    data = whole[:9] + b"9 0 obj<</Linearized 1/L %d>>endobj\n" % (len(whole) + 9_000) + whole[9:]
    with pytest.raises(UnreadableError, match="cut short"):
        read_with(data)


def test_facts_of_the_file() -> None:
    def draw(canvas: Any, _: int) -> None:
        canvas.setTitle("某局年度报告")
        canvas.setAuthor("某局")
        canvas.drawString(72, 600, "正文")

    document = read_with(pdf(draw))
    assert document.title == "某局年度报告"
    assert document.properties["author"] == "某局"


@pytest.mark.parametrize("reader", readers_for("application/pdf"), ids=lambda reader: reader.name)
def test_junk_with_the_name_of_a_pdf_is_refused(reader: Any) -> None:
    for junk in (
        b"%PDF-1.7\n" + bytes(range(256)) * 20,
        b"%PDF-1.4 startxref 0 %%EOF",
        io.BytesIO(b"%PDF-").getvalue(),
    ):
        with pytest.raises(UnreadableError):
            reader(junk, Limits())


@pytest.mark.parametrize("reader", READERS)
def test_the_real_report_by_its_rulings(reader: str, shared_report: Any) -> None:
    document = read_with(shared_report("hongze"), reader=reader)
    found = [row for grid in grids(document) for row in rows(grid)]
    assert [grid.where.page for grid in grids(document)] == [2, 3, 3, 4, 4]
    assert ["行政处罚", "4119"] in found
    assert ["2.没有现成信息需要另行制作", "3", "0", "0", "0", "0", "0", "3"] in found
    assert ["（七）总计", "21", "0", "0", "0", "0", "0", "21"] in found
    assert ["10", "1", *"00000000", "5", *"0000"] in found
    assert "二、主动公开政府信息情况" in texts(document)
    assert not any(text.startswith("- ") for text in texts(document))
