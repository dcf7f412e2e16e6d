"""Other ways to take a document's cells together, for where the way they stand in does not give a whole report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gongkai.extract.numbers import is_figure
from gongkai.read.document import Block, Document, Grid, Paragraph


def has_tables(document: Document) -> bool:
    """Whether it has tables that say which cells stand in one row."""
    return any(isinstance(block, Grid) for block in document.blocks)


def views_of(document: Document) -> Iterator[Document]:
    """The document; then its tables as cells one after another, or its cells, the empty ones too, as rows."""
    yield document
    if has_tables(document):
        yield _view(document, "sequence", _in_sequence(document.blocks))
    elif any(isinstance(block, Paragraph) and block.fields == ("",) for block in document.blocks):
        yield _view(document, "rows", _in_rows(document.blocks))


def _view(document: Document, name: str, blocks: Iterator[Block]) -> Document:
    reader = f"{document.reader}.{name}"
    return Document(reader, document.media_type, tuple(blocks), document.title, document.properties)


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
