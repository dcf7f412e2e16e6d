"""Reports as OFD (GB/T 33190): a zip of XML, in which every character and line has its place in millimetres."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

from gongkai.demo.draft import Draft
from gongkai.demo.press import HEIGHT, WIDTH, Press, Setting, string_width

_NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_MM = 25.4 / 72  # in a point
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same draft gives the same bytes


def ofd(draft: Draft) -> bytes:
    """One document, a page a part."""
    canvas = OfdCanvas()
    Press(draft, canvas, Setting()).print()
    return canvas.package(draft.title, draft.agency)


class OfdCanvas:
    """Draws on pages like reportlab's canvas does, and packs them."""

    def __init__(self) -> None:
        self._pages: list[str] = []
        self._objects: list[str] = []
        self._size = 12.0
        self._number = 100

    def setFont(self, _: str, size: float) -> None:  # noqa: N802 - reportlab's names
        self._size = size

    def drawCentredString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self.drawString(x - string_width(text, self._size) / 2, y, text)

    def drawString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        """A text object as wide as its text, its characters placed one by one."""
        if not text:
            return
        widths = [string_width(character, self._size) * _MM for character in text]
        size = self._size * _MM
        left, top = x * _MM, (HEIGHT - y) * _MM - size
        steps = " ".join(f"{width:.3f}" for width in widths[:-1])
        self._add(
            f'<ofd:TextObject ID="{{}}" Boundary="{left:.3f} {top:.3f} {sum(widths):.3f} {size * 1.2:.3f}" '
            f'Font="1" Size="{size:.3f}"><ofd:TextCode X="0" Y="{size:.3f}" DeltaX="{steps}">{escape(text)}'
            "</ofd:TextCode></ofd:TextObject>"
        )

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        """A rectangle as one path."""
        left, top, wide, high = x * _MM, (HEIGHT - y - height) * _MM, width * _MM, height * _MM
        self._add(
            f'<ofd:PathObject ID="{{}}" Boundary="{left:.3f} {top:.3f} {wide:.3f} {high:.3f}" LineWidth="0.2">'
            f"<ofd:AbbreviatedData>M 0 0 L {wide:.3f} 0 L {wide:.3f} {high:.3f} L 0 {high:.3f} C</ofd:AbbreviatedData>"
            "</ofd:PathObject>"
        )

    def _add(self, thing: str) -> None:
        self._number += 1
        self._objects.append(thing.replace('ID="{}"', f'ID="{self._number}"', 1))

    def showPage(self) -> None:  # noqa: N802
        self._pages.append("".join(self._objects))
        self._objects = []

    def package(self, title: str, author: str) -> bytes:
        """The pages as the bytes of an OFD file."""
        parts = {
            "OFD.xml": f'<ofd:OFD {_NAMESPACE} DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo><ofd:Title>'
            f"{escape(title)}</ofd:Title><ofd:Author>{escape(author)}</ofd:Author></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f"<ofd:Document {_NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>{self._number}"
            f"</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 {WIDTH * _MM:.2f} {HEIGHT * _MM:.2f}"
            f"</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{self._page_list()}</ofd:Pages></ofd:Document>",
        }
        for n, objects in enumerate(self._pages):
            parts[f"Doc_0/Pages/Page_{n}/Content.xml"] = (
                f'<ofd:Page {_NAMESPACE}><ofd:Content><ofd:Layer ID="{n + 50}" Type="Body">{objects}</ofd:Layer>'
                "</ofd:Content></ofd:Page>"
            )
        return _packed(parts)

    def _page_list(self) -> str:
        locations = (f"Pages/Page_{n}/Content.xml" for n in range(len(self._pages)))
        return "".join(f'<ofd:Page ID="{n}" BaseLoc="{place}"/>' for n, place in enumerate(locations, start=1))


def _packed(parts: dict[str, str]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, xml in parts.items():
            package.writestr(zipfile.ZipInfo(name, _STAMP), f'<?xml version="1.0" encoding="UTF-8"?>{xml}')
    return buffer.getvalue()
