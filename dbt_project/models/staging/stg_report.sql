-- The visible reports: those whose ingest year has a complete run that ended after they were loaded.
with complete_run as (
    select ingest_year, max(completed_at) as completed_at
    from {{ source('raw', 'ingest_run') }}
    where status = 'complete'
    group by ingest_year
)

select
    report.report_id,
    report.sha256,
    report.parser_version,
    report.ordinal,
    cast(report.ingest_year as integer) as ingest_year,
    report.form,
    cast(report.report_year as integer) as report_year,
    report.agency_printed,
    report.agency_normalised,
    report.scope,
    report.title,
    report.published_on,
    report.verdict as parser_verdict,
    report.reader,
    report.loaded_at,
    report.locators
from {{ source('raw', 'report') }} as report
inner join complete_run
    on report.ingest_year = complete_run.ingest_year and report.loaded_at <= complete_run.completed_at
