"""What a form file may say. Loading one validates it: a key that no table has, or a missing label, is an error."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

CELL_IDS_PER_FORM = 1000
"""Cell ids of form number n run from n * 1000 + 1; a form has some 200 cells."""

ValueKind = Literal["count", "signed_count", "amount", "amount_wan_yuan"]
Relation = Literal["=", "<="]
IdentityKind = Literal["statutory", "derived", "advisory"]


class CellKey(NamedTuple):
    """The address of one figure: ``table.row.column``."""

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        return ".".join(self)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Model):
    """A text in both languages."""

    zh: str
    en: str


class Years(_Model):
    """The report years a form was made for; `last` is None while it is in use."""

    first: int
    last: int | None


class Section(_Model):
    """One of the six headings of a report."""

    number: str
    key: str
    zh: str
    variants: tuple[str, ...] = ()
    table: str | None = None


class Labelled(_Model):
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


class Heads(_Model):
    """What a table of indicators calls its columns beside those of figures. Numbers under a `code` are no figures."""

    label: tuple[str, ...]
    unit: tuple[str, ...]
    code: tuple[str, ...]
    remarks: tuple[str, ...]


class Block(_Model):
    """Rows crossed with columns; every crossing is a cell."""

    caption: Text | None = None
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


class Table(_Model):
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


class Sum(_Model):
    """A total row and the rows that add up to it, in sheets that print none of the rows `unless` names."""

    total: str
    parts: tuple[str, ...]
    unless: tuple[str, ...] = ()


class Identity(_Model):
    """An equation (or inequality) of the form, stated once for every column or row it holds in.

    It says `left` and `right`, or in `sums` all the total rows that it is true of; those are told apart by their row.
    """

    name: str
    kind: IdentityKind
    table: str
    per: Literal["column", "row"]
    rows: tuple[str, ...] | None = None
    left: tuple[str, ...] | Literal["rest"] = ()
    except_: tuple[str, ...] = Field(default=(), alias="except")
    relation: Relation
    right: tuple[str, ...] = ()
    sums: tuple[Sum, ...] = ()
    zh: str
    en: str
    source: Text

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if bool(self.sums) == bool(self.left and self.right) or (self.sums and self.per != "column"):
            raise ValueError(f"identity {self.name} needs either left and right, or sums (per: column)")
        return self

    @property
    def named(self) -> set[str]:
        """The keys it speaks of."""
        sums = {key for each in self.sums for key in (each.total, *each.parts, *each.unless)}
        return {*self.right, *self.except_, *(() if self.left == "rest" else self.left), *sums}


class Equation(NamedTuple):
    """One identity in one column or row: sum(left) `relation` sum(right). `row` or `column` says where.

    It says nothing where one of the cells `unless` has a figure: then the sheet is another version of the form.
    """

    identity: Identity
    row: str | None
    column: str | None
    left: tuple[CellKey, ...]
    right: tuple[CellKey, ...]
    unless: tuple[CellKey, ...] = ()

    @property
    def cells(self) -> tuple[CellKey, ...]:
        return self.left + self.right

    @property
    def is_sum(self) -> bool:
        """Whether it says what a total is the sum of."""
        return self.identity.relation == "=" and self.identity.kind != "advisory" and len(self.right) == 1


class Form(_Model):
    """A statutory form: its years, sections, tables and arithmetic."""

    form: str
    number: int
    name: Text
    years: Years
    source: tuple[Text, ...]
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    identities: tuple[Identity, ...]

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        tables = {table.key: table for table in self.tables}
        for section in self.sections:
            if section.table is not None and section.table not in tables:
                raise ValueError(f"section {section.key} names an unknown table {section.table}")
        for table in self.tables:
            keys = [key for key, *_ in table.cells()]
            if len(keys) != len(set(keys)):
                raise ValueError(f"table {table.key} has two cells of one address")
            groups = {group.key for group in table.groups}
            for block in table.blocks:
                for row in block.rows:
                    if row.group is not None and row.group not in groups:
                        raise ValueError(f"row {table.key}.{row.key} names an unknown group {row.group}")
                    if row.under is not None and row.under not in table.row_keys:
                        raise ValueError(f"row {table.key}.{row.key} names an unknown row {row.under}")
        for identity in self.identities:
            if identity.table not in tables:
                raise ValueError(f"identity {identity.name} names an unknown table {identity.table}")
            table = tables[identity.table]
            known = set(table.row_keys if identity.per == "column" else table.column_keys)
            if unknown := identity.named - known:
                raise ValueError(f"identity {identity.name} names unknown keys {sorted(unknown)}")
        return self

    def table(self, key: str) -> Table:
        return next(table for table in self.tables if table.key == key)

    @cached_property
    def cell_ids(self) -> dict[CellKey, int]:
        """Every cell of the form, in printed order, with its number in the warehouse."""
        keys = [key for table in self.tables for key, *_ in table.cells()]
        return {key: self.number * CELL_IDS_PER_FORM + n for n, key in enumerate(keys, start=1)}

    @cached_property
    def columns_of_cells(self) -> dict[CellKey, Column]:
        return {key: column for table in self.tables for key, _, _, column in table.cells()}

    @cached_property
    def rows_of_cells(self) -> dict[CellKey, Row]:
        return {key: row for table in self.tables for key, _, row, _ in table.cells()}

    @cached_property
    def required(self) -> tuple[frozenset[CellKey], ...]:
        """For each table the cells that every sheet of the form prints."""
        return tuple(frozenset(key for key, _, row, _ in table.cells() if not row.optional) for table in self.tables)

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Every identity, spelled out for each column or row it holds in."""
        return tuple(equation for identity in self.identities for equation in self._spell_out(identity))

    @cached_property
    def totals(self) -> frozenset[CellKey]:
        """The cells that others of the form add up to."""
        return frozenset(equation.right[0] for equation in self.equations if equation.is_sum)

    def _spell_out(self, identity: Identity) -> Iterator[Equation]:
        table = self.table(identity.table)
        for block in table.blocks:
            if identity.sums:
                yield from _sums(identity, block)
                continue
            rows = [row.key for row in block.rows]
            columns = [column.key for column in block.columns]
            across, along = (rows, columns) if identity.per == "column" else (columns, rows)
            if not set(identity.right) <= set(across):
                continue
            left = _left_keys(identity, across)
            for at in along:
                if identity.rows is not None and at not in identity.rows:
                    continue
                if identity.per == "column":
                    yield Equation(identity, None, at, *_addresses(table.key, left, identity.right, column=at))
                else:
                    yield Equation(identity, at, None, *_addresses(table.key, left, identity.right, row=at))


def _sums(identity: Identity, block: Block) -> Iterator[Equation]:
    for each in identity.sums:
        for column in block.columns:
            left, right = _addresses(identity.table, each.parts, (each.total,), column=column.key)
            unless, _ = _addresses(identity.table, each.unless, (), column=column.key)
            yield Equation(identity, each.total, None, left, right, unless)


def _left_keys(identity: Identity, across: list[str]) -> tuple[str, ...]:
    if identity.left != "rest":
        return identity.left
    named = {*identity.right, *identity.except_}
    return tuple(key for key in across if key not in named)


def _addresses(
    table: str, left: tuple[str, ...], right: tuple[str, ...], *, row: str | None = None, column: str | None = None
) -> tuple[tuple[CellKey, ...], tuple[CellKey, ...]]:
    def address(key: str) -> CellKey:
        return CellKey(table, row if row is not None else key, column if column is not None else key)

    return tuple(map(address, left)), tuple(map(address, right))
