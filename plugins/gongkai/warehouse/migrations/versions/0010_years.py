"""published: a publication may keep years that an earlier one built; audit: which verdicts come with them."""

from alembic import op
from sqlalchemy import text

revision = "0010"
down_revision = "0009"

YEARS = """
CREATE TABLE published.kept_year (
    publication_id int NOT NULL,
    report_year int NOT NULL,
    built_by int NOT NULL,
    PRIMARY KEY (publication_id, report_year),
    CHECK (built_by < publication_id)
);
COMMENT ON TABLE published.kept_year IS
    'The report years that a publication did not build, and the one that did 沿用的年度; all others it built itself';

CREATE TABLE published.slice (
    publication_id int NOT NULL,
    mart text NOT NULL,
    report_year int NOT NULL,
    row_count bigint NOT NULL,
    high numeric NOT NULL,
    low numeric NOT NULL,
    PRIMARY KEY (publication_id, mart, report_year)
);
COMMENT ON TABLE published.slice IS
    'Rows and sums of hashes of what a publication built, a report year each 各年度内容摘要; 0: a mart without years';

ALTER TABLE published.pointer ADD COLUMN kept int[] NOT NULL DEFAULT '{}', ADD COLUMN oldest int;
COMMENT ON COLUMN published.pointer.kept IS
    'Subscript: a report year; element: the publication that built it. Other years are of the publication itself';
COMMENT ON COLUMN published.pointer.oldest IS 'The oldest publication among them; NULL: it built all years itself';

CREATE INDEX ON audit.locked_input (last_publication);
CREATE INDEX ON audit.locked_input (input, digest) WHERE last_publication IS NULL;

COMMENT ON COLUMN published.publication.status IS
    'live: what the marts show; superseded: at hand for a rollback; retired: not at hand, its tables lie in the schema '
    'retired unless a publication at hand keeps years of it';

ALTER TABLE audit.verdict ADD COLUMN is_kept boolean NOT NULL DEFAULT false;
ALTER TABLE audit.violation ADD COLUMN is_kept boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN audit.verdict.is_kept IS 'Given by an earlier publication, whose year this one keeps';
COMMENT ON COLUMN audit.violation.is_kept IS 'Found by an earlier publication, whose year this one keeps';
"""

_BY_YEAR = """
SELECT mart.relname, (
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = to_regclass(format('marts.%I', mart.relname)) AND attnum > 0 AND NOT attisdropped)
FROM pg_class AS mart JOIN pg_attribute AS year ON attrelid = mart.oid AND attname = 'report_year' AND attnotnull
WHERE mart.relnamespace = 'published'::regnamespace AND relkind = 'p' AND NOT relispartition
    AND NOT starts_with(mart.relname, 'dim_') AND to_regclass(format('marts.%I', mart.relname)) IS NOT NULL
"""

_VIEW = """
CREATE OR REPLACE VIEW marts.{mart} AS SELECT {columns} FROM published.{mart}
WHERE publication_id >= (SELECT coalesce(oldest, publication_id) FROM published.pointer)
    AND publication_id = coalesce(
        (SELECT kept FROM published.pointer)[report_year], (SELECT publication_id FROM published.pointer))
"""


def upgrade() -> None:
    op.execute(YEARS)
    for mart, columns in op.get_bind().execute(text(_BY_YEAR)).fetchall():
        op.execute(_VIEW.format(mart=mart, columns=columns))
