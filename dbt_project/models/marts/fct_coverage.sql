-- Who owed a report for each ingested year, and what became of it. Reports and listings under names that the roster
-- does not know have a line of their own, with expected = false.
with ingested as (
    select distinct ingest_year as report_year from {{ ref('stg_ingest_run') }}
    where {{ is_built('ingest_year') }}
),

roster as (
    select
        agency.agency_id,
        agency.scope,
        ingested.report_year,
        make_date(ingested.report_year, 12, 31)
        between coalesce(agency.valid_from, '-infinity') and coalesce(agency.valid_to, 'infinity') as expected
    from {{ ref('stg_agency') }} as agency
    cross join ingested
),

-- An agency may report on itself and on its area: the scope that the roster expects counts here.
report as (
    select distinct on (current_report.agency_id, current_report.report_year)
        current_report.*,
        verdict.verdict
    from {{ ref('int_current_report') }} as current_report
    left join {{ ref('stg_agency') }} as agency on current_report.agency_id = agency.agency_id
    left join {{ source('audit', 'verdict') }} as verdict
        on current_report.report_id = verdict.report_id and verdict.publication_id = {{ publication_id() }}
    order by
        current_report.agency_id,
        current_report.report_year,
        current_report.scope is distinct from agency.scope,
        current_report.scope
),

-- A listing under an unknown name is covered by the report that its document turned out to be.
request as (
    select * from {{ ref('int_request') }} as listed
    where
        {{ is_built('listed.ingest_year') }}
        and (
            listed.agency_id not like 'unconfirmed:%'
            or not exists (
                select 1 from {{ ref('int_edition') }} as edition
                where edition.is_current and edition.sha256 = listed.sha256
            )
        )
),

agency_year as (
    select agency_id, report_year from roster where expected
    union
    select agency_id, report_year from report
    union
    select agency_id, ingest_year from request
),

replaced as (
    select sha256, max(fetched_at) as replaced_at
    from {{ ref('stg_fetch') }}
    where previous_sha256 <> sha256
    group by sha256
),

-- What was published of a report over time: other documents, other figures, other bytes at an address.
edition as (
    select
        edition.agency_id,
        edition.report_year,
        edition.scope,
        min(edition.published_on) as first_published_on,
        cast(count(distinct edition.sha256) as integer) as editions,
        max(edition.revisions) as revisions,
        max(replaced.replaced_at) as replaced_at
    from {{ ref('int_edition') }} as edition
    left join replaced on edition.sha256 = replaced.sha256
    group by edition.agency_id, edition.report_year, edition.scope
),

joined as (
    select
        agency_year.agency_id,
        agency_year.report_year,
        coalesce(report.scope, roster.scope, 'unknown') as scope,
        coalesce(roster.expected, false) as expected,
        report.report_id,
        report.verdict,
        coalesce(report.url, request.url) as url,
        coalesce(report.sha256, request.sha256) as sha256,
        coalesce(report.published_on, request.listed_on) as published_on,
        coalesce(report.fetched_at, request.fetched_at) as fetched_at,
        request.agency_id as requested,
        request.fetch_outcome,
        request.is_official,
        request.parse_status,
        request.error,
        coalesce(edition.first_published_on, request.listed_on) as first_published_on,
        coalesce(edition.editions, 0) as editions,
        coalesce(edition.revisions, 0) as revisions,
        greatest(edition.replaced_at, request.replaced_at) as replaced_at
    from agency_year
    left join roster using (agency_id, report_year)
    left join report using (agency_id, report_year)
    left join request
        on agency_year.agency_id = request.agency_id and agency_year.report_year = request.ingest_year
    left join edition
        on report.agency_id = edition.agency_id
        and report.report_year = edition.report_year
        and report.scope = edition.scope
),

dated as (
    select
        joined.*,
        case joined.scope when 'whole_area' then year.government_deadline else year.department_deadline end as deadline
    from joined
    inner join {{ ref('dim_year') }} as year on joined.report_year = year.report_year
)

select
    {{ publication_id() }} as publication_id,
    agency_id,
    report_year,
    scope,
    expected,
    report_id is not null or requested is not null as found,
    sha256 is not null as fetched,
    report_id is not null as parsed,
    verdict is not distinct from 'accepted' as accepted,
    verdict is not distinct from 'held' as held,
    coalesce(verdict in ('accepted', 'accepted_as_printed'), false) as published,
    first_published_on > deadline as late,
    case
        when verdict is not null then verdict
        when report_id is not null then 'not_assessed'
        when requested is null then 'not_found'
        when sha256 is null then 'fetch_failed'
        when not is_official then 'unofficial'
        when parse_status is null or parse_status = 'parsed' then 'not_placed'
        else parse_status
    end as outcome,
    case when report_id is null then error end as error,
    report_id,
    published_on,
    first_published_on,
    deadline,
    editions,
    revisions,
    revisions > 1 as changed_after_publication,
    replaced_at,
    url,
    sha256,
    fetched_at
from dated
