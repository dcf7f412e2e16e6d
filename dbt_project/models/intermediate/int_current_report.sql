-- The current version of each agency's report for a year and scope. A document is read as its newest load says; of
-- several documents the one published last counts, then the one fetched last, then the one of the greater hash.
with report as (
    select * from {{ ref('stg_report') }}
    where report_year is not null
),

newest_reading as (
    select distinct on (sha256) sha256, parser_version
    from report
    order by sha256, loaded_at desc, parser_version desc
),

last_fetch as (
    select distinct on (sha256) sha256, url, fetched_at
    from {{ ref('stg_fetch') }}
    where sha256 is not null and outcome in ('fetched', 'unchanged')
    order by sha256, fetched_at desc, url
),

placed as (
    select
        report.*,
        last_fetch.url,
        last_fetch.fetched_at,
        -- A name that is not on the roster keeps its report apart; so does a report without a name.
        coalesce(
            alias.agency_id, 'unconfirmed:' || coalesce(report.agency_normalised, left(report.sha256, 12))
        ) as agency_id,
        coalesce(nullif(report.scope, 'unknown'), agency.scope, 'unknown') as placed_scope
    from report
    inner join newest_reading using (sha256, parser_version)
    left join last_fetch using (sha256)
    left join {{ ref('stg_agency_alias') }} as alias on report.agency_normalised = alias.name_normalised
    left join {{ ref('stg_agency') }} as agency on alias.agency_id = agency.agency_id
)

select distinct on (agency_id, report_year, placed_scope)
    report_id,
    sha256,
    form,
    report_year,
    agency_id,
    agency_printed,
    placed_scope as scope,
    parser_verdict,
    title,
    published_on,
    url,
    fetched_at,
    loaded_at,
    parser_version,
    reader,
    ordinal,
    ingest_year
from placed
order by
    agency_id,
    report_year,
    placed_scope,
    published_on desc nulls last,
    fetched_at desc nulls last,
    sha256 desc,
    ordinal
