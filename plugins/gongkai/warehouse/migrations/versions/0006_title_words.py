"""raw.portal: the filter of a listing."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE raw.portal ADD COLUMN title_words text[] NOT NULL DEFAULT '{}'")
