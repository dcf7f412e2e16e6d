"""Tables as text: comma-separated values and their relatives, quoted line breaks included."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO

from gongkai.errors import UnreadableError
from gongkai.read.document import Document
from gongkai.read.encoding import decode
from gongkai.read.identify import CSV
from gongkai.read.limits import Limits
from gongkai.read.sheet.blocks import SheetBlocks, SheetRow, cell_text
from gongkai.read.tables import WIDEST

NAME = "csv"
DELIMITERS = ",\t;|"
SNIFFED_LINES = 200


def read(data: bytes, limits: Limits) -> Document:
    """The rows as one table; what stands alone in its row is running text.

    `where.row` counts rows, of which a quoted cell may take several lines; an empty line is one too.

    Raises:
        UnreadableError: no text, or beyond the limits.
    """
    text = decode(data)
    rows = _rows(text, limits)
    return Document(NAME, CSV, tuple(SheetBlocks(limits).of(rows, 1)))


def _rows(text: str, limits: Limits) -> Iterator[SheetRow]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        for number, fields in enumerate(reader):
            limits.check_blocks(number)
            yield SheetRow(number, tuple(cell_text(field) for field in fields[:WIDEST]))
    except csv.Error as error:
        raise UnreadableError(
            f"the values do not come apart ({error}); save the sheet again as .csv or .xlsx"
        ) from error


def delimiter_of(text: str) -> str:
    """What parts the values: the mark that the most lines have as often as each other."""
    lines = [line for line in text.splitlines()[:SNIFFED_LINES] if line.strip()]

    def agreement(mark: str) -> tuple[int, int]:
        often = Counter(count for line in lines if (count := line.count(mark)))
        count, agreeing = max(often.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return agreeing, count

    return max(DELIMITERS, key=agreement)
