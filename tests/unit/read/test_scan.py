"""Scans: read by OCR, on this machine alone; without the extra, a message that says how to add it."""

from __future__ import annotations

import io
from importlib.util import find_spec
from random import Random
from typing import Any

import pytest

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.extract.workers import parse_isolated
from gongkai.forms import form_by_id
from gongkai.read import Limits, Paragraph, readers_for
from gongkai.read.scan.ocr import Reading
from gongkai.read.scan.page import UNSURE, _agreed
from tests.support.figures import balanced_figures
from tests.support.scan import ScanCanvas, as_pdf, as_picture, scanned
from tests.unit.read.samples import grids, pdf, read_with, rows

AGENCY = "乌有市财政局"


@pytest.fixture(scope="module")
def small_page() -> Any:
    """A table of two rows, at 150 dpi."""
    canvas = ScanCanvas(150)
    canvas.setFont("", 11)
    for row, texts in enumerate((("行政处罚", "12", ""), ("行政强制", "0", "1"))):
        for column, text in enumerate(texts):
            canvas.rect(100 + 90 * column, 700 - 24 * row, 90, 24)
            canvas.drawCentredString(145 + 90 * column, 708 - 24 * row, text)
    canvas.drawString(100, 750, "二、主动公开政府信息情况")
    canvas.showPage()
    return canvas.pages[0]


def with_hidden_text(page: Any) -> bytes:
    """The page as a scanner leaves it in a PDF, with a text of its own beneath that is wrong."""

    def draw(canvas: Any, _: int) -> None:
        from reportlab.lib.utils import ImageReader

        canvas.drawImage(ImageReader(page), 0, 0, 595, 842)
        canvas.drawString(100, 708, "行政处罚 99 99", mode=3)

    return pdf(draw)


@pytest.mark.parametrize("kind", ["JPEG", "PDF", "hidden"])
def test_a_table_is_read_cell_by_cell_without_a_network(kind: str, small_page: Any, socket_disabled: None) -> None:
    data = with_hidden_text(small_page) if kind == "hidden" else as_picture(small_page, kind)
    document = read_with(data, reader="scan.ocr")
    (grid,) = grids(document)
    assert list(rows(grid)) == [["行政处罚", "12", ""], ["行政强制", "0", "1"]]
    assert document.reader == "scan.ocr"
    assert any("主动公开政府信息情况" in block.text for block in document.blocks if isinstance(block, Paragraph))
    box = grid.cells[1].where.bbox
    if kind != "PDF":  # Pillow makes a page of 72 dots an inch of it
        assert box == pytest.approx((190, 842 - 724, 280, 842 - 700), abs=2)


def test_pages_of_one_picture_file(small_page: Any) -> None:
    buffer = io.BytesIO()
    small_page.save(buffer, "TIFF", save_all=True, append_images=[small_page.rotate(180)])
    assert [grid.where.page for grid in grids(read_with(buffer.getvalue()))] == [1, 2]


def test_a_scanned_report_comes_back_whole_from_a_worker() -> None:
    form = form_by_id("form_2021")
    figures = balanced_figures(form, Random(7), most=9, density=1.0)  # single digits, higher than wide
    pages = scanned(form, figures, agency=AGENCY, dpi=150, askew=0.6, turn=90)
    ((result,),) = parse_isolated([("report.pdf", as_pdf(pages, 150))])
    assert result.status == "parsed", result.error
    assert result.report is not None
    assert {key: cell.value for key, cell in result.report.cells.items()} == figures
    assert (result.report.verdict, result.report.agency, result.report.year) == ("accepted", AGENCY, form.years.first)
    assert {cell.reader for cell in result.report.cells.values()} == {"scan.ocr"}


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        (Reading("12", 0.99), Reading("12", 0.8), "12"),
        (Reading("O", 0.99), Reading("0", 0.99), "0"),
        (Reading("12", 0.99), Reading("17", 0.99), "12" + UNSURE),
        (Reading("12", 0.9), Reading("12", 0.9), "12" + UNSURE),
        (Reading("12", 0.99), Reading("12", 0.5), "12" + UNSURE),
        (Reading("1l", 0.99), Reading("1l", 0.99), "1l" + UNSURE),
    ],
)
def test_a_figure_stands_without_a_mark_only_when_two_readings_are_sure(
    first: Reading, second: Reading, text: str
) -> None:
    assert _agreed(first, second) == text


def test_without_the_extra_the_message_says_how_to_add_it(small_page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str) -> Any:
        return None if name == "rapidocr" else find_spec(name)

    monkeypatch.setattr("gongkai.read.scan.ocr.find_spec", without)
    for data in (as_picture(small_page, "PNG"), as_pdf([small_page]), with_hidden_text(small_page)):
        with pytest.raises(UnsupportedError, match=r"uv sync --extra ocr.*pip install 'gongkai\[ocr\]'"):
            read_with(data, reader="scan.ocr")


def test_a_pdf_with_text_is_none_of_its_business() -> None:
    with pytest.raises(UnsupportedError, match="text layer"):
        read_with(pdf(lambda canvas, _: canvas.drawString(72, 600, "正文")), reader="scan.ocr")


def test_pictures_too_large_are_refused() -> None:
    from PIL import Image

    huge = as_picture(Image.new("1", (12_000, 12_000)), "PNG")
    with pytest.raises(UnreadableError, match="pixels"):
        read_with(huge)


@pytest.mark.parametrize("cut", [30, 200, 0.5])
def test_damaged_pictures_are_refused(cut: float, small_page: Any) -> None:
    data = as_picture(small_page, "PNG")
    with pytest.raises(UnreadableError, match="damaged"):
        readers_for("image/png")[0](data[: int(cut if cut > 1 else len(data) * cut)], Limits())
