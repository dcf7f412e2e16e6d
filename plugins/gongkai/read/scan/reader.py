"""Scans: pages that are pictures, in PDF or OFD files or as pictures themselves, read by OCR.

Needs the optional extra `ocr`; without it every scan is unsupported, and the message says how to add it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdfium2

from gongkai.errors import GongkaiError, UnreadableError, UnsupportedError
from gongkai.read.document import Document
from gongkai.read.identify import OFD, PDF, identify
from gongkai.read.layout.lines import Box
from gongkai.read.layout.pages import Pages, set_in_tables
from gongkai.read.layout.ruled import RuledTable
from gongkai.read.limits import Limits
from gongkai.read.pdf.file import facts, opened
from gongkai.read.pdf.page import read_page
from gongkai.read.pdf.text import add_page
from gongkai.read.scan.ocr import check_installed, make_room

if TYPE_CHECKING:
    from gongkai.read.scan.ocr import Image

NAME = "scan.ocr"
DPI = 200
A4_LENGTH = 841.9  # points of the longer side, for pictures that do not say how large they were
LARGEST_SIDE = 3_400  # pixels, of a picture that is read
SMALLEST_SIDE = 1_500
FEWEST = 300  # pixels of the shorter side; smaller ones are icons
MOST_PIXELS = 120_000_000  # of a picture before it is made smaller
PICTURE_PAGE = 0.15  # of a page covered by pictures: there may be a table in them
MOST_PAGES = 40  # read by OCR; each takes seconds


def read(data: bytes, limits: Limits) -> Document:
    """The pages that are pictures by OCR, those with text by their text.

    Raises:
        UnreadableError: damaged or beyond the limits.
        UnsupportedError: the extra `ocr` is missing, or no page needs OCR.
    """
    media_type = identify(data, "")
    pages = Pages(limits)
    if media_type == PDF:
        return _read_pdf(data, limits, pages)
    check_installed()
    make_room(limits)
    pictures = _ofd_pictures(data, limits) if media_type == OFD else _pictures(data)
    for number, image in enumerate(pictures, start=1):
        _add(pages, number, image, A4_LENGTH)
    blocks, running = pages.blocks()
    return Document(NAME, media_type, blocks, properties=running)


def _read_pdf(data: bytes, limits: Limits, pages: Pages) -> Document:
    with opened(data, limits) as pdf:
        title, properties = facts(pdf)
        found = [read_page(pdf, index, limits) for index in range(len(pdf))]
        scans = {n for n, page in enumerate(found) if page.is_scan or page.pictures > PICTURE_PAGE}
        if not scans:
            raise UnsupportedError("every page of the PDF has a text layer; there is nothing to read by OCR")
        check_installed()
        make_room(limits)
        _check_pages(len(scans))
        for n, page in enumerate(found):
            if n in scans:
                _add(pages, n + 1, *_rendered(pdf, n))
            else:
                add_page(pages, n + 1, page)
    blocks, running = pages.blocks()
    return Document(NAME, PDF, blocks, title=title, properties={**properties, **running})


def _check_pages(count: int) -> None:
    if count > MOST_PAGES:
        raise UnreadableError(
            f"{count} pages are pictures, more than the {MOST_PAGES} read by OCR; split the file", "too_large"
        )


def _rendered(pdf: pypdfium2.PdfDocument, index: int) -> tuple[Image, float]:
    """A page as a grey picture, and the length of its longer side in points."""
    page = pdf[index]
    width, height = page.get_size()
    scale = min(DPI / 72, LARGEST_SIDE / max(width, height, 1))
    if min(width, height) * scale < 1:
        raise UnreadableError(f"page {index + 1} of the PDF has no size", "damaged")
    image: Image = page.render(scale=scale, grayscale=True).to_numpy().copy()
    page.close()
    return image.reshape(image.shape[:2]), max(width, height)


def _ofd_pictures(data: bytes, limits: Limits) -> Iterator[Image]:
    from gongkai.read.ofd.package import OfdPackage

    package = OfdPackage(data, limits)
    for page in package.pages():
        for resource, _ in page.content.pictures[:1]:
            picture = package.picture(resource)
            if picture:
                yield from _pictures(picture)


def _pictures(data: bytes) -> Iterator[Image]:
    """The pages of a picture file, grey, of a size that can be read."""
    import numpy as np
    from PIL import Image as Pillow
    from PIL import ImageOps, ImageSequence

    with warnings.catch_warnings(), _guarded():
        warnings.simplefilter("ignore")
        with Pillow.open(BytesIO(data)) as file:
            _check_pages(getattr(file, "n_frames", 1))
            for frame in ImageSequence.Iterator(file):
                _check_pixels(frame.width, frame.height)
                frame.draft("L", (LARGEST_SIDE, LARGEST_SIDE))
                yield np.array(_sized(_on_white(ImageOps.exif_transpose(frame))))


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise UnreadableError(f"the picture has more than {MOST_PIXELS} pixels; save a smaller one", "too_large")
    if min(width, height) < FEWEST:
        raise UnsupportedError(f"the picture has {width} by {height} pixels; no page of a report can be read in so few")


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except GongkaiError:
        raise
    except Exception as error:  # Pillow raises errors of every kind on damaged input
        raise UnreadableError(f"the picture is damaged ({error})", "damaged") from error


def _on_white(picture: Any) -> Any:
    """Grey, with what is transparent as paper."""
    from PIL import Image as Pillow

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        coloured = picture.convert("RGBA")
        paper = Pillow.new("RGBA", coloured.size, "white")
        paper.alpha_composite(coloured)
        picture = paper
    return picture.convert("L")


def _sized(picture: Any) -> Any:
    longest = max(picture.size)
    factor = min(1.0, LARGEST_SIDE / longest) if longest > SMALLEST_SIDE else SMALLEST_SIDE / longest
    if factor == 1.0:
        return picture
    return picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))))


def _add(pages: Pages, number: int, image: Image, length: float) -> None:
    """Read a picture as a page of A4, whatever its size: `length`, in points, only says where things are seen."""
    from gongkai.read.scan.page import read_picture

    page = read_picture(image, max(image.shape[:2]) / A4_LENGTH)
    lines, tables = set_in_tables(page.lines, [RuledTable(boxes) for boxes in page.rulings.tables()])
    size = length / A4_LENGTH

    def seen(box: Box) -> Box:
        x0, top, x1, bottom = (edge * size for edge in box)
        return x0, top, x1, bottom

    pages.add(number, page.height, lines, tables, page.rulings, seen)
