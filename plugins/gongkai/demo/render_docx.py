"""Reports as Word documents, with the merged cells of the form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from markupsafe import escape

from gongkai.demo.draft import Draft, lines_of
from gongkai.forms.sheet import Sheet, SheetCell

_TABLE_WIDTH = 9000  # twentieths of a point
_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def docx(draft: Draft) -> bytes:
    """A .docx; the same draft gives the same bytes."""
    from docx import Document
    from docx.oxml import parse_xml

    document = Document()
    document.core_properties.title = draft.title
    document.core_properties.author = draft.agency
    if draft.published_on:
        document.core_properties.created = datetime(*draft.published_on.timetuple()[:3])
    if draft.noise.with_title:
        document.add_heading(draft.title, level=0)
    document.add_paragraph(draft.preamble)
    for part in draft.parts:
        document.add_paragraph().add_run(part.title).bold = True
        for paragraph in part.paragraphs:
            document.add_paragraph(paragraph)
        if part.sheet:
            # python-docx merges cell by cell, which takes a second for table 三: its XML is written in one piece
            document.add_paragraph()._p.addnext(parse_xml(_table(part.sheet, draft)))
    return _stable(document)


def _stable(document: Any) -> bytes:
    """Save with a fixed date in the container, which otherwise carries the time of day."""
    saved, stable = BytesIO(), BytesIO()
    document.save(saved)
    with ZipFile(saved) as source, ZipFile(stable, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return stable.getvalue()


def _table(sheet: Sheet, draft: Draft) -> str:
    unit = _TABLE_WIDTH / sum(sheet.widths)
    grid = "".join(f'<w:gridCol w:w="{round(width * unit)}"/>' for width in sheet.widths)
    rows = "".join(f"<w:tr>{''.join(_row(sheet, row, draft))}</w:tr>" for row in range(sheet.row_count))
    properties = (
        f'<w:tblPr><w:tblW w:w="{_TABLE_WIDTH}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>'
    )
    return f"<w:tbl {_NAMESPACE}>{properties}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def _row(sheet: Sheet, row: int, draft: Draft) -> Iterator[str]:
    for cell in sheet.in_row(row):
        merge = ""
        if cell.rowspan > 1:
            merge = '<w:vMerge w:val="restart"/>' if cell.row == row else "<w:vMerge/>"
        span = f'<w:gridSpan w:val="{cell.colspan}"/>' if cell.colspan > 1 else ""
        text = _runs(cell, draft) if cell.row == row else ""
        yield f"<w:tc><w:tcPr>{span}{merge}</w:tcPr><w:p>{text}</w:p></w:tc>"


def _runs(cell: SheetCell, draft: Draft) -> str:
    if draft.noise.split_runs and cell.kind == "figure":
        return "".join(map(_run, cell.text))
    return "<w:r><w:br/></w:r>".join(map(_run, lines_of(cell, draft.noise)))


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
