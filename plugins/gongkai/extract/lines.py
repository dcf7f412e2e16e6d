"""A document as lines of a table: a label on the left, what stands in the cells on its right.

All layouts come down to this. A row of a grid or of tabs is one line; where each cell is a paragraph of its own,
figures gather behind the last label.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from gongkai.extract.numbers import is_figure
from gongkai.read.document import Document, Grid, GridCell, Paragraph, Where


@dataclass(frozen=True, slots=True)
class Token:
    """The content of one cell. `column` is the grid column it begins in, None outside grids."""

    text: str
    where: Where
    column: int | None = None

    @property
    def blank(self) -> bool:
        return not self.text.strip()


@dataclass(slots=True)
class Line:
    """A label and the cells behind it. `whole_row`: the cells are one row of the source, blanks included."""

    label: str
    where: Where
    tokens: list[Token] = field(default_factory=list)
    whole_row: bool = False


def lines_of(document: Document) -> list[Line]:
    """The document as lines, in reading order."""
    lines: list[Line] = []
    for block in document.blocks:
        if isinstance(block, Grid):
            lines.extend(_row_line([Token(c.text, c.where, c.column) for c in row]) for row in _rows(block) if row)
        elif block.row_like:
            fields = enumerate(block.fields)
            lines.append(_row_line([Token(text, replace(block.where, column=n)) for n, text in fields]))
        else:
            _append_stream(lines, _stream_tokens(block))
    return lines


def _rows(grid: Grid) -> Iterator[tuple[GridCell, ...]]:
    return grid.rows()


def _row_line(tokens: list[Token]) -> Line:
    """Split a row where its figures begin: after the last words that stand before the first figure."""
    first_figure = next((n for n, token in enumerate(tokens) if is_figure(token.text)), len(tokens))
    words = [n for n, token in enumerate(tokens[:first_figure]) if not token.blank]
    split = words[-1] + 1 if words else 0
    label = "".join(tokens[n].text for n in words)
    where = tokens[0].where if tokens else Where()
    return Line(label, where, tokens[split:], whole_row=True)


def _stream_tokens(paragraph: Paragraph) -> Iterable[Token]:
    tokens = [token for token in _field_tokens(paragraph) if not token.blank]
    figures = [is_figure(token.text) for token in tokens]
    if not tokens or (True in figures and False in figures[figures.index(True) :]):
        return [Token(paragraph.text, paragraph.where)]  # words follow a figure: a sentence, not a row
    return tokens


def _field_tokens(paragraph: Paragraph) -> Iterator[Token]:
    for text, box in zip_longest(paragraph.fields, paragraph.boxes):
        yield Token(text, replace(paragraph.where, bbox=box) if box else paragraph.where)


def _append_stream(lines: list[Line], tokens: Iterable[Token]) -> None:
    for token in tokens:
        if token.blank:
            continue
        if not is_figure(token.text):
            lines.append(Line(token.text, token.where))
        elif lines and not lines[-1].whole_row:
            lines[-1].tokens.append(token)
        else:
            lines.append(Line("", token.where, [token]))
