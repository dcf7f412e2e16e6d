{{ config(pre_hook="set local enable_nestloop = off") }}
-- Hash joins, whatever the planner believes: what this reads was built a moment ago and has no statistics yet.
-- What last year's report carried forward, had in force or on its list, against what this year's says of it, across
-- renamings, mergers and splits (int_succession). Sparse: where all figures are zero there is no line.
with published as (
    select published.report_id, published.agency_id, published.report_year, published.scope, published.form
    from {{ ref('int_published_report') }} as published
    inner join {{ ref('int_report_with_tables') }} as with_tables on published.report_id = with_tables.report_id
    union all
    select report_id, agency_id, report_year, scope, form from {{ ref('int_kept_report') }}
),

reported as (
    select
        member.report_year,
        member.group_id,
        member.relation,
        member.side,
        member.agency_id,
        published.scope,
        published.form,
        published.report_id
    from {{ ref('int_succession') }} as member
    inner join published
        on member.agency_id = published.agency_id
        and member.report_year - case member.side when 'before' then 1 else 0 end = published.report_year
),

-- Agencies that merged may have used different forms; then there is no common cell to add up.
pair as (
    select
        report_year,
        group_id,
        relation,
        scope,
        min(form) filter (where side = 'before') as form_before,
        min(form) filter (where side = 'now') as form,
        array_agg(agency_id order by agency_id) filter (where side = 'before') as agencies_before,
        array_agg(agency_id order by agency_id) filter (where side = 'now') as agencies_now,
        case when count(*) filter (where side = 'now') = 1 then max(report_id) filter (where side = 'now') end as report_id
    from reported
    group by report_year, group_id, relation, scope
    having
        min(form) filter (where side = 'before') = max(form) filter (where side = 'before')
        and min(form) filter (where side = 'now') = max(form) filter (where side = 'now')
),

silent as (
    select
        pair.report_year,
        pair.group_id,
        pair.scope,
        array_agg(distinct member.agency_id order by member.agency_id) as agencies
    from pair
    inner join {{ ref('int_succession') }} as member
        on pair.report_year = member.report_year and pair.group_id = member.group_id
    where
        pair.relation <> 'same'
        and not member.agency_id = any(case member.side when 'before' then pair.agencies_before else pair.agencies_now end)
    group by pair.report_year, pair.group_id, pair.scope
),

term as (
    select
        continuity.form_before,
        continuity.form,
        continuity.cell_id as at_cell_id,
        part.side,
        part.role,
        part.cell_id
    from {{ ref('form_continuity') }} as continuity
    cross join lateral (
        select 'before' as side, 'before' as role, unnest(continuity.before_cells) as cell_id
        union all
        select 'now', 'plus', unnest(continuity.plus_cells)
        union all
        select 'now', 'minus', unnest(continuity.minus_cells)
        union all
        select 'now', 'now', unnest(continuity.now_cells)
    ) as part
),

cell as (
    select report_id, cell_id, value from {{ ref('int_sparse_cell') }}
    union all
    select report_id, cell_id, value from {{ ref('int_kept_cell') }}
),

-- kept apart: the planner takes `pair` for one row, and would bring all cells of all reports together by cell alone
figure as materialized (
    select reported.report_year, reported.group_id, reported.scope, reported.side, cell.cell_id, cell.value
    from reported
    inner join cell on reported.report_id = cell.report_id
    where cell.cell_id in (select cell_id from term)
),

-- One cell may be both `now` and part of the sum before it; sums with a missing part are null.
summed as (
    select
        pair.report_year,
        pair.group_id,
        pair.scope,
        term.at_cell_id,
        {%- for role in ['before', 'plus', 'minus', 'now'] %}
        case
            when count(*) filter (where term.role = '{{ role }}' and figure.value is null) = 0
                then coalesce(sum(figure.value) filter (where term.role = '{{ role }}'), 0)
        end as {{ role }}_value{{ ',' if not loop.last }}
        {%- endfor %}
    from figure
    inner join pair using (report_year, group_id, scope)
    inner join term
        on pair.form_before = term.form_before
        and pair.form = term.form
        and figure.side = term.side
        and figure.cell_id = term.cell_id
    group by pair.report_year, pair.group_id, pair.scope, term.at_cell_id
),

judged as (
    select
        pair.*,
        summed.at_cell_id,
        summed.before_value,
        summed.plus_value - summed.minus_value as change,
        summed.before_value + summed.plus_value - summed.minus_value as expected,
        summed.now_value,
        coalesce(silent.agencies, '{}') as agencies_missing
    from summed
    inner join pair using (report_year, group_id, scope)
    left join silent using (report_year, group_id, scope)
),

assessed as (
    select
        *,
        case
            when cardinality(agencies_missing) > 0 or expected is null or now_value is null then 'not_assessable'
            when expected = now_value then 'holds'
            else 'differs'
        end as outcome
    from judged
)

select
    {{ publication_id() }} as publication_id,
    assessed.group_id as agency_id,
    assessed.report_year,
    assessed.scope,
    assessed.at_cell_id as cell_id,
    continuity.continuity,
    assessed.form_before,
    assessed.form,
    continuity.table_key,
    continuity.row_key,
    continuity.column_key,
    assessed.relation,
    assessed.agencies_before,
    assessed.agencies_now,
    assessed.agencies_missing,
    assessed.before_value,
    assessed.change,
    assessed.expected,
    assessed.now_value as value,
    assessed.now_value - assessed.expected as difference,
    assessed.outcome,
    case when assessed.outcome = 'differs' then
        cell.table_zh || '“' || coalesce(case when continuity.row_key is not null then cell.row_zh end, cell.column_zh)
        || '”：' || continuity.continuity_zh || '，但 ' || trim_scale(assessed.expected) || ' ≠ '
        || trim_scale(assessed.now_value) || '。'
    end as message_zh,
    case when assessed.outcome = 'differs' then
        cell.table_en || ', “' || coalesce(case when continuity.row_key is not null then cell.row_en end, cell.column_en)
        || '”: ' || continuity.continuity_en || ', but ' || trim_scale(assessed.expected) || ' is not '
        || trim_scale(assessed.now_value) || '.'
    end as message_en,
    assessed.report_id
from assessed
inner join {{ ref('form_continuity') }} as continuity
    on assessed.form_before = continuity.form_before
    and assessed.form = continuity.form
    and assessed.at_cell_id = continuity.cell_id
inner join {{ ref('form_cell') }} as cell on assessed.at_cell_id = cell.cell_id
