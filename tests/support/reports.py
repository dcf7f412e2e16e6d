"""Reports drawn and read back, for the tests of how results are shown."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from gongkai.demo.draft import Prose
from gongkai.demo.render import LAYOUTS, render
from gongkai.extract import ParseResult, parse_bytes
from gongkai.forms import CellKey, form_by_id
from tests.support.figures import as_text, balanced_figures


def drawn(
    form_id: str,
    *,
    seed: int = 1,
    changes: Mapping[CellKey, int] | None = None,
    texts: Mapping[CellKey, str] | None = None,
    agency: str = "乌有市财政局",
    year: int = 2021,
    layout: str = "html_cms_a",
    prose: Prose | None = None,
) -> bytes:
    """A report of the form whose figures balance, but for the `changes` added to cells and the `texts` put in."""
    form = form_by_id(form_id)
    figures = balanced_figures(form, Random(seed))
    for key, change in (changes or {}).items():
        figures[key] += change
    text = as_text(form, figures) | dict(texts or {})
    return render(form, text, agency=agency, year=year, layout=layout, prose=prose)


def read(data: bytes, name: str = "report.html", *, agency: str | None = None) -> ParseResult:
    """The one result of a file."""
    (result,) = parse_bytes(data, name, agency=agency)
    return result


def extension(layout: str) -> str:
    """How files of a layout end."""
    return LAYOUTS[layout].extension
