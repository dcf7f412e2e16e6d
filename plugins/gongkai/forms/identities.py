"""What the figures of a form must fulfil: identities, and the equations that they are in each column or row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from gongkai.forms.parts import Block, CellKey, Model, Table, Text

Relation = Literal["=", "<="]
IdentityKind = Literal["statutory", "derived", "advisory"]


class Sum(Model):
    """A total row and the rows that add up to it, in sheets that print none of the rows `unless` names."""

    total: str
    parts: tuple[str, ...]
    unless: tuple[str, ...] = ()


class Identity(Model):
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


def spell_out(identity: Identity, table: Table) -> Iterator[Equation]:
    """The equations of an identity: one for each column or row of its table that it holds in."""
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
