{{ config(post_hook='analyze {{ this }}') }}
-- Every document that reports on an agency-year-scope. Documents of the same figures are one revision seen several
-- times: the first of those that lost least stands for all. A document whose figures differ from those before it
-- begins a new revision. A reading in doubt is set aside as revision 0 where there is one that is sure.
with newest as (
    select * from {{ ref('int_reading') }} where is_newest
),

printed as (
    select
        report_id,
        value,
        lag(value) over earlier as earlier_value,
        row_number() over earlier as number
    from {{ ref('int_reading_figure') }}
    where is_newest and not is_lost
    window earlier as (partition by agency_id, report_year, scope, is_set_aside, cell_id order by place)
),

changed as (
    select distinct report_id from printed
    where number > 1 and value is distinct from earlier_value
),

loss as (
    select report_id, count(*) as figures_lost from {{ ref('int_reading_figure') }}
    where is_lost
    group by report_id
),

-- who was here first stays, or a copy that comes in later would take a steward's word from under the report
arrival as (
    select sha256, min(loaded_at) as arrived_at from {{ ref('int_reading') }}
    group by sha256
),

compared as (
    select
        newest.*,
        arrival.arrived_at,
        coalesce(loss.figures_lost, 0) as figures_lost,
        changed.report_id is not null
        or coalesce(newest.form <> lag(newest.form) over earlier, false) as is_changed
    from newest
    inner join arrival on newest.sha256 = arrival.sha256
    left join changed on newest.report_id = changed.report_id
    left join loss on newest.report_id = loss.report_id
    window earlier as (
        partition by newest.agency_id, newest.report_year, newest.scope, newest.is_set_aside order by newest.place
    )
),

numbered as (
    select
        *,
        case
            when is_set_aside then 0
            else 1 + cast(count(*) filter (where is_changed and not is_set_aside) over (
                partition by agency_id, report_year, scope order by place
            ) as integer)
        end as revision
    from compared
)

select
    *,
    1 = row_number() over best as is_representative,
    1 = row_number() over best and revision = max(revision) over same_report as is_current,
    cast(max(revision) over same_report as integer) as revisions,
    cast(count(*) over same_revision as integer) as sightings,
    min(loaded_at) over same_revision as revision_loaded_at,
    min(published_day) over same_revision as revision_published_day
from numbered
window
    same_report as (partition by agency_id, report_year, scope),
    same_revision as (partition by agency_id, report_year, scope, revision),
    best as (partition by agency_id, report_year, scope, revision order by figures_lost, arrived_at, place)
