-- The visible reports, every version of them: a year that is half loaded is invisible.
select
    report_id,
    sha256,
    parser_version,
    ordinal,
    cast(ingest_year as integer) as ingest_year,
    form,
    cast(report_year as integer) as report_year,
    agency_printed,
    agency_normalised,
    scope,
    title,
    published_on,
    verdict as parser_verdict,
    reader,
    loaded_at,
    locators,
    figures_hash
from {{ source('raw', 'visible_report') }}
