"""raw: what was fetched, what was read in it, and what a steward decided. Rows are added, never changed.

Only the log of a run (ingest_run, fetch, outcome) is updated: it holds the last word on each item of that run.
"""

from alembic import op

revision = "0001"
down_revision = None

FIRST_YEAR, LAST_YEAR = 2008, 2035
"""The Regulations came into force in 2008. A later year than the last goes to the default partition."""

SCHEMAS = ("staging", "intermediate", "audit", "candidate", "published", "marts")

DOCUMENTS = """
CREATE TABLE raw.document (
    sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    media_type text,
    byte_size bigint,
    archive_uri text,
    first_seen_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE raw.document IS 'Bytes with a hash 文件; archive_uri says where they lie';

CREATE TABLE raw.ingest_run (
    run_id text PRIMARY KEY,
    ingest_year smallint NOT NULL,
    source text NOT NULL CHECK (source IN ('portal', 'archive')),
    status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'complete', 'failed')),
    started_at timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,
    found int,
    fetched int,
    parsed int,
    not_a_report int,
    unreadable int,
    unsupported int,
    held int
);
CREATE INDEX ON raw.ingest_run (ingest_year, status);
COMMENT ON TABLE raw.ingest_run IS
    'One ingestion of one report year 采集批次; a year counts only when its run is complete';

CREATE TABLE raw.fetch (
    fetch_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id text NOT NULL REFERENCES raw.ingest_run,
    ingest_year smallint NOT NULL,
    portal text,
    listed_agency text,
    listed_title text,
    listed_on date,
    url text NOT NULL,
    final_url text,
    http_status smallint,
    content_type text,
    sha256 text REFERENCES raw.document,
    byte_size bigint,
    fetched_at timestamptz,
    duration_ms int,
    outcome text NOT NULL CHECK (outcome IN ('fetched', 'unchanged', 'failed')),
    error_class text,
    error text,
    UNIQUE (run_id, url)
);
CREATE INDEX ON raw.fetch (sha256);
COMMENT ON TABLE raw.fetch IS 'One listed report and its download 下载记录, failed ones included';

CREATE TABLE raw.outcome (
    outcome_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id text NOT NULL REFERENCES raw.ingest_run,
    ingest_year smallint NOT NULL,
    stage text NOT NULL CHECK (stage IN ('discover', 'fetch', 'parse', 'load')),
    item text NOT NULL,
    sha256 text,
    status text NOT NULL,
    error text,
    hint text,
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (run_id, stage, item)
);
CREATE INDEX ON raw.outcome (sha256);
COMMENT ON TABLE raw.outcome IS 'What became of each item at each stage 处理结果, success or not';
"""

