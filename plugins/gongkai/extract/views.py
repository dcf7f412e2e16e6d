"""Other ways to take a document's cells together, for where the way they stand in does not give a whole report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from gongkai.extract.numbers import is_figure
from gongkai.read.document import Block, Document, Grid, Paragraph

_LINES_PARTED = 8
"""Lines of words and figures that make a table; less may be prose."""

_LEAST_PARTED = 2
_LONGEST_PAGE_MARK = 3
"""Pieces that a line of figures alone has to outnumber: - 5 - is none."""

_LONGEST_HEAD = 20
_ENDS_OF_FIGURES = frozenset("0123456789０１２３４５６７８９—－-/／无)）件条项次个元人")


def has_tables(document: Document) -> bool:
    """Whether it has tables that say which cells stand in one row."""
    return any(isinstance(block, Grid) for block in document.blocks)


def parts_fields_by_blanks(document: Document) -> bool:
    """Whether it has many lines of a label and figures that only a blank parts."""
    lines = (block for block in document.blocks if isinstance(block, Paragraph) and block.text[-1:] in _ENDS_OF_FIGURES)
    parted = (True for line in lines if len(_parted(line).fields) > 1)
    return len(list(islice(parted, _LINES_PARTED))) == _LINES_PARTED


def views_of(document: Document) -> Iterator[Document]:
    """The document; then with its lines parted at blanks; then its tables as cells one after another, or its cells,
    the empty ones too, as rows."""
    yield document
    if parts_fields_by_blanks(document):
        yield _view(document, "blanks", (_parted(b) if isinstance(b, Paragraph) else b for b in document.blocks))
    if has_tables(document):
        yield _view(document, "sequence", _in_sequence(document.blocks))
    elif any(isinstance(block, Paragraph) and block.fields == ("",) for block in document.blocks):
        yield _view(document, "rows", _in_rows(document.blocks))


def _view(document: Document, name: str, blocks: Iterator[Block]) -> Document:
    reader = f"{document.reader}.{name}"
    return Document(reader, document.media_type, tuple(blocks), document.title, document.properties)


def _parted(line: Paragraph) -> Paragraph:
    """A line of words and then figures, of many figures, or of several short headings, as their fields."""
    pieces = line.text.split()
    if line.fields or len(pieces) < _LEAST_PARTED:
        return line
    words = max((n for n, piece in enumerate(pieces, 1) if not is_figure(piece)), default=0)
    if words == 0:
        return line._replace(fields=tuple(pieces)) if len(pieces) > _LONGEST_PAGE_MARK else line
    if words == len(pieces):
        heads = words > _LEAST_PARTED and max(map(len, pieces)) <= _LONGEST_HEAD and not any(map(is_figure, pieces))
        return line._replace(fields=tuple(pieces)) if heads else line
    return line._replace(fields=(" ".join(pieces[:words]), *pieces[words:]))


def _in_sequence(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Grid):
            yield from (Paragraph(cell.text, cell.where) for cell in block.cells if cell.text.strip())
        else:
            yield block


def _in_rows(blocks: Sequence[Block]) -> Iterator[Block]:
    """Cells that follow one another as rows, each begun by its label."""
    goes_on = _goes_on_in_lines if any(_is_line_of_cell(block) for block in blocks) else _goes_on
    row: list[Paragraph] = []
    for block in blocks:
        cell = block if isinstance(block, Paragraph) and not block.row_like and len(block.fields) <= 1 else None
        if row and (cell is None or not goes_on(row[-1], cell)):
            yield from _row(row)
            row = []
        if cell is None:
            yield block
        else:
            row.append(cell)
    yield from _row(row)


def _is_line_of_cell(block: Block) -> bool:
    return isinstance(block, Paragraph) and len(block.fields) == 1 and bool(block.text)


def _goes_on_in_lines(cell: Paragraph, following: Paragraph) -> bool:
    """Where each line is a cell, an empty line ends the row; within a label of two lines it only looks like one."""
    return _is_near(cell, following) or (_is_label(cell) and not _is_label(following))


def _goes_on(cell: Paragraph, following: Paragraph) -> bool:
    """Elsewhere a label behind a figure or an empty line begins a row."""
    return not _is_label(following) or (_is_near(cell, following) and _is_label(cell))


def _is_near(cell: Paragraph, following: Paragraph) -> bool:
    return (following.where.line or 0) - (cell.where.line or 0) <= 1


def _is_label(cell: Paragraph) -> bool:
    return bool(cell.text) and not is_figure(cell.text)


def _row(cells: Sequence[Paragraph]) -> Iterator[Paragraph]:
    if all(map(_is_label, cells)):
        yield from cells
    else:
        texts = tuple(cell.text for cell in cells)
        yield Paragraph(" ".join(texts), cells[0].where, fields=texts, row_like=True)
