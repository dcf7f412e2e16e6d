"""raw.fetch: what the server said, which CMS it is, the page that pointed to the document, what was there before."""

from alembic import op

revision = "0004"
down_revision = "0003"

COLUMNS = """
ALTER TABLE raw.fetch
    ADD COLUMN headers jsonb,
    ADD COLUMN cms text,
    ADD COLUMN official boolean NOT NULL DEFAULT true,
    ADD COLUMN page_url text,
    ADD COLUMN page_sha256 text,
    ADD COLUMN previous_sha256 text;
COMMENT ON COLUMN raw.fetch.headers IS 'Of the answer; ETag and Last-Modified serve the next request';
COMMENT ON COLUMN raw.fetch.cms IS 'The vendor of the portal''s CMS, as its listing shows it 网站系统';
COMMENT ON COLUMN raw.fetch.official IS
    'Whether it comes from a host whose documents may be published 官方来源; others are kept as evidence';
COMMENT ON COLUMN raw.fetch.page_url IS 'The listed page whose attachment this is 附件所在页面';
COMMENT ON COLUMN raw.fetch.previous_sha256 IS
    'What this address gave before: the same is a sighting, other bytes are a revision 替换';
CREATE INDEX ON raw.fetch (url);
"""


def upgrade() -> None:
    op.execute(COLUMNS)
