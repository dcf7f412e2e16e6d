{{ config(post_hook='analyze {{ this }}') }}
-- The current report of each agency, year and scope: the last revision, in the document that stands for it. Of the years
-- that this candidate builds; those of all years are in int_edition.
select
    report_id,
    sha256,
    form,
    report_year,
    agency_id,
    agency_printed,
    scope,
    parser_verdict,
    title,
    published_on,
    url,
    fetched_at,
    loaded_at,
    parser_version,
    reader,
    ordinal,
    ingest_year,
    revision,
    sightings,
    is_compared,
    first_loaded_at
from {{ ref('int_edition') }}
where is_current and {{ is_built('report_year') }}
