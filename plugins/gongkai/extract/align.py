"""Which token of a row belongs to which cell. A row with too few figures is never filled up silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from gongkai.extract.lines import Token
from gongkai.extract.numbers import is_figure
from gongkai.extract.tables import RowReading


def align(rows: Sequence[RowReading]) -> list[tuple[RowReading, tuple[Token | None, ...] | None]]:
    """For each row its tokens in the order of its keys; None in place of one that is missing at a known position.

    A row whose tokens cannot be placed (too few, at unknown positions) comes back with None: see
    :mod:`gongkai.extract.resolve`.
    """
    columns = _usual_columns(rows)
    return [(row, _by_count(row) or _by_column(row, columns.get(len(row.keys)))) for row in rows]


def _by_count(row: RowReading) -> tuple[Token, ...] | None:
    wanted = len(row.keys)
    printed = tuple(token for token in row.tokens if not token.blank)
    if len(row.tokens) == wanted:
        return row.tokens
    if len(printed) == wanted and all(is_figure(token.text) for token in printed):
        return printed
    trimmed = _trim(row.tokens, wanted)
    return trimmed if len(trimmed) == wanted else None


def _trim(tokens: Sequence[Token], wanted: int) -> tuple[Token, ...]:
    """Without the empty cells and remarks that merged headings leave at the end, and empty cells at the front."""
    kept = list(tokens)
    while len(kept) > wanted and not is_figure(kept[-1].text):
        kept.pop()
    while len(kept) > wanted and kept[0].blank:
        kept.pop(0)
    return tuple(kept)


def _usual_columns(rows: Iterable[RowReading]) -> dict[int, tuple[int, ...]]:
    """For rows of each length, the grid columns that most whole rows of that length stand in."""
    seen: dict[int, Counter[tuple[int, ...]]] = {}
    for row in rows:
        placed = _by_count(row)
        if placed is None:
            continue
        columns = tuple(token.column for token in placed if token.column is not None)
        if len(columns) == len(row.keys):
            seen.setdefault(len(columns), Counter())[columns] += 1
    return {length: counts.most_common(1)[0][0] for length, counts in seen.items()}


def _by_column(row: RowReading, columns: tuple[int, ...] | None) -> tuple[Token | None, ...] | None:
    if columns is None:
        return None
    by_column = {token.column: token for token in row.tokens if token.column is not None}
    if not any(column in by_column for column in columns):
        return None
    strays = [t for t in row.tokens if t.column not in columns and is_figure(t.text)]
    return None if strays else tuple(by_column.get(column) for column in columns)
