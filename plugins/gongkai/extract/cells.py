"""From the rows found in a document to the cells of a form: every cell of the form gets a state, none is made up."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gongkai.check.equations import Number
from gongkai.extract.align import align
from gongkai.extract.lines import Token
from gongkai.extract.numbers import in_column_unit, read_figure
from gongkai.extract.report import Cell, State
from gongkai.extract.resolve import find_split, infer, place_short_row
from gongkai.extract.rows import RowReading, TablesReading
from gongkai.forms import CellKey, Form


def numbers_of(cells: Mapping[CellKey, Cell]) -> dict[CellKey, Number | None]:
    """The figures that equations may use. An approximate one is no basis for arithmetic."""
    return {key: None if cell.state is State.APPROXIMATE else cell.value for key, cell in cells.items()}


def read_cells(reading: TablesReading, reader: str) -> dict[CellKey, Cell]:
    """Every cell of the form, in printed order; what the document does not show is `lost`.

    A row that this sheet does not ask for is `not_applicable`, without a text.
    """
    form = reading.form
    cells: dict[CellKey, Cell] = {}
    short: list[RowReading] = []
    for row, tokens in align(reading.rows):
        if tokens is not None:
            cells.update(_row_cells(form, row.keys, tokens, reader))
        elif not row.mixed:
            short.append(row)
    cells.update((key, Cell(key, None, None, State.NOT_APPLICABLE, None, None, reader)) for key in reading.absent)
    _place_short_rows(form, short, cells, reader)
    _join_split_figures(form, short, cells, reader)
    _spread_zero_subtotals(reading, cells, reader)
    _infer_lost(form, cells, reader)
    return {key: cells.get(key) or _lost(key, reader) for key in form.cell_ids}


def _row_cells(form: Form, keys: Sequence[CellKey], tokens: Sequence[Token | None], reader: str) -> dict[CellKey, Cell]:
    return {
        key: _cell(form, key, token, reader) if token is not None else _lost(key, reader)
        for key, token in zip(keys, tokens, strict=True)
    }


def _cell(form: Form, key: CellKey, token: Token, reader: str) -> Cell:
    figure = in_column_unit(read_figure(token.text), form.columns_of_cells[key])
    return Cell(key, figure.value, token.text, figure.state, figure.unit, token.where, reader)


def _lost(key: CellKey, reader: str) -> Cell:
    return Cell(key, None, None, State.LOST, None, None, reader)


def _inferred(key: CellKey, value: Number, like: Cell | None, reader: str) -> Cell:
    where = like.where if like else None
    return Cell(key, value, None, State.INFERRED, None, where, reader)


def _place_short_rows(form: Form, short: list[RowReading], cells: dict[CellKey, Cell], reader: str) -> None:
    """Place the rows that print too few figures, each with what the others have made known so far."""
    waiting = [row for row in short if len(row.tokens) < len(row.keys)]
    progress = True
    while waiting and progress:
        progress = False
        for row in list(waiting):
            placed = _placed(form, row, cells, reader)
            if placed is not None:
                cells.update(placed)
                waiting.remove(row)
                progress = True


def _placed(form: Form, row: RowReading, cells: Mapping[CellKey, Cell], reader: str) -> dict[CellKey, Cell] | None:
    printed = [read_figure(token.text).value for token in row.tokens]
    placement = place_short_row(form, row.keys, printed, numbers_of(cells))
    if placement is None:
        return None
    tokens = [None if n is None else row.tokens[n] for n in placement.tokens]
    placed = _row_cells(form, row.keys, tokens, reader)
    neighbour = next(cell for cell in placed.values() if cell.where is not None)
    for key, value in placement.inferred.items():
        placed[key] = _inferred(key, value, neighbour, reader)
    return placed


def _join_split_figures(form: Form, rows: Sequence[RowReading], cells: dict[CellKey, Cell], reader: str) -> None:
    """Rows that print one figure too many: where the sums prove it, two cells are the pieces of one figure."""
    for row in rows:
        tokens = [token for token in row.tokens if not token.blank]
        texts = [unicodedata.normalize("NFKC", token.text).strip() for token in tokens]
        at = find_split(form, row.keys, texts, numbers_of(cells))
        if at is None:
            continue
        cells.update(_row_cells(form, row.keys, [*tokens[:at], None, *tokens[at + 2 :]], reader))
        pieces = f"{tokens[at].text.strip()} | {tokens[at + 1].text.strip()}"
        joined = _inferred(row.keys[at], int(texts[at] + texts[at + 1]), None, reader)
        cells[row.keys[at]] = replace(joined, text=pieces, where=tokens[at].where)


def _spread_zero_subtotals(reading: TablesReading, cells: dict[CellKey, Cell], reader: str) -> None:
    """A group that prints one row of its own instead of its parts: where it says zero, each part is zero."""
    for (table, group), row in reading.subtotals.items():
        tokens = align([row])[0][1]
        if tokens is None:
            continue
        for key, token in zip(row.keys, tokens, strict=True):
            if token is None or read_figure(token.text).state is not State.ZERO:
                continue
            for part in _parts(reading.form, table, group, key.column):
                if part not in cells:
                    cells[part] = _inferred(part, 0, _cell(reading.form, part, token, reader), reader)


def _parts(form: Form, table: str, group: str, column: str) -> Iterator[CellKey]:
    for key, row in form.rows_of_cells.items():
        if key.table == table and key.column == column and row.group == group:
            yield key


def _infer_lost(form: Form, cells: dict[CellKey, Cell], reader: str) -> None:
    missing = [key for key in form.cell_ids if key not in cells or cells[key].state is State.LOST]
    if not missing or len(missing) > len(form.cell_ids) // 10:
        return  # with much of the report gone, arithmetic would only repeat what little is left
    for key, value in infer(form.equations, numbers_of(cells), missing).items():
        cells[key] = replace(_lost(key, reader), value=value, state=State.INFERRED)
