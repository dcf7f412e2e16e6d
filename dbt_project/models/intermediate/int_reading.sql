{{ config(post_hook='analyze {{ this }}') }}
-- Every reading of every document, placed: whose report it is, and in which order the readings of one agency-year-scope
-- came. A document read by a newer parser is a new reading of ours; only its newest reading says what was published.
-- A document that was never fetched from an official host is evidence, and no report of anybody.
with report as (
    select * from {{ ref('stg_report') }}
    where report_year is not null
),

parser as (
    select
        sha256,
        parser_version,
        lead(max(loaded_at)) over (partition by sha256 order by max(loaded_at), parser_version) as superseded_at
    from report
    group by sha256, parser_version
),

address as (
    select
        sha256,
        min(fetched_at) as first_fetched_at,
        max(fetched_at) as fetched_at,
        (array_agg(url order by official is not false desc, fetched_at desc, url))[1] as url,
        bool_or(official is not false) as is_official,
        array_agg(distinct url order by url) as addresses
    from {{ ref('stg_fetch') }}
    where sha256 is not null and outcome in ('fetched', 'unchanged')
    group by sha256
),

-- What two readers of one document do not agree on is not what its publisher said.
misread as (
    select distinct report_id from {{ ref('stg_issue') }}
    where fault = 'reader' and kind <> 'advisory'
),

correction as (
    select distinct sha256, report_ordinal from {{ ref('stg_decision') }}
    where action = 'correct'
),

placed as (
    select
        report.*,
        parser.superseded_at,
        parser.superseded_at is null as is_newest,
        address.first_fetched_at,
        address.fetched_at,
        address.url,
        address.addresses,
        -- A name that is not on the roster keeps its report apart; so does a report without a name.
        coalesce(
            alias.agency_id, 'unconfirmed:' || coalesce(report.agency_normalised, left(report.sha256, 12))
        ) as agency_id,
        coalesce(nullif(report.scope, 'unknown'), agency.scope, 'unknown') as placed_scope,
        misread.report_id is not null
        -- a picture that does not balance has only been read by eye
        or coalesce(report.reader like 'scan.%' and report.parser_verdict = 'held', false) as is_doubtful,
        correction.sha256 is not null as may_be_corrected,
        coalesce(
            report.published_on,
            cast(coalesce(address.first_fetched_at, report.loaded_at) at time zone 'Asia/Shanghai' as date)
        ) as published_day
    from report
    inner join parser using (sha256, parser_version)
    left join address using (sha256)
    left join {{ ref('stg_agency_alias') }} as alias on report.agency_normalised = alias.name_normalised
    left join {{ ref('stg_agency') }} as agency on alias.agency_id = agency.agency_id
    left join misread on report.report_id = misread.report_id
    left join correction on report.sha256 = correction.sha256 and report.ordinal = correction.report_ordinal
    where address.is_official is not false
),

-- The newest reading speaks for its document; one that has moved to another agency or year leaves older readings behind.
document as (
    select
        placed.*,
        bool_or(is_newest) over same_document as is_still_here,
        bool_or(is_newest and is_doubtful) over same_document as is_doubtful_document,
        max(published_on) filter (where is_newest) over same_document as document_published_on
    from placed
    window same_document as (partition by agency_id, report_year, placed_scope, sha256)
)

select
    report_id,
    agency_id,
    report_year,
    placed_scope as scope,
    row_number() over (
        partition by agency_id, report_year, placed_scope
        order by
            is_still_here,
            is_doubtful_document desc,
            document_published_on nulls first,
            first_fetched_at nulls first,
            sha256,
            is_newest,
            loaded_at,
            parser_version,
            ordinal desc
    ) as place,
    sha256,
    ordinal,
    form,
    agency_printed,
    parser_verdict,
    title,
    published_on,
    published_day,
    url,
    addresses,
    first_fetched_at,
    fetched_at,
    loaded_at,
    min(loaded_at) over same_report as first_loaded_at,
    superseded_at,
    is_newest,
    is_still_here,
    coalesce(is_doubtful_document, false) and bool_or(is_newest and not is_doubtful) over same_report as is_set_aside,
    parser_version,
    reader,
    ingest_year,
    figures_hash,
    -- Where all readings gave the same figures, and none was corrected, there is nothing to compare.
    min(figures_hash) over same_report is distinct from max(figures_hash) over same_report
    or (count(*) over same_report > count(figures_hash) over same_report and count(*) over same_report > 1)
    or bool_or(may_be_corrected) over same_report as is_compared
from document
window same_report as (partition by agency_id, report_year, placed_scope)
