"""What both PDF readers share: opening, page furniture, the facts stated in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2

import gongkai.read.fontless  # noqa: F401 - before any document is opened
from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read.clean import clean
from gongkai.read.limits import Limits

MEDIA_TYPE = "application/pdf"
LINEARIZED = re.compile(rb"/Linearized\b.{0,200}?/L\s+(\d{1,12})|/L\s+(\d{1,12}).{0,200}?/Linearized\b", re.DOTALL)
DECORATED_NUMBER = re.compile(r"[-—–－―·•~]\s*\d{1,4}\s*[-—–－―·•~]|第\s*\d{1,4}\s*页.{0,12}|\d{1,4}\s*[/／]\s*\d{1,4}")
BARE_NUMBER = re.compile(r"\d{1,4}")
MARGIN = 0.1  # of the page's height, above and below, in which page numbers stand
NARROW_MARGIN = 0.075  # the same for a number without dashes, which could be a figure

SCAN = (
    "the PDF has no text layer, it is a scan; reading scans (OCR) is not available in this version. "
    "Find the text edition of the report, or run OCR over it and save it as a PDF with text"
)
GARBLED = (
    "the PDF's text layer holds no readable characters (a font without a character map); OCR would read it, which is "
    "not available in this version. Find another edition of the report"
)


@contextmanager
def opened(data: bytes, limits: Limits) -> Iterator[pypdfium2.PdfDocument]:
    """The PDF, open.

    Raises:
        UnreadableError: truncated, damaged, encrypted or of too many pages.
    """
    _check_whole(data)
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise UnreadableError("the PDF is protected by a password; ask the agency for an open copy") from error
        raise UnreadableError(f"the PDF is damaged ({error}); fetch it again") from error
    try:
        if len(pdf) == 0:
            raise UnreadableError("the PDF has no pages; fetch it again")
        if len(pdf) > limits.pages:
            raise UnreadableError(
                f"the PDF has {len(pdf)} pages, more than the limit of {limits.pages}; "
                "raise GONGKAI_PAGE_LIMIT if it is a real report"
            )
        yield pdf
    finally:
        pdf.close()


def _check_whole(data: bytes) -> None:
    """PDF libraries rebuild what they can of a file cut short; the missing pages would pass for blank ones."""
    linearized = LINEARIZED.search(data[:1024])
    stated = int(linearized.group(1) or linearized.group(2)) if linearized else 0
    if b"startxref" not in data or len(data) < stated:
        raise UnreadableError("the PDF is cut short; fetch it again")


def facts(pdf: pypdfium2.PdfDocument) -> tuple[str | None, dict[str, str]]:
    """The title and the other entries of the document information, by lower-case name."""
    try:
        entries: dict[str, Any] = pdf.get_metadata_dict(skip_empty=True)
    except pypdfium2.PdfiumError:
        return None, {}
    stated = {name.lower(): value for name, raw in entries.items() if (value := clean(str(raw)))}
    return stated.pop("title", None), stated


def is_page_number(text: str, page: int, top: float, bottom: float, height: float) -> bool:
    """Whether a line is the number of its page. Positions in points from the page's upper edge."""
    edge = min(bottom, height - top) / height if height > 0 else 1.0
    if edge > MARGIN:
        return False
    if DECORATED_NUMBER.fullmatch(text):
        return True
    # A number alone may be a figure of a table that reaches into the margin: it must be near the page's own number.
    return (
        edge <= NARROW_MARGIN and BARE_NUMBER.fullmatch(text) is not None and text != "0" and abs(page - int(text)) <= 3
    )


def check_readable(characters: int, strange: int) -> None:
    """Refuse a PDF without text.

    Raises:
        UnsupportedError: no character at all, or most without a meaning.
    """
    if characters == 0:
        raise UnsupportedError(SCAN)
    if strange > characters * 0.5:
        raise UnsupportedError(GARBLED)
