"""What every reader returns: a document as blocks in reading order, each with its position in the source.

A reader knows a file format and nothing of the law; extraction works on :class:`Document` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

MARK_OF_MEMBER = "!/"
"""Between an archive and a file in it: ``reports.zip!/2020/report.docx``."""


class Where(NamedTuple):
    """A position in the source. What a format cannot say is None.

    page: from 1. table: nth table of the document, from 1. row, column: within the table, from 0.
    line: of the text, from 1. bbox: x0, top, x1, bottom in points from the page's upper left corner.
    member: the file of an archive, by its path in it, that the other positions are in.
    """

    page: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    line: int | None = None
    bbox: tuple[float, float, float, float] | None = None
    member: str | None = None

    def in_column(self, column: int) -> Where:
        """The same place, in one of its columns."""
        return Where(self.page, self.table, self.row, column, self.line, self.bbox, self.member)

    def to_json(self) -> dict[str, Any]:
        names = ("member", "page", "table", "row", "column", "line")
        found: dict[str, Any] = {n: getattr(self, n) for n in names if getattr(self, n) is not None}
        if self.bbox is not None:
            found["bbox"] = [round(edge, 1) for edge in self.bbox]
        return found


class GridCell(NamedTuple):
    """One physical cell of a table, merged ones once, at their upper left corner."""

    row: int
    column: int
    text: str
    where: Where
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands in the source: physical cells ordered by row, then column."""

    cells: tuple[GridCell, ...]
    where: Where

    def rows(self) -> Iterator[tuple[GridCell, ...]]:
        """The cells that begin in each row, row by row; rows that only continue merged cells are empty."""
        by_row: dict[int, list[GridCell]] = {}
        for cell in self.cells:
            by_row.setdefault(cell.row, []).append(cell)
        for row in sorted(by_row):
            yield tuple(by_row[row])


class Paragraph(NamedTuple):
    """Running text.

    `fields` holds the parts of a line that a text layout separates by tabs, bars or (in a PDF) wide gaps; it is
    empty where the line is one piece. `boxes` says, where a format can, where on the page each field is. `row_like`
    says that the fields are one whole table row: an empty field is an empty cell and not an artefact of the layout.
    """

    text: str
    where: Where
    fields: tuple[str, ...] = ()
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    row_like: bool = False
    heading: bool = False


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """A document as one reader saw it.

    reader: e.g. ``html``, ``docx``, ``pdf.text``, ``pdf.tables``, ``text``. title: from the format's own metadata.
    properties: facts stated outside the running text (meta tags, document properties), by lower-case name.
    links: addresses of attachments, for a page that is only a pointer. elsewhere: addresses of pages that it shows
        in frames or sends on to.
    """

    reader: str
    media_type: str
    blocks: tuple[Block, ...]
    title: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
