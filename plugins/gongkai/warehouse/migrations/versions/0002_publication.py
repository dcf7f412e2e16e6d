"""audit and published: what the checks said of a candidate, and which publication is live."""

from alembic import op

revision = "0002"
down_revision = "0001"

AUDIT = """
CREATE TABLE audit.validation (
    publication_id int NOT NULL,
    pass text NOT NULL CHECK (pass IN ('verdict', 'gate')),
    suite text NOT NULL,
    expectation text NOT NULL,
    severity text,
    success boolean NOT NULL,
    observed jsonb,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON audit.validation (publication_id);
COMMENT ON TABLE audit.validation IS 'What each expectation said of a candidate 校验结果';

CREATE TABLE audit.violation (
    publication_id int NOT NULL,
    report_id bigint NOT NULL,
    identity text NOT NULL,
    kind text NOT NULL,
    table_key text,
    row_key text,
    column_key text,
    left_value numeric,
    right_value numeric,
    suite text
);
CREATE INDEX ON audit.violation (publication_id, report_id);
COMMENT ON TABLE audit.violation IS 'Every identity that does not hold in a current report 勾稽关系不成立之处';

CREATE TABLE audit.verdict (
    publication_id int NOT NULL,
    report_id bigint NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('accepted', 'held', 'accepted_as_printed')),
    PRIMARY KEY (publication_id, report_id)
);
COMMENT ON TABLE audit.verdict IS 'Which current reports go into a publication 审核结论';

CREATE TABLE audit.diff (
    publication_id int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('new', 'gone', 'changed')),
    agency_id text,
    report_year smallint,
    scope text,
    item text,
    before numeric,
    after numeric
);
CREATE INDEX ON audit.diff (publication_id);
COMMENT ON TABLE audit.diff IS 'What a candidate changes against the live publication 与上一版的差异';
COMMENT ON COLUMN audit.diff.item IS
    'Column of agency_year; a mart''s name for its number of rows; NULL for an agency-year as a whole';
"""

PUBLISHED = """
CREATE TABLE published.publication (
    publication_id int PRIMARY KEY CHECK (publication_id > 0),
    status text NOT NULL CHECK (status IN ('live', 'superseded')),
    published_at timestamptz NOT NULL DEFAULT now(),
    run_id text,
    inputs jsonb NOT NULL,
    inputs_hash text NOT NULL,
    row_counts jsonb NOT NULL,
    content_hashes jsonb NOT NULL,
    reason text
);
CREATE UNIQUE INDEX one_live_publication ON published.publication (status) WHERE status = 'live';
COMMENT ON TABLE published.publication IS 'Every set of marts that went live 发布记录';

CREATE TABLE published.pointer (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    publication_id int NOT NULL REFERENCES published.publication
);
COMMENT ON TABLE published.pointer IS 'The publication that the views of marts show 当前发布';
"""


def upgrade() -> None:
    op.execute(AUDIT)
    op.execute(PUBLISHED)
