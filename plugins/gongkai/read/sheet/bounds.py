"""How much room a workbook would take, found out before a library makes the room.

A library lays a sheet out as a full rectangle around its filled cells. One cell in the last corner of an otherwise
empty sheet, or a cell that says it is repeated a million times, would take gigabytes.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from gongkai.errors import UnreadableError
from gongkai.read.limits import Limits
from gongkai.read.ole import read_stream
from gongkai.read.package import Package, is_encrypted
from gongkai.read.sheet.blocks import Spans
from gongkai.read.xml import parse_xml

ROOM = 20  # places of the rectangle for each cell that a document may have: stray cells far away are real
XL_PARTS = (".xml", ".rels")
LETTERS = {chr(ord("A") + n): n + 1 for n in range(26)}
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE_VALUE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
# Records of the binary format that put something into one cell, or (MULRK) into several of a row.
XLS_CELLS = frozenset((0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, 0x0006, 0x0406, 0x0003, 0x0004, 0x0005))
MULRK, BOF, FILEPASS = 0x00BD, 0x0809, 0x002F
PROTECTED = "the workbook is protected by a password"


@dataclass(slots=True)
class Box:
    """The rectangle around the filled cells of one sheet."""

    top: int = -1
    left: int = -1
    bottom: int = -1
    right: int = -1

    def take(self, row: int, column: int, last_row: int | None = None, last_column: int | None = None) -> None:
        self.top = row if self.top < 0 else min(self.top, row)
        self.left = column if self.left < 0 else min(self.left, column)
        self.bottom = max(self.bottom, row if last_row is None else last_row)
        self.right = max(self.right, column if last_column is None else last_column)

    @property
    def places(self) -> int:
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


def check_boxes(boxes: list[Box], limits: Limits) -> None:
    """Refuse sheets whose rectangles together are too large.

    Raises:
        UnreadableError: they are.
    """
    if sum(box.places for box in boxes) > ROOM * limits.table_cells:
        raise UnreadableError(
            "the filled cells of the workbook stand too far apart; delete what is outside the tables, and save it",
            "too_large",
        )


def slim_package(package: Package) -> bytes:
    """The XML parts of a workbook in a package of their own: what else is in it (pictures, macros) is not unpacked."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as slim:
        for name in sorted(package.names, key=lambda name: name != "mimetype"):
            if name.endswith(XL_PARTS) or name == "mimetype":
                slim.writestr(name, package.read(name))
    return buffer.getvalue()


def bound_xlsx(package: Package, limits: Limits) -> None:
    """Refuse an .xlsx workbook that would take too much room.

    Raises:
        UnreadableError: it would, or it is damaged.
    """
    boxes = []
    for name in sorted(package.names):
        if not name.endswith(XL_PARTS):
            continue
        xml = package.read(name)
        limits.check_elements(xml.count(b"<"))
        root = parse_xml(xml, name)
        if b"sheetData" in xml:
            boxes.append(_xlsx_box(root))
    check_boxes(boxes, limits)


def _xlsx_box(root: etree._Element) -> Box:
    box, row, column = Box(), -1, -1
    for element in root.iter("{*}row", "{*}c"):
        place = element.get("r", "")
        if etree.QName(element).localname == "row":
            row, column = (int(place) - 1 if _is_count(place) else row + 1), -1
            continue
        at_row, column = _place(place, row, column + 1)
        if len(element):
            box.take(at_row, column)
    return box


def _place(reference: str, row: int, column: int) -> tuple[int, int]:
    """Row and column of a reference such as B7, from 0; what it does not say is as given."""
    letters = reference.rstrip("0123456789").upper()
    digits = reference[len(letters) :]
    if letters and len(letters) < 5 and all(letter in LETTERS for letter in letters):
        column = 0
        for letter in letters:
            column = column * 26 + LETTERS[letter]
        column -= 1
    return (int(digits) - 1 if _is_count(digits) else row), column


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def bound_xls(data: bytes, limits: Limits) -> None:
    """Refuse a workbook of the old binary format (.xls) that would take too much room.

    Raises:
        UnreadableError: it would, it is damaged, or it is encrypted.
    """
    boxes = [Box()]
    stream = read_stream(data, "Workbook", "Book")
    if not stream:
        raise UnreadableError("the workbook is damaged", "damaged")
    for kind, content in _xls_records(stream):
        if kind == BOF:
            boxes.append(Box())
        elif kind == FILEPASS:
            raise UnreadableError(PROTECTED, "locked")
        elif kind == MULRK and len(content) >= 6:
            row, first, last = (
                *struct.unpack_from("<HH", content),
                struct.unpack_from("<H", content, len(content) - 2)[0],
            )
            boxes[-1].take(row, first, last_column=last)
        elif kind in XLS_CELLS and len(content) >= 4:
            boxes[-1].take(*struct.unpack_from("<HH", content))
    check_boxes(boxes, limits)


def _xls_records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def bound_ods(package: Package, limits: Limits) -> list[Spans]:
    """Refuse an OpenDocument spreadsheet that would take too much room; else the merged ranges of each sheet.

    Raises:
        UnreadableError: it would, it is damaged, or it is encrypted.
    """
    if is_encrypted(package):
        raise UnreadableError(PROTECTED, "locked")
    xml = package.read("content.xml")
    limits.check_elements(xml.count(b"<"))
    sheets = [_ods_sheet(table) for table in parse_xml(xml, "content.xml").iter(f"{TABLE}table")]
    check_boxes([box for box, _ in sheets], limits)
    return [spans for _, spans in sheets]


def _ods_sheet(table: etree._Element) -> tuple[Box, Spans]:
    box, row = Box(), 0
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for line in table.iter(f"{TABLE}table-row"):
        high, column = _repeat(line, "rows"), 0
        for cell in line.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            wide = _repeat(cell, "columns")
            if len(cell) or cell.get(OFFICE_VALUE):
                box.take(row, column, row + high - 1, column + wide - 1)
            span = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
            if span != (1, 1):
                spans[row, column] = span
            column += wide
        row += high
    return box, spans


def _repeat(element: etree._Element, what: str) -> int:
    return _count(element, f"number-{what}-repeated")


def _count(element: etree._Element, name: str) -> int:
    value = element.get(f"{TABLE}{name}", "1")
    return max(int(value), 1) if _is_count(value) else 1
