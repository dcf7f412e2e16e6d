from __future__ import annotations

from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from docx import Document
from lxml import html

from gongkai.demo.draft import FigureStyle, write_figure
from gongkai.demo.render import LAYOUTS, Noise, Prose, render
from gongkai.forms import Form, all_forms, form_by_id

AGENCY = "乌有市财政局"


def draw(form: Form, layout: str, noise: Noise | None = None, **facts: object) -> bytes:
    figures = {key: str(number) for key, number in form.cell_ids.items()}
    given = {"agency": AGENCY, "year": form.years.first, "published_on": date(2020, 1, 20), **facts}
    return render(form, figures, layout=layout, noise=noise, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", all_forms(), ids=lambda form: form.form)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_report_gives_the_same_bytes(form: Form, layout: str) -> None:
    assert draw(form, layout) == draw(form, layout)


@pytest.mark.parametrize("layout", [name for name, layout in LAYOUTS.items() if layout.extension in ("txt", "md")])
@pytest.mark.parametrize("form", all_forms(), ids=lambda form: form.form)
def test_text_holds_every_figure(form: Form, layout: str) -> None:
    tokens = draw(form, layout).decode().split()
    assert [number for number in map(str, form.cell_ids.values()) if number not in tokens] == []


def test_tab_cells_begin_with_a_tab_and_rows_end_with_a_blank_line() -> None:
    lines = draw(form_by_id("form_2019"), "text_tab_cells", Noise(broken_labels=True)).decode().split("\n")
    at = lines.index("\t一、本年新收政府信息公开申请数量")
    assert [line[0] for line in lines[at : at + 8]] == ["\t"] * 8
    assert lines[at + 8] == ""
    assert lines[lines.index("\t本年新") + 1] == "制作数量"
    assert "\t" in lines  # what a merged cell leaves behind


def test_markdown_breaks_a_heading_with_the_page() -> None:
    text = draw(form_by_id("form_2019"), "text_markdown_tsv", Noise(page_break_after=4)).decode()
    assert "\n三、本年度办理\t（一）予以公开\t" in text
    assert "\n\n结果\t（三）不予公开\t1.属于国家秘密\t" in text
    assert text.splitlines()[text.splitlines().index("\t".join(["---"] * 15)) - 1].count("\t") == 14


def test_lines_and_bars_are_half_width() -> None:
    for layout in ("text_lines", "text_bars"):
        assert not set(draw(form_by_id("form_2019"), layout).decode()) & set("（）：，")
    assert "\n|\n" in draw(form_by_id("form_2019"), "text_bars").decode()


def test_the_modern_page_states_its_facts() -> None:
    page = html.fromstring(draw(form_by_id("form_2021"), "html_cms_a", index_number="000/2022-00001"))
    assert page.findtext(".//title") == f"{AGENCY}2021年政府信息公开工作年度报告"
    assert page.xpath("string(//meta[@name='PubDate']/@content)").startswith("2020-01-20")
    assert "000/2022-00001" in page.xpath("string(//table[@class='info'])")
    assert len(page.xpath("//table[@class='report']")) == 3


def test_a_page_without_furniture_is_the_article_alone() -> None:
    text = draw(form_by_id("form_2021"), "html_cms_a", Noise(chrome=False)).decode()
    assert "您现在的位置" not in text
    assert "索引号" not in text


def test_the_old_page_is_gbk_that_calls_itself_gb2312() -> None:
    data = draw(form_by_id("form_2019"), "html_cms_gbk")
    assert b"charset=gb2312" in data
    assert AGENCY in data.decode("gbk")
    assert b"</TD>" not in data
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")


def test_word_keeps_the_merged_cells() -> None:
    document = Document(BytesIO(draw(form_by_id("form_2019"), "docx")))
    _, applications, disputes = document.tables
    assert (len(applications.rows), len(applications.columns)) == (26, 10)
    heading = applications.cell(5, 0)
    assert heading.text == "三、本年度办理结果"
    assert applications.cell(23, 0)._tc is heading._tc
    assert applications.cell(25, 0).text == applications.cell(25, 2).text == "四、结转下年度继续办理"
    assert disputes.cell(0, 14).text == "行政诉讼"


def test_pdf_tables_go_over_pages() -> None:
    pdf = pypdfium2.PdfDocument(draw(form_by_id("form_2021"), "pdf"))
    pages = [page.get_textpage().get_text_bounded() for page in pdf]
    assert len(pages) > 1
    assert "不予公开" in "".join(pages).replace("\r\n", "")
    assert all(str(number) in "".join(pages) for number in form_by_id("form_2021").cell_ids.values())
    assert "— 2 —" in pages[1]


def test_prose_replaces_the_stock_text() -> None:
    form = form_by_id("form_2019")
    overview = form.sections[0].key
    text = draw(form, "text_bars", prose=Prose("前言在此。", {overview: ["全年公开7条。"]})).decode()
    assert "前言在此。\n一、总体情况\n全年公开7条。\n" in text


def test_markup_in_names_and_prose_stays_text() -> None:
    page = draw(form_by_id("form_2019"), "html_cms_a", agency="<script>局</script>", prose=Prose("<b>&"))
    assert b"<script>\xe5\xb1\x80" not in page
    assert b"&lt;b&gt;&amp;" in page
    draw(form_by_id("form_2019"), "docx", agency="<&局")


@pytest.mark.parametrize(
    ("style", "text", "written"),
    [
        ("plain", "12", "12"),
        ("full_width", "12", "１２"),
        ("nbsp", "12", "\u00a012\u00a0"),
        ("with_unit", "12", "12件"),
        ("with_unit", "12.5万元", "12.5万元"),
        ("thousands", "12345", "12,345"),
        ("slash_for_zero", "0", "/"),
        ("dash_for_zero", "0", "—"),
        ("blank_for_zero", "0", ""),
        ("blank_for_zero", "10", "10"),
    ],
)
def test_figures_in_other_hands(style: FigureStyle, text: str, written: str) -> None:
    assert write_figure(text, style) == written


def test_a_style_can_be_kept_to_some_cells() -> None:
    form = form_by_id("form_2019")
    first = next(iter(form.cell_ids))
    text = draw(form, "text_bars", Noise(figure_style="with_unit", styled=frozenset({first}))).decode()
    assert [token for token in text.split() if token[0].isdigit() and token.endswith("件")] == ["1001件"]


def test_an_unknown_layout_is_an_error() -> None:
    with pytest.raises(KeyError):
        draw(form_by_id("form_2019"), "papyrus")
