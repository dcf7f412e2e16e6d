{{ config(pre_hook="set local enable_nestloop = off") }}
-- Hash joins, whatever the planner believes: what this reads was built a moment ago and has no statistics yet.
-- Whose figures a report on a whole area should contain, by the roster: every agency below that reports on itself, and
-- every lower area that has no agencies of its own on the roster. What a government reports on itself counts, but is
-- not owed.
with area as (
    select report_id, agency_id, report_year, form
    from {{ ref('int_published_report') }}
    where scope = 'whole_area' and report_id in (select report_id from {{ ref('int_report_with_tables') }})
),

agency as (
    select area_year.report_year, agency.agency_id, agency.scope, agency.parent_agency_id
    from {{ ref('stg_agency') }} as agency
    inner join (select distinct report_year from area) as area_year
        on make_date(area_year.report_year, 12, 31)
        between coalesce(agency.valid_from, '-infinity') and coalesce(agency.valid_to, 'infinity')
),

-- kept apart: by year alone, every area would meet every agency
below as materialized (
    select area.*, above.agency_id as unit_id
    from area
    inner join {{ ref('int_agency_above') }} as above on area.agency_id = above.above_id
),

above_others as (
    select distinct report_year, parent_agency_id as agency_id from agency
),

unit as (
    select
        below.report_id as area_report_id,
        below.agency_id as area_agency_id,
        below.report_year,
        below.form,
        agency.agency_id,
        case when stands_for_others.is_it then agency.scope else 'own_organ' end as scope,
        agency.scope = 'own_organ' or stands_for_others.is_it as is_due
    from below
    inner join agency on below.unit_id = agency.agency_id and below.report_year = agency.report_year
    left join above_others on agency.agency_id = above_others.agency_id and agency.report_year = above_others.report_year
    cross join lateral (
        select
            agency.scope = 'whole_area' and above_others.agency_id is null and agency.agency_id <> below.agency_id as is_it
    ) as stands_for_others
),

report as (
    select current_report.*, coalesce(verdict.verdict in ('accepted', 'accepted_as_printed'), false) as is_published
    from {{ ref('int_current_report') }} as current_report
    left join {{ source('audit', 'verdict') }} as verdict
        on current_report.report_id = verdict.report_id and verdict.publication_id = {{ publication_id() }}
),

judged as (
    select
        unit.*,
        report.report_id,
        case
            when report.report_id is null then 'missing'
            when not report.is_published then 'held'
            when report.form <> unit.form or with_tables.report_id is null then 'other_form'
            else 'counted'
        end as status
    from unit
    left join report
        on unit.agency_id = report.agency_id and unit.report_year = report.report_year and unit.scope = report.scope
    left join {{ ref('int_report_with_tables') }} as with_tables on report.report_id = with_tables.report_id
)

select
    {{ publication_id() }} as publication_id,
    area_report_id,
    agency_id,
    area_agency_id,
    report_year,
    scope,
    is_due,
    status,
    report_id
from judged
where is_due or status = 'counted'
