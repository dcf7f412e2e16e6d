-- Whose report of last year (`before`) is to be compared with whose report of this year (`now`). Most agencies are
-- their own predecessors. After a renaming or a merger the report of this year follows on all of its predecessors;
-- after a split all successors together, and the old agency if it lives on, follow on the one that was split.
with change as (
    select agency_id, predecessor_id, relation, cast(extract(year from changed_on) as integer) as report_year
    from {{ ref('stg_agency_change') }}
    where changed_on is not null and {{ is_built('cast(extract(year from changed_on) as integer)') }}
),

split as (
    select report_year, agency_id, min(predecessor_id) as group_id from change
    where relation = 'split'
    group by report_year, agency_id
),

divided as (
    select report_year, agency_id, group_id from split
    union
    select report_year, group_id, group_id from split
),

-- a divided agency that has ceased owes nothing more
owing as (
    select divided.report_year, divided.agency_id, divided.group_id
    from divided
    left join {{ ref('stg_agency') }} as agency on divided.agency_id = agency.agency_id
    where coalesce(agency.valid_to, 'infinity') >= make_date(divided.report_year, 12, 31)
),

now as (
    select distinct report.report_year, report.agency_id, coalesce(divided.group_id, report.agency_id) as group_id
    from {{ ref('int_current_report') }} as report
    left join divided on report.report_year = divided.report_year and report.agency_id = divided.agency_id
    union
    select report_year, agency_id, group_id from owing
),

before as (
    select now.report_year, now.group_id, now.agency_id
    from now
    left join {{ ref('stg_agency') }} as agency on now.agency_id = agency.agency_id
    where
        coalesce(agency.valid_from, '-infinity') <= make_date(now.report_year - 1, 12, 31)
    union
    select now.report_year, now.group_id, change.predecessor_id
    from now
    inner join change on now.report_year = change.report_year and now.agency_id = change.agency_id
),

relation as (
    select
        now.report_year,
        now.group_id,
        case
            when bool_or(change.relation = 'split') then 'split'
            when bool_or(change.relation = 'merge') then 'merge'
            else 'rename'
        end as relation
    from now
    inner join change on now.report_year = change.report_year and now.agency_id = change.agency_id
    group by now.report_year, now.group_id
),

member as (
    select report_year, group_id, agency_id, 'now' as side from now
    union all
    select report_year, group_id, agency_id, 'before' from before
)

select member.*, coalesce(relation.relation, 'same') as relation
from member
left join relation using (report_year, group_id)
