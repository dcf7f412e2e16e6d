"""Which token of a row belongs to which cell. A row with too few figures is never filled up silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from gongkai.extract.lines import Token, trim
from gongkai.extract.numbers import is_figure
from gongkai.extract.rows import RowReading

Columns = tuple[int | None, ...]


def align(rows: Sequence[RowReading]) -> list[tuple[RowReading, tuple[Token | None, ...] | None]]:
    """For each row its tokens in the order of its keys; None in place of one that is missing at a known position.

    A row whose tokens cannot be placed (too few, at unknown positions) comes back with None: see
    :mod:`gongkai.extract.resolve`.
    """
    columns = _usual_columns(rows)
    return [(row, _by_count(row, columns.get(len(row.keys))) or _by_column(row, columns)) for row in rows]


def _by_count(row: RowReading, usual: Columns | None = None) -> tuple[Token, ...] | None:
    """The cells of a row that has as many as it should, fillers apart; None where they stand in unusual columns."""
    if row.mixed:
        return None
    wanted = len(row.keys)
    if len(row.tokens) == wanted:
        return row.tokens
    printed = tuple(token for token in row.tokens if not token.blank)
    if len(printed) == wanted and all(is_figure(token.text) for token in printed):
        return printed if usual is None or _steps(_columns(printed)) in (None, _steps(usual)) else None
    trimmed = trim(row.tokens, wanted)
    if trimmed is None or usual is None or len(printed) in (0, wanted):
        return trimmed
    # an empty cell at its end may be none of its own: two others are merged
    return trimmed if _steps(_columns(trimmed)) in (None, _steps(usual)) else None


def _columns(tokens: Iterable[Token]) -> Columns:
    return tuple(token.column for token in tokens)


def _steps(columns: Columns) -> list[int] | None:
    """How far each column is from the first; None outside grids. Rows of text begin wherever their label ends."""
    known = [column for column in columns if column is not None]
    return [column - known[0] for column in known] if len(known) == len(columns) else None


def _usual_columns(rows: Iterable[RowReading]) -> dict[int, Columns]:
    """For rows of each length, the grid columns that most whole rows of that length stand in, those without a blank
    if there are any."""
    seen: dict[bool, dict[int, Counter[Columns]]] = {True: {}, False: {}}
    for row in rows:
        placed = _by_count(row)
        if placed is not None and None not in (columns := _columns(placed)):
            blank = any(token.blank for token in placed)
            seen[blank].setdefault(len(columns), Counter())[columns] += 1
    return {length: counts.most_common(1)[0][0] for length, counts in {**seen[True], **seen[False]}.items()}


def _by_column(row: RowReading, usual: Mapping[int, Columns]) -> tuple[Token | None, ...] | None:
    columns = usual.get(len(row.keys))
    if columns is None:
        return None
    by_column = {token.column: token for token in row.tokens}
    if not any(column in by_column for column in columns):
        return None
    strays = [t for t in row.tokens if t.column not in columns and is_figure(t.text)]
    return None if strays else tuple(by_column.get(column) for column in columns)
