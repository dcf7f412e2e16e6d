"""PDF, the careful reader: tables by their ruled lines, with the text around them. Far slower than the fast one."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pdfplumber
import pypdfium2

from gongkai.errors import GongkaiError, UnreadableError
from gongkai.read.clean import clean
from gongkai.read.document import Document
from gongkai.read.layout.lines import Box, Word
from gongkai.read.layout.pages import Pages, set_in_tables
from gongkai.read.layout.ruled import RuledTable, lines_of, ruled_tables
from gongkai.read.layout.turn import is_slanted
from gongkai.read.limits import Limits
from gongkai.read.pdf.file import MEDIA_TYPE, check_readable, facts, opened
from gongkai.read.pdf.frame import Frame
from gongkai.read.pdf.page import LARGE, PALE, PageText, read_page

# pdfminer warns of every oddity that it reads past; on damage it raises.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

NAME = "pdf.tables"
WORDS = {"keep_blank_chars": False, "use_text_flow": False, "x_tolerance_ratio": 0.3, "y_tolerance": 3}
SHORTEST_RULING = 5.0  # points
MOST_CHARACTERS = 30_000  # on a page; a full page of a report has some 2,000
MOST_EDGES = 20_000  # lines on a page; the search for tables takes the square of it


def read(data: bytes, limits: Limits) -> Document:
    """Ruled tables as grids, one for each page a table stands on, and the text outside as lines.

    Raises:
        UnreadableError: truncated, damaged, encrypted, or too full or too long.
        UnsupportedError: no text layer that can be trusted.
    """
    with opened(data, limits) as pdf:
        title, properties = facts(pdf)
        found = [read_page(pdf, index, limits) for index in range(len(pdf))]
        check_readable([_state(page) for page in found])
        _check_busy(found)
        data = _upright(pdf, found) or data
    pages = Pages(limits)
    with _guarded(), pdfplumber.open(BytesIO(data)) as plumbed:
        for page, seen in zip(plumbed.pages, found, strict=False):
            if _state(seen) == "text":
                _add(pages, page, seen.frame)
            page.close()
    blocks, running = pages.blocks()
    return Document(NAME, MEDIA_TYPE, blocks, title=title, properties={**properties, **running})


def _state(page: PageText) -> str:
    """The state of a page, as the fast library sees it, which leaves out characters of fonts that it cannot find."""
    return "text" if page.state == "empty" and page.has_text_objects else page.state


def _check_busy(pages: Sequence[PageText]) -> None:
    """Refuse pages so full that pdfplumber would be busy with them for minutes."""
    for number, page in enumerate(pages, start=1):
        if page.characters > MOST_CHARACTERS:
            raise UnreadableError(f"page {number} of the PDF has more than {MOST_CHARACTERS} characters")


def _upright(pdf: pypdfium2.PdfDocument, pages: Sequence[PageText]) -> bytes | None:
    """The PDF with its pages turned so that their text stands upright; None where it does."""
    turned = [n for n, page in enumerate(pages) if page.frame.turn != pdf[n].get_rotation()]
    if not turned:
        return None
    for n in turned:
        pdf[n].set_rotation(pages[n].frame.turn)
    buffer = BytesIO()
    pdf.save(buffer)
    return buffer.getvalue()


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except GongkaiError:
        raise
    except Exception as error:  # pdfplumber lets errors of every kind through on damaged input
        raise UnreadableError(f"the PDF is damaged ({type(error).__name__}: {error})", "damaged") from error


def _add(pages: Pages, page: Any, frame: Frame) -> None:
    """Read a page of pdfplumber."""
    # Bold type is often the same character printed twice, a hair apart; a figure must not double.
    text = page.filter(lambda thing: not _is_watermark(thing))
    found = text.dedupe_chars(tolerance=1).extract_words(**WORDS)
    words = [Word(text, _box(word)) for word in found if (text := clean(word["text"]))]
    outside, tables = set_in_tables(lines_of(words), _ruled(page))
    pages.add(page.page_number, float(page.height), outside, tables, seen=frame.seen)


def _ruled(page: Any) -> list[RuledTable]:
    if len(page.edges) > MOST_EDGES:
        return []
    # Word paints the shade behind each line of text as a filled box; boxes without a stroke rule nothing.
    lines = page.filter(lambda thing: not _is_shade(thing))
    return ruled_tables(lines.find_tables({"explicit_horizontal_lines": _page_ends(lines)}))


def _page_ends(page: Any) -> list[float]:
    """Where upright rulings begin and end on the page: a table that goes on overleaf is open there."""
    upright = [edge for edge in page.edges if edge["orientation"] == "v" and edge["height"] > SHORTEST_RULING]
    return [min(edge["top"] for edge in upright), max(edge["bottom"] for edge in upright)] if upright else []


def _is_shade(thing: dict[str, Any]) -> bool:
    return thing["object_type"] == "rect" and not thing.get("stroke") and thing["width"] > 3 and thing["height"] > 3


def _is_watermark(thing: dict[str, Any]) -> bool:
    """Whether a character is printed aslant, or large and pale: over a table it would pass for part of a cell."""
    if thing["object_type"] != "char":
        return False
    a, b = thing["matrix"][:2]
    return is_slanted(a, b) or (thing["bottom"] - thing["top"] > LARGE and _is_pale(thing["non_stroking_color"]))


def _is_pale(colour: Any) -> bool:
    """Whether a colour is a light grey or a light mix of red, green and blue."""
    parts = colour if isinstance(colour, tuple) else ()
    return len(parts) in (1, 3) and all(isinstance(part, int | float) and 255 * part >= PALE for part in parts)


def _box(thing: dict[str, Any]) -> Box:
    return float(thing["x0"]), float(thing["top"]), float(thing["x1"]), float(thing["bottom"])