REPORTS = """
CREATE TABLE raw.report (
    report_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256 text NOT NULL REFERENCES raw.document,
    parser_version text NOT NULL,
    ordinal smallint NOT NULL,
    ingest_year smallint NOT NULL,
    form text NOT NULL,
    report_year smallint,
    agency_printed text,
    agency_normalised text,
    scope text NOT NULL CHECK (scope IN ('own_organ', 'whole_area', 'unknown')),
    title text,
    published_on date,
    verdict text NOT NULL CHECK (verdict IN ('accepted', 'held')),
    reader text,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    locators jsonb NOT NULL DEFAULT '{}',
    UNIQUE (sha256, parser_version, ordinal)
);
CREATE INDEX ON raw.report (ingest_year, loaded_at);
COMMENT ON TABLE raw.report IS 'One agency''s report for one year as read by one parser version 年度报告';
COMMENT ON COLUMN raw.report.report_year IS
    'NULL: no year was found, or an impossible one; such a report is held and its cells have year 0';
COMMENT ON COLUMN raw.report.locators IS
    'cell_id -> where it stands in the document (page, table, row, column, line, bbox) and which reader read it';

CREATE TABLE raw.cell_state (state smallint PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO raw.cell_state VALUES (1, 'value'), (2, 'zero'), (3, 'blank'), (4, 'not_applicable'),
    (5, 'text'), (6, 'approximate'), (7, 'lost'), (8, 'inferred');

-- wide columns first: 53 bytes a row; a foreign key or a second index would cost more than the figures
CREATE TABLE raw.cell (
    report_id bigint NOT NULL,
    value int,
    cell_id smallint NOT NULL,
    report_year smallint NOT NULL,
    state smallint NOT NULL,
    value_decimal numeric,
    unit text,
    text text
) PARTITION BY LIST (report_year);
CREATE INDEX ON raw.cell (report_id);
COMMENT ON TABLE raw.cell IS 'One figure of a report 单元格; value, or value_decimal where it is no 4-byte integer';
COMMENT ON COLUMN raw.cell.text IS 'As printed; NULL where it is just the decimal string of value';

CREATE TABLE raw.claim (
    report_id bigint NOT NULL REFERENCES raw.report,
    key text NOT NULL,
    value numeric,
    unit text,
    quote text NOT NULL,
    locator jsonb
);
CREATE INDEX ON raw.claim (report_id);
COMMENT ON TABLE raw.claim IS 'A figure stated in the prose 正文数据';

CREATE TABLE raw.issue (
    report_id bigint NOT NULL REFERENCES raw.report,
    ordinal smallint NOT NULL,
    identity text NOT NULL,
    kind text NOT NULL,
    table_key text,
    row_key text,
    column_key text,
    left_value numeric,
    right_value numeric,
    fault text NOT NULL CHECK (fault IN ('publisher', 'reader', 'unknown')),
    suspect_row text,
    suspect_column text,
    suspect_printed numeric,
    suspect_balances numeric,
    message_zh text NOT NULL,
    message_en text NOT NULL,
    PRIMARY KEY (report_id, ordinal)
);
COMMENT ON TABLE raw.issue IS 'A finding of the parser 问题';

CREATE TABLE raw.decision (
    decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256 text NOT NULL REFERENCES raw.document,
    report_ordinal smallint NOT NULL DEFAULT 0,
    action text NOT NULL CHECK (action IN ('accept_as_printed', 'correct', 'reject')),
    cell_id smallint,
    printed_value numeric,
    corrected_value numeric,
    reason text NOT NULL,
    evidence text,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((action = 'correct') = (cell_id IS NOT NULL AND corrected_value IS NOT NULL))
);
CREATE INDEX ON raw.decision (sha256);
COMMENT ON TABLE raw.decision IS
    'A steward''s word on a held report 人工决定; holds only for the document it was made on';

CREATE VIEW raw.visible_report AS
SELECT report.* FROM raw.report
WHERE EXISTS (
    SELECT FROM raw.ingest_run
    WHERE ingest_run.ingest_year = report.ingest_year
      AND ingest_run.status = 'complete' AND ingest_run.completed_at >= report.loaded_at
);
COMMENT ON VIEW raw.visible_report IS 'Reports of completed runs: a half-loaded year is not seen';
"""

ROSTER = """
CREATE TABLE raw.agency (
    agency_id text PRIMARY KEY,
    name text NOT NULL,
    name_normalised text NOT NULL,
    uscc text,
    region_code text,
    level text,
    organ_type text,
    scope text,
    parent_agency_id text,
    valid_from date,
    valid_to date,
    source text
);
COMMENT ON TABLE raw.agency IS 'Who owes a report 应当编制年度报告的行政机关';

CREATE TABLE raw.agency_alias (name_normalised text PRIMARY KEY, agency_id text NOT NULL REFERENCES raw.agency);
COMMENT ON TABLE raw.agency_alias IS 'Names that reports print 机关别名';

CREATE TABLE raw.agency_change (
    agency_id text NOT NULL REFERENCES raw.agency,
    predecessor_id text NOT NULL REFERENCES raw.agency,
    relation text NOT NULL CHECK (relation IN ('rename', 'merge', 'split')),
    changed_on date,
    PRIMARY KEY (agency_id, predecessor_id)
);
COMMENT ON TABLE raw.agency_change IS 'Who came before whom 机构沿革';

CREATE TABLE raw.region (
    region_code text NOT NULL,
    name text NOT NULL,
    level text,
    parent_code text,
    valid_from date NOT NULL,
    valid_to date,
    is_statutory boolean NOT NULL,
    source text,
    PRIMARY KEY (region_code, valid_from)
);
COMMENT ON TABLE raw.region IS 'Administrative divisions 行政区划 (GB/T 2260), and special zones that are none';
"""


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    op.execute(DOCUMENTS)
    op.execute(REPORTS)
    op.execute("CREATE TABLE raw.cell_other PARTITION OF raw.cell DEFAULT")
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        op.execute(f"CREATE TABLE raw.cell_{year} PARTITION OF raw.cell FOR VALUES IN ({year})")
    op.execute(ROSTER)
