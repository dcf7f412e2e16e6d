"""raw.listing: a row for each page of a listing that was asked for, as raw.fetch has for each report."""

from alembic import op

revision = "0009"
down_revision = "0008"

LISTING = """
CREATE TABLE raw.listing (
    listing_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id text NOT NULL REFERENCES raw.ingest_run,
    ingest_year smallint NOT NULL,
    portal text NOT NULL,
    url text NOT NULL,
    final_url text,
    http_status smallint,
    content_type text,
    headers jsonb,
    cms text,
    sha256 text,
    byte_size bigint,
    fetched_at timestamptz NOT NULL,
    duration_ms int,
    outcome text NOT NULL CHECK (outcome IN ('fetched', 'failed')),
    error_class text,
    error text,
    UNIQUE (run_id, portal, url)
);
COMMENT ON TABLE raw.listing IS 'One page of a listing that was asked for 列表页访问记录, failed ones included';
COMMENT ON COLUMN raw.listing.sha256 IS 'Of its bytes, which are not archived';
"""


def upgrade() -> None:
    op.execute(LISTING)
