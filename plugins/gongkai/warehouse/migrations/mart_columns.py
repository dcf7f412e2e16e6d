"""New columns of marts that are published already."""

from __future__ import annotations

from collections.abc import Mapping

from alembic import op
from sqlalchemy import text

_RETIRED = """
SELECT relname FROM pg_class
WHERE relnamespace = 'retired'::regnamespace AND relkind = 'r' AND starts_with(relname, :mart || '__p')
"""

_DEFINITION = "SELECT pg_get_viewdef(CAST(:view AS regclass))"
_FROM = "\n   FROM "
"""Where the columns of a view of marts end, as Postgres writes it down."""


def add_columns(marts: Mapping[str, Mapping[str, str]]) -> None:
    """Add columns (name to definition) to the marts that exist; older publications, retired ones too, show defaults."""
    for mart, columns in marts.items():
        if op.get_bind().execute(text(f"SELECT to_regclass('published.{mart}')")).scalar():
            _add(mart, columns)


def _add(mart: str, columns: Mapping[str, str]) -> None:
    # retired publications must still fit when they are shown again
    retired = op.get_bind().execute(text(_RETIRED), {"mart": mart})
    additions = ", ".join(f"ADD COLUMN {name} {definition}" for name, definition in columns.items())
    for table in (f"published.{mart}", *(f"retired.{name}" for (name,) in retired)):
        op.execute(f"ALTER TABLE {table} {additions}")
    # which rows it shows is its own affair
    select, _, rest = str(op.get_bind().execute(text(_DEFINITION), {"view": f"marts.{mart}"}).scalar()).partition(_FROM)
    op.execute(f"CREATE OR REPLACE VIEW marts.{mart} AS {select}, {', '.join(columns)}{_FROM}{rest}")
