"""Spreadsheets (.xlsx, .xls, .ods) as they were saved: formulas are never computed, their saved values are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from math import isfinite
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from gongkai.errors import UnreadableError
from gongkai.read.document import Block, Document
from gongkai.read.identify import ODS, OLE_MAGIC, XLS, XLSX
from gongkai.read.limits import Limits
from gongkai.read.package import Package
from gongkai.read.sheet.blocks import SheetBlocks, SheetRow, Spans, cell_text
from gongkai.read.sheet.bounds import PROTECTED, bound_ods, bound_xls, bound_xlsx, slim_package
from gongkai.read.tables import WIDEST

NAME = "sheet"
PANIC = "PanicException"
"""What a bug of a library in Rust raises; no `Exception`, and importable from nowhere."""

SECTOR = 512


def read(data: bytes, limits: Limits) -> Document:
    """Every visible sheet, in order. `where.table` is the number of the sheet, row and column count from 0 within it.

    Raises:
        UnreadableError: damaged, encrypted, or beyond the limits.
    """
    media_type, data, spans = _bounded(data, limits)
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        blocks = list(_blocks(workbook, spans, limits))
    except PasswordError as error:
        raise UnreadableError(PROTECTED, "locked") from error
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableError(f"the workbook is damaged ({error})", "damaged") from error
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        raise UnreadableError("the workbook is damaged", "damaged") from error
    return Document(NAME, media_type, tuple(blocks))


def _bounded(data: bytes, limits: Limits) -> tuple[str, bytes, list[Spans]]:
    """The workbook once it is sure to need little memory: its kind, its bytes, and the merged ranges of ODS sheets."""
    if data.startswith(OLE_MAGIC):
        bound_xls(data, limits)
        return XLS, data + bytes(-len(data) % SECTOR), []
    package = Package(data, limits)
    if "content.xml" in package.names:
        spans = bound_ods(package, limits)
        return ODS, slim_package(package), spans
    bound_xlsx(package, limits)
    return XLSX, slim_package(package), []


def _blocks(workbook: CalamineWorkbook, spans: list[Spans], limits: Limits) -> Iterator[Block]:
    blocks = SheetBlocks(limits)
    for index, about in enumerate(workbook.sheets_metadata):
        if about.visible != SheetVisibleEnum.Visible or about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        yield from blocks.of(_rows(sheet), index + 1, spans[index] if index < len(spans) else _merged(sheet))


def _rows(sheet: CalamineSheet) -> Iterator[SheetRow]:
    top, left = sheet.start or (0, 0)
    before = ("",) * left
    for number, values in enumerate(sheet.to_python(skip_empty_area=True), start=top):
        yield SheetRow(number, (*before, *map(_text, values))[:WIDEST])


def _merged(sheet: CalamineSheet) -> Spans:
    return {
        (top, left): (bottom - top + 1, right - left + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    }


def _text(value: Any) -> str:
    """A value as a sheet shows it when no format says otherwise: whole numbers without a point, at most 15 digits."""
    if isinstance(value, str):
        return cell_text(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: float) -> str:
    if not isfinite(value):
        return ""
    return str(int(value)) if value.is_integer() else format(Decimal(f"{value:.15g}"), "f")
