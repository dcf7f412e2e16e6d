"""What a form file may say. Loading one validates it: a key that no table has, or a missing label, is an error."""

from __future__ import annotations

from functools import cached_property
from typing import Self

from pydantic import model_validator

from gongkai.forms.identities import Equation, Identity, spell_out
from gongkai.forms.parts import CellKey, Column, Model, Row, Section, Table, Text, Years

CELL_IDS_PER_FORM = 1000
"""Cell ids of form number n run from n * 1000 + 1; a form has some 200 cells."""


class Form(Model):
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
        return tuple(
            equation for identity in self.identities for equation in spell_out(identity, self.table(identity.table))
        )

    @cached_property
    def totals(self) -> frozenset[CellKey]:
        """The cells that others of the form add up to."""
        return frozenset(equation.right[0] for equation in self.equations if equation.is_sum)
