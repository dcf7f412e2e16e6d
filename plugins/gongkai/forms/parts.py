"""What a form prints: sections, tables, rows, columns and their labels in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

ValueKind = Literal["count", "signed_count", "amount", "amount_wan_yuan"]


class CellKey(NamedTuple):
    """The address of one figure: ``table.row.column``."""

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        return ".".join(self)


class Model(BaseModel):
    """Anything that a form file says: never changed once it is loaded, and no word in it goes unread."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Model):
    """A text in both languages."""

    zh: str
    en: str


class Years(Model):
    """The report years a form was made for; `last` is None while it is in use."""

    first: int
    last: int | None


class Section(Model):
    """One of the six headings of a report."""

    number: str
    key: str
    zh: str
    variants: tuple[str, ...] = ()
    table: str | None = None


class Labelled(Model):
    """Anything that is recognised by a printed label: `zh` as the form prints it, `variants` as others print it."""

    key: str
    zh: str
    en: str
    variants: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.key)  # what is equal has one key; caches ask for it in every row of a report

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return (self.zh, *self.variants)


class Column(Labelled):
    """A column of figures, and what they may be."""

    value: ValueKind
    unit: str

    @property
    def may_be_negative(self) -> bool:
        return self.value == "signed_count"

    @property
    def is_count(self) -> bool:
        return self.value in ("count", "signed_count")


class Group(Labelled):
    """A heading over several rows, e.g. （三）不予公开; it has no figures of its own on the form."""

    ordinal: str


class Row(Labelled):
    """A row of figures; `ordinal` is the number printed before its label (in a table of indicators with its marks).

    unit, value: where the row has a measure of its own. under: the row it is a part of, and stands below. optional:
    sheets that do not print the row are whole without it.
    """

    group: str | None = None
    ordinal: str | None = None
    unit: str | None = None
    value: ValueKind | None = None
    under: str | None = None
    optional: bool = False

    def measure(self, column: Column) -> Column:
        """The column as it holds in this row."""
        own = {name: given for name in ("unit", "value") if (given := getattr(self, name)) is not None}
        return column.model_copy(update=own) if own else column


class Heads(Model):
    """What a table of indicators calls its columns beside those of figures. Numbers under a `code` are no figures."""

    label: tuple[str, ...]
    unit: tuple[str, ...]
    code: tuple[str, ...]
    remarks: tuple[str, ...]


class Block(Model):
    """Rows crossed with columns; every crossing is a cell."""

    caption: Text | None = None
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


class Table(Model):
    """One of the statutory tables.

    layout: ``rows`` (label left, figures right), ``one_line`` (table 四), or ``indicators`` (label, unit, figure; the
    variants of its one column are the heads it may have, the preferred one first, see gongkai.extract.indicators).
    corner: labels above the row labels, by which the table is known. corner_note: the first of them in full.
    """

    key: str
    zh: str
    en: str
    layout: Literal["rows", "one_line", "indicators"]
    heads: Heads | None = None
    corner: tuple[str, ...] = ()
    corner_note: str | None = None
    header_groups: tuple[str, ...] = ()
    row_headings: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    blocks: tuple[Block, ...]

    def cells(self) -> Iterator[tuple[CellKey, Block, Row, Column]]:
        """All cells in printed order, each with the column as it holds in its row."""
        for block in self.blocks:
            for row in block.rows:
                for column in block.columns:
                    yield CellKey(self.key, row.key, column.key), block, row, row.measure(column)

    @property
    def row_keys(self) -> tuple[str, ...]:
        return tuple(row.key for block in self.blocks for row in block.rows)

    @property
    def column_keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(column.key for block in self.blocks for column in block.columns))
