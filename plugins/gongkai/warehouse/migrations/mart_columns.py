"""New columns of marts that are published already."""

from __future__ import annotations

from collections.abc import Mapping

from alembic import op
from sqlalchemy import text

_RETIRED = """
SELECT relname FROM pg_class
WHERE relnamespace = 'retired'::regnamespace AND relkind = 'r' AND starts_with(relname, :mart || '__p')
"""

_COLUMNS_OF = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = CAST(:relation AS regclass) AND attnum > 0 AND NOT attisdropped
"""


def add_columns(marts: Mapping[str, Mapping[str, str]]) -> None:
    """Add columns (name to definition) to the marts that exist; older publications, retired ones too, show defaults."""
    for mart, columns in marts.items():
        if op.get_bind().execute(text(f"SELECT to_regclass('published.{mart}')")).scalar():
            _add(mart, columns)


def _add(mart: str, columns: Mapping[str, str]) -> None:
    before = op.get_bind().execute(text(_COLUMNS_OF), {"relation": f"marts.{mart}"}).scalar()
    # retired publications must still fit when they are shown again
    retired = op.get_bind().execute(text(_RETIRED), {"mart": mart})
    additions = ", ".join(f"ADD COLUMN {name} {definition}" for name, definition in columns.items())
    for table in (f"published.{mart}", *(f"retired.{name}" for (name,) in retired)):
        op.execute(f"ALTER TABLE {table} {additions}")
    select = f"SELECT {before}, {', '.join(columns)} FROM published.{mart}"  # noqa: S608 - names of a migration
    where = "WHERE publication_id = (SELECT publication_id FROM published.pointer)"
    op.execute(f"CREATE OR REPLACE VIEW marts.{mart} AS {select} {where}")
