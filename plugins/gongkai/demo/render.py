"""Draws a report in any layout: the one renderer that the demo portal and the tests share.

>>> from gongkai.forms import form_by_id
>>> form = form_by_id("form_2019")
>>> figures = dict.fromkeys(form.cell_ids, "0")
>>> render(form, figures, agency="乌有市财政局", year=2019, layout="html_cms_a")[:15]
b'<!DOCTYPE html>'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from gongkai.demo import render_docx, render_html, render_html_odd, render_ofd, render_pdf, render_sheet, render_text
from gongkai.demo.draft import Draft, Noise, Prose, make_draft
from gongkai.forms import CellKey, Form

__all__ = ["LAYOUTS", "Layout", "Noise", "Prose", "render"]


class Layout(NamedTuple):
    """A way to draw a draft, and what files drawn so are called and served as."""

    draw: Callable[[Draft], bytes]
    extension: str
    content_type: str


_HTML_TYPE = "text/html; charset=utf-8"
_OFFICE_TYPE = "application/vnd.openxmlformats-officedocument."

LAYOUTS: Mapping[str, Layout] = {
    "html_cms_a": Layout(render_html.cms_a, "html", _HTML_TYPE),
    "html_cms_gbk": Layout(render_html.cms_gbk, "html", "text/html"),
    "html_divs": Layout(render_html_odd.divs, "html", _HTML_TYPE),
    "html_lists": Layout(render_html_odd.lists, "html", _HTML_TYPE),
    "html_paragraphs": Layout(render_html_odd.paragraphs, "html", _HTML_TYPE),
    "html_word": Layout(render_html_odd.word, "html", _HTML_TYPE),
    "html_nested": Layout(render_html_odd.nested, "html", _HTML_TYPE),
    "html_paged": Layout(render_html_odd.paged, "html", _HTML_TYPE),
    "html_script": Layout(render_html_odd.script, "html", _HTML_TYPE),
    "html_positioned": Layout(render_html_odd.positioned, "html", _HTML_TYPE),
    "docx": Layout(render_docx.docx, "docx", _OFFICE_TYPE + "wordprocessingml.document"),
    "xlsx": Layout(render_sheet.xlsx, "xlsx", _OFFICE_TYPE + "spreadsheetml.sheet"),
    "csv": Layout(render_sheet.csv_table, "csv", "text/csv; charset=utf-8"),
    "pdf": Layout(render_pdf.pdf, "pdf", "application/pdf"),
    "pdf_plain": Layout(render_pdf.pdf_plain, "pdf", "application/pdf"),
    "pdf_cut": Layout(render_pdf.pdf_cut, "pdf", "application/pdf"),
    "pdf_rotated": Layout(render_pdf.pdf_rotated, "pdf", "application/pdf"),
    "pdf_glyphs": Layout(render_pdf.pdf_glyphs, "pdf", "application/pdf"),
    "ofd": Layout(render_ofd.ofd, "ofd", "application/ofd"),
    "text_tab_cells": Layout(render_text.tab_cells, "txt", "text/plain; charset=utf-8"),
    "text_markdown_tsv": Layout(render_text.markdown_tsv, "md", "text/markdown; charset=utf-8"),
    "text_lines": Layout(render_text.lines, "txt", "text/plain; charset=utf-8"),
    "text_bars": Layout(render_text.bars, "txt", "text/plain; charset=utf-8"),
}


def render(  # noqa: PLR0913 - a report has that many facts
    form: Form,
    figures: Mapping[CellKey, str],
    *,
    agency: str,
    year: int,
    layout: str,
    title: str | None = None,
    published_on: date | None = None,
    index_number: str | None = None,
    prose: Prose | None = None,
    noise: Noise | None = None,
) -> bytes:
    """A report as the bytes of a file.

    Args:
        form: whose tables and labels are printed.
        figures: the text to print in each cell of the form; '' leaves it empty.
        agency: who reports. year: the year described. layout: a key of :data:`LAYOUTS`.
        title: instead of the usual one. published_on, index_number: for the page's information box.
        prose: running text; without it, stock sentences. noise: see :class:`Noise`.

    Raises:
        KeyError: an unknown layout, or a cell of the form that `figures` misses.
    """
    draft = make_draft(
        form,
        figures,
        agency=agency,
        year=year,
        title=title,
        published_on=published_on,
        index_number=index_number,
        prose=prose,
        noise=noise,
    )
    return LAYOUTS[layout].draw(draft)
