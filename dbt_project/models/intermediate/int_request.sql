-- What each agency's listing led to in a year: the best request (one that gave a document, from an official host
-- rather, then the latest), whose agency it is listed under, and what reading the document gave.
with request as (
    select
        request.*,
        {{ normalise_name('request.listed_agency') }} as name_normalised
    from {{ ref('stg_fetch') }} as request
),

placed as (
    select
        request.*,
        coalesce(
            alias.agency_id,
            'unconfirmed:' || coalesce(nullif(request.name_normalised, ''), left(md5(request.listed_url), 12))
        ) as agency_id
    from request
    left join {{ ref('stg_agency_alias') }} as alias on request.name_normalised = alias.name_normalised
),

best as (
    select distinct on (agency_id, ingest_year) *
    from placed
    order by
        agency_id,
        ingest_year,
        outcome = 'failed',
        official is false,
        fetched_at desc nulls last,
        fetch_id desc
),

-- When its addresses last gave other bytes than they had given before.
replaced as (
    select agency_id, ingest_year, max(fetched_at) as replaced_at
    from placed
    where previous_sha256 <> sha256
    group by agency_id, ingest_year
),

reading as (
    select distinct on (sha256) sha256, status, error
    from {{ ref('stg_outcome') }}
    where stage = 'parse' and sha256 is not null
    order by sha256, at desc, outcome_id desc
)

select
    best.agency_id,
    best.ingest_year,
    best.listed_agency,
    best.listed_on,
    best.url,
    best.sha256,
    best.fetched_at,
    best.outcome as fetch_outcome,
    best.official is not false as is_official,
    reading.status as parse_status,
    coalesce(best.error, reading.error) as error,
    replaced.replaced_at
from best
left join replaced on best.agency_id = replaced.agency_id and best.ingest_year = replaced.ingest_year
left join reading on best.sha256 = reading.sha256
