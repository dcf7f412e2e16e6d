"""Cells as Postgres's binary COPY wants them. Nearly every row is plain, and those of a report are packed in one go."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import NamedTuple, TypeVar

import numpy as np
from psycopg import Connection
from psycopg.types.numeric import DecimalBinaryDumper

from gongkai.extract.report import Cell, State
from gongkai.warehouse.plain import plain_text

_T = TypeVar("_T")

COLUMNS = ("report_id", "value", "cell_id", "report_year", "state", "value_decimal", "unit", "text")
STATES = {state: number for number, state in enumerate(State, start=1)}
"""The numbers of raw.cell_state."""

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_BYTES_A_WRITE = 1 << 18

_NULL = struct.pack(">i", -1)
_START = struct.Struct(">h iq")
_NUMBERS = struct.Struct(">ih ih ih")
_INTEGER = struct.Struct(">ii")
_LENGTH = struct.Struct(">i")
_to_numeric = DecimalBinaryDumper(Decimal).dump

# A plain row: each column behind its length in bytes; decimal, unit and text are NULL, which is a length of -1.
_PLAIN = np.dtype(
    [
        ("columns", ">i2"),
        ("report_id_length", ">i4"),
        ("report_id", ">i8"),
        ("value_length", ">i4"),
        ("value", ">i4"),
        ("cell_id_length", ">i4"),
        ("cell_id", ">i2"),
        ("year_length", ">i4"),
        ("year", ">i2"),
        ("state_length", ">i4"),
        ("state", ">i2"),
        ("decimal_length", ">i4"),
        ("unit_length", ">i4"),
        ("text_length", ">i4"),
    ]
)
_SAME_IN_EVERY_ROW = {
    "columns": len(COLUMNS),
    "report_id_length": 8,
    "value_length": 4,
    "cell_id_length": 2,
    "year_length": 2,
    "state_length": 2,
    "decimal_length": -1,
    "unit_length": -1,
    "text_length": -1,
}


class ReportCells(NamedTuple):
    """The cells of one report, each with its number in the warehouse."""

    report_id: int
    year: int
    cells: Iterable[tuple[int, Cell]]


def copy_cells(conn: Connection, reports: Iterable[ReportCells]) -> int:
    """COPY the cells of many reports into raw.cell; how many there were."""
    count = 0
    statement = f"COPY raw.cell ({', '.join(COLUMNS)}) FROM STDIN (FORMAT binary)"
    with conn.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        waiting = bytearray(_HEADER)
        for report in reports:
            packed, rows = pack(report)
            waiting += packed
            count += rows
            if len(waiting) >= _BYTES_A_WRITE:
                copy.write(waiting)
                waiting = bytearray()
        copy.write(waiting + _TRAILER)
    return count


def pack(report: ReportCells) -> tuple[bytes, int]:
    """The rows of a report, plain ones first, and how many there are."""
    plain: list[tuple[int, int, int]] = []
    others: list[bytes] = []
    for cell_id, cell in report.cells:
        value = cell.value
        as_printed = cell.unit is None and (cell.text is None or cell.text == str(value))
        if as_printed and type(value) is int and is_integer(value):
            plain.append((cell_id, value, STATES[cell.state]))
        else:
            others.append(_full_row(report, cell_id, cell))
    return _plain_rows(report, plain) + b"".join(others), len(plain) + len(others)


def _plain_rows(report: ReportCells, plain: list[tuple[int, int, int]]) -> bytes:
    if not plain:
        return b""
    rows = np.empty(len(plain), _PLAIN)
    for name, number in _SAME_IN_EVERY_ROW.items():
        rows[name] = number
    rows["report_id"], rows["year"] = report.report_id, report.year
    rows["cell_id"], rows["value"], rows["state"] = zip(*plain, strict=True)
    return rows.tobytes()


def is_integer(value: int | Decimal) -> bool:
    """Whether a figure fits the column of 4-byte integers."""
    return -(1 << 31) <= value < 1 << 31 and (type(value) is int or value == int(value))


def _full_row(report: ReportCells, cell_id: int, cell: Cell) -> bytes:
    integer, decimal = _NULL, _NULL
    if cell.value is not None:
        if is_integer(cell.value):
            integer = _INTEGER.pack(4, int(cell.value))
        else:
            decimal = _field(_to_numeric(Decimal(cell.value)) or b"")
    text = None if cell.value is not None and cell.text == str(cell.value) else cell.text
    return b"".join(
        (
            _START.pack(len(COLUMNS), 8, report.report_id),
            integer,
            _NUMBERS.pack(2, cell_id, 2, report.year, 2, STATES[cell.state]),
            decimal,
            _text_field(cell.unit),
            _text_field(text),
        )
    )


def _text_field(text: str | None) -> bytes:
    return _NULL if text is None else _field(plain_text(text).encode())


def _field(data: bytes | bytearray | memoryview) -> bytes:
    return _LENGTH.pack(len(data)) + data


def in_batches(rows: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """The rows in lists of `size`, the last one shorter."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
