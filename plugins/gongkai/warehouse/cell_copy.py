"""Cells as Postgres's binary COPY wants them. Nearly every row is plain, and is packed in one go."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import TypeVar

from psycopg.types.numeric import DecimalBinaryDumper

from gongkai.extract.report import Cell, State
from gongkai.warehouse.plain import plain_text

_T = TypeVar("_T")

COLUMNS = ("report_id", "value", "cell_id", "report_year", "state", "value_decimal", "unit", "text")
STATES = {state: number for number, state in enumerate(State, start=1)}
"""The numbers of raw.cell_state."""

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

_NULL = struct.pack(">i", -1)
_PLAIN = struct.Struct(">h iq ii ih ih ih iii")
_PLAIN_WITHOUT_VALUE = struct.Struct(">h iq i ih ih ih iii")
_START = struct.Struct(">h iq")
_NUMBERS = struct.Struct(">ih ih ih")
_INTEGER = struct.Struct(">ii")
_LENGTH = struct.Struct(">i")
_to_numeric = DecimalBinaryDumper(Decimal).dump


def packed_rows(rows: Iterable[tuple[int, int, int, Cell]]) -> Iterator[bytes]:
    """The COPY rows of (report_id, cell_id, report_year, cell), without header and trailer."""
    for report_id, cell_id, year, cell in rows:
        state = STATES[cell.state]
        value, text = cell.value, cell.text
        if text is not None and value is not None and text == str(value):
            text = None
        if text is None and cell.unit is None:
            if value is None:
                yield _PLAIN_WITHOUT_VALUE.pack(8, 8, report_id, -1, 2, cell_id, 2, year, 2, state, -1, -1, -1)
                continue
            if is_integer(value):
                yield _PLAIN.pack(8, 8, report_id, 4, int(value), 2, cell_id, 2, year, 2, state, -1, -1, -1)
                continue
        yield _full_row(report_id, cell_id, year, cell, text)


def is_integer(value: int | Decimal) -> bool:
    """Whether a figure fits the column of 4-byte integers."""
    return -(1 << 31) <= value < 1 << 31 and (type(value) is int or value == int(value))


def _full_row(report_id: int, cell_id: int, year: int, cell: Cell, text: str | None) -> bytes:
    integer, decimal = _NULL, _NULL
    if cell.value is not None:
        if is_integer(cell.value):
            integer = _INTEGER.pack(4, int(cell.value))
        else:
            decimal = _field(_to_numeric(Decimal(cell.value)) or b"")
    return b"".join(
        (
            _START.pack(8, 8, report_id),
            integer,
            _NUMBERS.pack(2, cell_id, 2, year, 2, STATES[cell.state]),
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
