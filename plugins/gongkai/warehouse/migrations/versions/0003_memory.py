"""Memory: fingerprints of figures, the locked inputs of each publication, its comparison with the live one."""

from alembic import op

from gongkai.warehouse.migrations.mart_columns import add_columns

revision = "0003"
down_revision = "0002"

RAW = """
ALTER TABLE raw.report ADD COLUMN figures_hash text;
COMMENT ON COLUMN raw.report.figures_hash IS
    'Fingerprint of all figures as read 数值指纹: the same figures give the same one; NULL before version 0003';
ALTER TABLE raw.decision ADD COLUMN figures_hash text;
COMMENT ON COLUMN raw.decision.figures_hash IS
    'Fingerprint of the report as it was read when decided; accepting it holds only while it reads the same';
CREATE OR REPLACE VIEW raw.visible_report AS
SELECT report.* FROM raw.report
WHERE EXISTS (
    SELECT FROM raw.ingest_run
    WHERE ingest_run.ingest_year = report.ingest_year
      AND ingest_run.status = 'complete' AND ingest_run.completed_at >= report.loaded_at
);
"""

AUDIT = """
ALTER TABLE audit.violation ADD COLUMN excused_by text;
COMMENT ON COLUMN audit.violation.excused_by IS
    'The reviewed exception (file:line of expectations/exceptions) that covers it 例外; NULL: none does';

CREATE TABLE audit.comparison (
    publication_id int PRIMARY KEY,
    against int,
    new int NOT NULL,
    gone int NOT NULL,
    changed int NOT NULL,
    figures_changed bigint NOT NULL,
    figures_compared bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE audit.comparison IS
    'What a candidate changes against the live publication, in numbers 差异汇总; single differences are in audit.diff';

CREATE TABLE audit.locked_input (
    input text NOT NULL,
    line jsonb NOT NULL,
    digest uuid GENERATED ALWAYS AS (md5(line::text)::uuid) STORED,
    first_publication int NOT NULL,
    last_publication int,
    CHECK (last_publication >= first_publication)
);
CREATE INDEX ON audit.locked_input (first_publication);
COMMENT ON TABLE audit.locked_input IS
    'The rows that publications were made from 输入锁定, each with the first and the last one that used it';
COMMENT ON COLUMN audit.locked_input.last_publication IS 'NULL: still in use';
"""

PUBLISHED = """
ALTER TABLE published.publication DROP CONSTRAINT publication_status_check;
ALTER TABLE published.publication ADD CONSTRAINT publication_status_check
    CHECK (status IN ('live', 'superseded', 'retired'));
COMMENT ON COLUMN published.publication.status IS
    'live: what the marts show; superseded: at hand for a rollback; retired: its tables lie in the schema retired';
CREATE SCHEMA IF NOT EXISTS retired;
"""

COLUMNS = {
    "agency_year": {
        "revision": "integer NOT NULL DEFAULT 1",
        "sightings": "integer NOT NULL DEFAULT 1",
        "figures_corrected": "integer NOT NULL DEFAULT 0",
        "figures_replaced": "integer NOT NULL DEFAULT 0",
        "known_from": "timestamptz NOT NULL DEFAULT now()",
    },
    "fct_applications": {"printed_value": "numeric"},
    "fct_proactive_disclosure": {"printed_value": "numeric"},
    "fct_disputes": {"printed_value": "numeric"},
    "fct_findings": {"excused_by": "text"},
}
"""What marts that are published already gain; older publications show the defaults."""


def upgrade() -> None:
    op.execute(RAW)
    op.execute(AUDIT)
    op.execute(PUBLISHED)
    add_columns(COLUMNS)
