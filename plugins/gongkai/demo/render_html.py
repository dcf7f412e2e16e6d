"""Reports as web pages: a content management system of today, and an old one that writes GBK."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup, escape

from gongkai.demo.draft import Draft, lines_of
from gongkai.forms.sheet import SheetCell

_STYLE = "font-family: 仿宋_GB2312; font-size: 16pt;"


@cache
def environment() -> Environment:
    """The templates of the demo, all of them escaped."""
    return Environment(
        loader=PackageLoader("gongkai.demo"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def cms_a(draft: Draft) -> bytes:
    """UTF-8, meta tags, an information box, text pasted from Word in nested spans, page furniture before and after."""
    page = environment().get_template("cms_a.html.j2").render(draft=draft, runs=_runs, attributes=_attributes)
    return page.encode()


def cms_gbk(draft: Draft) -> bytes:
    """An old JSP page: upper-case tags left open, no doctype, bytes in GBK that it declares as gb2312."""
    page = environment().get_template("cms_gbk.html.j2").render(draft=draft, attributes=_attributes)
    return page.encode("gbk", errors="xmlcharrefreplace")


def _attributes(cell: SheetCell) -> Markup:
    spans = (("rowspan", cell.rowspan), ("colspan", cell.colspan))
    return Markup("").join(Markup(' {}="{}"').format(name, span) for name, span in spans if span > 1)


def _runs(cell: SheetCell, draft: Draft) -> Markup:
    """The text of a cell as Word's HTML has it: a span and a font a run, and odd places for runs and lines to break."""
    if not cell.text:
        return Markup("&nbsp;")
    if draft.noise.split_runs and cell.kind == "figure":
        return Markup("").join(map(_run, cell.text))
    return Markup("<br />").join(map(_run, lines_of(cell, draft.noise)))


def _run(text: str) -> Markup:
    return Markup('<span style="{}"><font face="仿宋_GB2312">{}</font></span>').format(_STYLE, escape(text))
