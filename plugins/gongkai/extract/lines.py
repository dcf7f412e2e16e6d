"""A document as lines of a table: a label on the left, what stands in the cells on its right.

All layouts come down to this. A row of a grid or of tabs is one line; where each cell is a paragraph of its own,
figures gather behind the last label.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise, zip_longest
from typing import NamedTuple

from gongkai.extract.numbers import is_figure
from gongkai.read.document import Document, Grid, GridCell, Paragraph, Where

_LEAST_NUMBERED = 3
"""Cells of a row that begins with a serial number: the number, a label, a figure."""

_SERIAL_NUMBERS = 1

_ROWS_THAT_RUN = 12
"""So many rows must end with the numbers from one on before these are taken for the numbers of the next rows."""

_WIDEST_GAP = 3
"""Cells from one part of a label to the next: blank figures part a label from what is remarked behind them."""


class Token(NamedTuple):
    """The content of one cell.

    `column` is the grid column it begins in; None outside grids and rows of text with as many fields as a neighbour.
    """

    text: str
    where: Where
    column: int | None = None

    @property
    def blank(self) -> bool:
        return not self.text or self.text.isspace()


@dataclass(slots=True)
class Line:
    """A label and the cells behind it.

    `whole_row`: the cells are one row of the source, blanks included. `words`: the cells that make up the label;
    `repeats`: how often a row prints each of them, one cell after another.
    `if_blank`: a row of words alone, read as a label, blank figures and a remark; else it is a header.
    """

    label: str
    where: Where
    tokens: list[Token] = field(default_factory=list)
    whole_row: bool = False
    words: tuple[str, ...] = ()
    repeats: tuple[int, ...] = ()
    if_blank: Line | None = None


def trim(tokens: Sequence[Token], wanted: int) -> tuple[Token, ...] | None:
    """`wanted` of the cells, without the empty ones that merged headings leave at one end; None if it may be either."""
    excess = len(tokens) - wanted
    if excess <= 0:
        return None if excess else tuple(tokens)
    before = next((n for n, token in enumerate(tokens) if not token.blank), len(tokens))
    behind = next((n for n, token in enumerate(reversed(tokens)) if is_figure(token.text)), len(tokens))
    if before == len(tokens) or (excess <= behind and before == 0):
        return tuple(tokens[:wanted])
    return tuple(tokens[excess:]) if excess <= before and behind == 0 else None


class Fields(NamedTuple):
    """The cells of one row of the source, blanks included (`whole_row`), or those of one line of text and the line."""

    tokens: tuple[Token, ...]
    line: Token | None = None

    @property
    def whole_row(self) -> bool:
        return self.line is None


def fields_of(document: Document) -> list[Fields]:
    """The document as rows and lines of cells, in reading order."""
    fields: list[Fields] = []
    widths = [len(block.fields) if isinstance(block, Paragraph) else 0 for block in document.blocks]
    for n, block in enumerate(document.blocks):
        if isinstance(block, Grid):
            rows = (tuple([Token(cell.text, cell.where, cell.column) for cell in row]) for row in _rows(block) if row)
            fields.extend(map(Fields, rows))
        elif block.row_like:
            in_columns = len(block.fields) in widths[max(n - 1, 0) : n] + widths[n + 1 : n + 2]
            row = [
                Token(text, block.where.in_column(column), column if in_columns else None)
                for column, text in enumerate(block.fields)
            ]
            fields.append(Fields(tuple(row)))
        elif not block.fields:
            line = Token(block.text, block.where)
            fields.append(Fields((line,), line))
        else:
            line = Token(block.text, block.where)
            tokens = tuple(token for token in _field_tokens(block) if not token.blank)
            fields.append(Fields(tokens or (line,), line))
    return fields


def lines_of(fields: Iterable[Fields]) -> list[Line]:
    """Rows and lines of cells as lines of a table."""
    lines: list[Line] = []
    fields = list(fields)
    numbered = _numbered_rows(fields)
    for at, each in enumerate(fields):
        if each.line is None:
            lines.append(_row_line(each.tokens, numbered=at in numbered))
        else:
            _append_stream(lines, [each.line] if _is_sentence(each.tokens) else each.tokens)
    _drop_running_numbers([line for line in lines if line.tokens and not line.whole_row])
    return lines


def _drop_running_numbers(lines: Sequence[Line]) -> None:
    """Take away the numbers of rows, which in a stream stand behind the figures of the row before."""
    run: list[Line] = []
    for line in [*lines, None]:
        last = line.tokens[-1].text.strip() if line else ""
        if line and last == str(len(run) + 1):
            run.append(line)
            continue
        if len(run) >= _ROWS_THAT_RUN:
            for numbered in run:
                numbered.tokens.pop()
        run = [line] if line and last == "1" else []


def _rows(grid: Grid) -> Iterator[tuple[GridCell, ...]]:
    return grid.rows()


def _numbered_rows(fields: Sequence[Fields]) -> set[int]:
    """The rows that begin with a serial number: the row above or below bears the one before or behind."""
    numbers: list[tuple[int, int]] = []
    for at, each in enumerate(fields):
        printed = [token.text for token in each.tokens if not token.blank] if each.line is None else []
        if len(printed) > 1 and printed[0].strip().isdecimal() and not is_figure(printed[1]):
            numbers.append((at, int(printed[0])))
    pairs = (pair for pair in pairwise(numbers) if pair[1][1] - pair[0][1] == 1)
    return {at for pair in pairs for at, _ in pair}


def _row_line(tokens: Sequence[Token], *, numbered: bool = False) -> Line:
    """Split a row where its figures begin: after the last words that stand before the first figure."""
    tokens = _without_serial_number(tokens, numbered)
    first_figure = next((n for n, token in enumerate(tokens) if is_figure(token.text)), len(tokens))
    words = [n for n, token in enumerate(tokens[:first_figure]) if not token.blank]
    split = words[-1] + 1 if words else 0
    line = _row_split_at(tokens, words, split)
    gap = next((n for n, (one, other) in enumerate(pairwise(words), 1) if other - one > _WIDEST_GAP), None)
    if gap is not None:
        line.if_blank = _row_split_at(tokens, words[:gap], words[gap - 1] + 1)
    return line


def _row_split_at(tokens: Sequence[Token], words: Sequence[int], split: int) -> Line:
    """A line of those words; converters that know no merged cells print one of them several times."""
    texts = (tokens[n].text for n in words)
    printed = [tuple(alike) for _, alike in groupby(texts, key=lambda text: "".join(text.split()))]
    cells = tuple([alike[0] for alike in printed])
    where = tokens[0].where if tokens else Where()
    repeats = tuple([len(alike) for alike in printed])
    return Line("".join(cells), where, list(tokens[split:]), whole_row=True, words=cells, repeats=repeats)


def _without_serial_number(tokens: Sequence[Token], numbered: bool) -> Sequence[Token]:
    """Without figures that stand before the label: a column of serial numbers, or a page number.

    `numbered`: it certainly begins with a number, and its own figures may all be blank.
    """
    first = next((token for token in tokens if not token.blank), None)
    if first is None or not is_figure(first.text):
        return tokens
    printed = [n for n, token in enumerate(tokens) if not token.blank]
    kinds = [is_figure(tokens[n].text) for n in printed]
    if (len(kinds) < _LEAST_NUMBERED and not numbered) or False not in kinds:
        return tokens
    label = kinds.index(False)
    return tokens[printed[label] :] if (numbered or True in kinds[label:]) and label <= _SERIAL_NUMBERS else tokens


def _is_sentence(tokens: Sequence[Token]) -> bool:
    """Words follow a figure: this is no row of a table."""
    if len(tokens) == 1:
        return False
    figures = [is_figure(token.text) for token in tokens]
    return True in figures and False in figures[figures.index(True) :]


def _field_tokens(paragraph: Paragraph) -> Iterator[Token]:
    for text, box in zip_longest(paragraph.fields, paragraph.boxes):
        yield Token(text, paragraph.where._replace(bbox=box) if box else paragraph.where)


def _append_stream(lines: list[Line], tokens: Iterable[Token]) -> None:
    for token in tokens:
        if token.blank:
            continue
        if not is_figure(token.text):
            lines.append(Line(token.text, token.where, words=(token.text,)))
        elif lines and not lines[-1].whole_row:
            lines[-1].tokens.append(token)
        else:
            lines.append(Line("", token.where, [token]))
