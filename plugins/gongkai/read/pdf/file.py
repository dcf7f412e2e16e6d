"""What both PDF readers share: opening, page furniture, the facts stated in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pypdfium2

import gongkai.read.pdf.fontless  # noqa: F401 - before any document is opened
from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read.clean import clean
from gongkai.read.limits import Limits

MEDIA_TYPE = "application/pdf"
LINEARIZED = re.compile(rb"/Linearized\b.{0,200}?/L\s+(\d{1,12})|/L\s+(\d{1,12}).{0,200}?/Linearized\b", re.DOTALL)

WITH_OCR = "OCR reads it: `uv sync --extra ocr` in a checkout, or `pip install 'gongkai[ocr]'`"
SCAN = f"the PDF has no text layer, it is a scan. {WITH_OCR}"
HIDDEN = f"the PDF is a scan; the text that a scanner hid beneath the pictures is not to be trusted. {WITH_OCR}"
GARBLED = f"the PDF's text layer holds no readable characters (a font without a character map). {WITH_OCR}"

UNEMBEDDED = (
    "figures of the PDF are set in a font that it does not embed, and cannot be read here; save it anew with its fonts"
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
            raise UnreadableError("the PDF is protected by a password", "locked") from error
        raise UnreadableError(f"the PDF is damaged ({error})", "damaged") from error
    try:
        if len(pdf) == 0:
            raise UnreadableError("the PDF has no pages", "damaged")
        if len(pdf) > limits.pages:
            raise UnreadableError(
                f"the PDF has {len(pdf)} pages, more than the limit of {limits.pages}; "
                "raise GONGKAI_PAGE_LIMIT if it is a real report",
                "too_large",
            )
        yield pdf
    finally:
        pdf.close()


def _check_whole(data: bytes) -> None:
    """PDF libraries rebuild what they can of a file cut short; the missing pages would pass for blank ones."""
    linearized = LINEARIZED.search(data[:1024])
    stated = int(linearized.group(1) or linearized.group(2)) if linearized else 0
    if b"startxref" not in data or len(data) < stated:
        raise UnreadableError("the PDF is cut short", "damaged")


def facts(pdf: pypdfium2.PdfDocument) -> tuple[str | None, dict[str, str]]:
    """The title and the other entries of the document information, by lower-case name."""
    try:
        entries: dict[str, Any] = pdf.get_metadata_dict(skip_empty=True)
    except pypdfium2.PdfiumError:
        return None, {}
    stated = {name.lower(): value for name, raw in entries.items() if (value := clean(str(raw)))}
    return stated.pop("title", None), stated


def check_readable(states: Sequence[str]) -> None:
    """Refuse a PDF of which no page has a text layer that can be trusted.

    Raises:
        UnsupportedError: it is a scan, with or without a hidden text layer, or its characters have no meaning.
    """
    if "text" not in states:
        raise UnsupportedError(GARBLED if "garbled" in states else HIDDEN if "hidden" in states else SCAN)
