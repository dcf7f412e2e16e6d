"""audit.passed: what the gate let pass, which alone may go live."""

from alembic import op

revision = "0008"
down_revision = "0007"

PASSED = """
CREATE TABLE audit.passed (
    publication_id int PRIMARY KEY,
    against int,
    content_hashes jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE audit.passed IS 'The candidates that the gate let pass 通过审核的候选: only these marts may go live';
COMMENT ON COLUMN audit.passed.against IS 'The publication that was live then; NULL: none was';
"""


def upgrade() -> None:
    op.execute(PASSED)
