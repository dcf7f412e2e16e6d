"""Small documents of every format, made when a test asks for them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

from gongkai.read import Document, Grid, Limits, Paragraph, identify, readers_for

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def read_with(data: bytes, *, name: str = "", reader: str | None = None, limits: Limits | None = None) -> Document:
    """What the named reader, or the first one, makes of a document."""
    readers = readers_for(identify(data, name))
    chosen = readers[0] if reader is None else next(r for r in readers if r.name == reader)
    return chosen(data, limits or Limits())


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def paragraphs(document: Document) -> list[Paragraph]:
    return [block for block in document.blocks if isinstance(block, Paragraph)]


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(document)]


def rows(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows()]


def docx(body: str, **parts: str) -> bytes:
    """A Word package around a body; other parts by path with ``__`` for ``/`` and without ``.xml``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", CONTENT_TYPES)
        package.writestr("word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        for path, xml in parts.items():
            package.writestr(path.replace("__", "/") + ".xml", xml)
    return buffer.getvalue()


def pdf(draw: Callable[..., None], *, pages: int = 1, rotate: int = 0, password: str | None = None) -> bytes:
    """A PDF whose pages ``draw(canvas, number)`` fills; Chinese in the font STSong-Light."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    encryption = StandardEncryption(password, ownerPassword="owner") if password else None
    canvas = Canvas(buffer, pagesize=(595, 842), encrypt=encryption)
    for number in range(1, pages + 1):
        canvas.setFont("STSong-Light", 12)
        if rotate:
            canvas.setPageRotation(rotate)
        draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def pdf_table(data: Sequence[Sequence[str]], style: Sequence[tuple[object, ...]] = ()) -> bytes:
    """A PDF with a ruled table."""
    from reportlab.lib import colors
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    table = Table([list(row) for row in data], repeatRows=0)
    table.setStyle(
        [("FONT", (0, 0), (-1, -1), "STSong-Light", 10), ("GRID", (0, 0), (-1, -1), 0.5, colors.black), *style]
    )
    SimpleDocTemplate(buffer).build([table])
    return buffer.getvalue()
