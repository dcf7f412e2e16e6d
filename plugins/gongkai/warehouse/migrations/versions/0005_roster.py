"""raw: portals, their former addresses, versions of the roster; fct_coverage: what changed after publication."""

from alembic import op

from gongkai.warehouse.migrations.mart_columns import add_columns

revision = "0005"
down_revision = "0004"

ROSTER = """
CREATE TABLE raw.portal (
    portal_id text PRIMARY KEY,
    name text NOT NULL,
    region_code text NOT NULL,
    module text NOT NULL,
    url text NOT NULL,
    interval numeric,
    official_hosts text[] NOT NULL,
    private_hosts text[] NOT NULL,
    tls text,
    note text
);
COMMENT ON TABLE raw.portal IS 'Listings of reports 公开年报列表';

CREATE TABLE raw.former_address (
    portal_id text NOT NULL REFERENCES raw.portal,
    url text NOT NULL,
    valid_to date NOT NULL,
    reason text NOT NULL
);
COMMENT ON TABLE raw.former_address IS 'Where a listing was, until when, and why it moved 原网址';

CREATE TABLE raw.roster_version (
    version int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    loaded_by text NOT NULL,
    run_id text,
    sha256 text NOT NULL,
    locked_sha256 text NOT NULL,
    content jsonb NOT NULL
);
COMMENT ON TABLE raw.roster_version IS
    'Every roster that differed from the one before it 名录版本; the tables of the roster hold the newest';
COMMENT ON COLUMN raw.roster_version.sha256 IS 'Of content';
COMMENT ON COLUMN raw.roster_version.locked_sha256 IS
    'What a publication made with it has under inputs -> roster -> sha256; portals do not count there';
COMMENT ON COLUMN raw.roster_version.content IS 'Table -> its rows';
"""

COLUMNS = {
    "fct_coverage": {
        "first_published_on": "date",
        "editions": "integer NOT NULL DEFAULT 0",
        "revisions": "integer NOT NULL DEFAULT 0",
        "changed_after_publication": "boolean NOT NULL DEFAULT false",
        "replaced_at": "timestamptz",
    },
}


def upgrade() -> None:
    op.execute(ROSTER)
    add_columns(COLUMNS)
