"""Reports as a scanner leaves them: pictures of pages, a little askew, noisy and grey."""

from __future__ import annotations

import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

from gongkai.demo.draft import make_draft
from gongkai.demo.press import HEIGHT, WIDTH, Press, Setting
from gongkai.forms import Form
from tests.support.figures import Figures, as_text

FONT_PACKAGE = "cvttf_NotoSansCJK_Regular"


class ScanCanvas:
    """Draws on pictures like reportlab's canvas does on pages; `dpi` is their resolution."""

    def __init__(self, dpi: int) -> None:
        self._scale = dpi / 72
        self._size = 12.0
        self.pages: list[Any] = []
        self._begin()

    def _begin(self) -> None:
        from PIL import Image, ImageDraw

        self._page = Image.new("L", (round(WIDTH * self._scale), round(HEIGHT * self._scale)), 255)
        self._draw = ImageDraw.Draw(self._page)

    def setFont(self, _: str, size: float) -> None:  # noqa: N802 - reportlab's names
        self._size = size

    def drawString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self._text(x, y, text, "ls")

    def drawCentredString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self._text(x, y, text, "ms")

    def _text(self, x: float, y: float, text: str, anchor: str) -> None:
        at = (x * self._scale, (HEIGHT - y) * self._scale)
        self._draw.text(at, text, font=_font(round(self._size * self._scale)), fill=20, anchor=anchor)

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        left, top, right, bottom = (n * self._scale for n in (x, HEIGHT - y - height, x + width, HEIGHT - y))
        self._draw.rectangle((left, top, right, bottom), outline=40, width=max(1, round(self._scale / 2)))

    def showPage(self) -> None:  # noqa: N802
        self.pages.append(self._page)
        self._begin()


@cache
def _font(pixels: int) -> Any:
    from PIL import ImageFont

    spec = find_spec(FONT_PACKAGE)
    assert spec
    assert spec.submodule_search_locations
    (path,) = Path(next(iter(spec.submodule_search_locations))).glob("*.otf")
    return ImageFont.truetype(str(path), pixels)


def scanned(
    form: Form, figures: Figures, *, agency: str, dpi: int = 200, askew: float = 0.3, turn: int = 0, seed: int = 0
) -> list[Any]:
    """The pages of a report as pictures; `askew` in degrees, `turn` 0, 90, 180 or 270 degrees against the clock."""
    canvas = ScanCanvas(dpi)
    draft = make_draft(form, as_text(form, figures), agency=agency, year=form.years.first)
    Press(draft, canvas, Setting()).print()
    return [_worn(page, askew, turn, seed + n) for n, page in enumerate(canvas.pages)]


def _worn(page: Any, askew: float, turn: int, seed: int) -> Any:
    from PIL import Image, ImageFilter

    page = page.rotate(askew, resample=Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.5))
    random = Random(seed)
    width, height = page.size
    for _ in range(width * height // 3_000):
        page.putpixel((random.randrange(width), random.randrange(height)), random.randrange(90, 255))
    return page.rotate(turn, expand=True) if turn else page


def as_pdf(pages: list[Any], dpi: int = 200) -> bytes:
    """The pictures as a PDF without text."""
    buffer = io.BytesIO()
    first, *others = [page.convert("L") for page in pages]
    first.save(buffer, "PDF", resolution=dpi, save_all=True, append_images=others, quality=80)
    return buffer.getvalue()


def as_picture(page: Any, kind: str) -> bytes:
    """One picture as a file of a kind that Pillow writes."""
    buffer = io.BytesIO()
    page.save(buffer, kind)
    return buffer.getvalue()
