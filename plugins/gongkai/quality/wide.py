"""The wide tables of the intermediate layer, which the suites of the forms read."""

from __future__ import annotations

from typing import Literal, NamedTuple

from gongkai.forms import all_forms

SCHEMA = "intermediate"
CURRENT_REPORT = "int_current_report"
EDITION = "int_edition"
READING_PROBLEM = "int_reading_problem"
DECISION = "int_decision"


class WideTable(NamedTuple):
    """A table of a form laid out with one row a report and `per`, and one column for each key across it."""

    table: str
    per: Literal["column", "row"]

    @property
    def name(self) -> str:
        return f"int_{self.table}_by_{self.per}"

    @property
    def at(self) -> str:
        """The column that says which column or row of the form a line holds."""
        return f"{self.per}_key"


def wide_tables() -> tuple[WideTable, ...]:
    """One for each table and direction that an identity of any form needs, in the order of the forms."""
    found = {WideTable(identity.table, identity.per): None for form in all_forms() for identity in form.identities}
    return tuple(found)


def wide_table_of(table: str) -> WideTable | None:
    """The one that holds the single figures of a table of the form: by row where there is one."""
    found = {wide.per: wide for wide in wide_tables() if wide.table == table}
    return found.get("row") or found.get("column")
