{{ config(pre_hook="set local enable_nestloop = off") }}
-- Hash joins, whatever the planner believes: what this reads was built a moment ago and has no statistics yet.
-- Each figure of a report on a whole area against the sum of its units' own (fct_rollup_units). Sparse: where both are
-- zero there is no line. With units missing, a sum that is already too large still shows that something is wrong.
with unit as (
    select * from {{ ref('fct_rollup_units') }}
),

area as (
    select
        published.report_id,
        published.agency_id,
        published.report_year,
        published.form,
        cast(count(*) filter (where unit.status = 'counted') as integer) as units_counted,
        cast(count(*) filter (where unit.status <> 'counted') as integer) as units_missing
    from unit
    inner join {{ ref('int_published_report') }} as published on unit.area_report_id = published.report_id
    group by published.report_id, published.agency_id, published.report_year, published.form
),

figure as (
    select unit.area_report_id as report_id, unit.agency_id, cell.cell_id, cell.value
    from unit
    inner join {{ ref('int_sparse_cell') }} as cell on unit.report_id = cell.report_id
    where unit.status = 'counted'
),

summed as (
    select
        report_id,
        cell_id,
        sum(value) as units_sum,
        coalesce(array_agg(agency_id order by agency_id) filter (where value is null), '{}') as units_lacking_figure
    from figure
    group by report_id, cell_id
),

said as (
    select cell.report_id, cell.cell_id, cell.value, true as is_said
    from {{ ref('int_sparse_cell') }} as cell
    inner join area on cell.report_id = area.report_id
),

compared as (
    select
        report_id,
        cell_id,
        case when said.is_said then said.value else 0 end as area_value,
        coalesce(summed.units_sum, 0) as units_sum,
        coalesce(summed.units_lacking_figure, '{}') as units_lacking_figure
    from said
    full join summed using (report_id, cell_id)
),

judged as (
    select
        compared.*,
        area.agency_id,
        area.report_year,
        area.form,
        area.units_counted,
        area.units_missing,
        compared.area_value - compared.units_sum as difference,
        case
            when compared.area_value is null then 'not_assessable'
            when area.units_missing = 0 and cardinality(compared.units_lacking_figure) = 0
                then case when compared.area_value = compared.units_sum then 'agrees' else 'differs' end
            when form_cell.value_kind <> 'signed_count' and compared.units_sum > compared.area_value then 'differs'
            else 'not_assessable'
        end as outcome
    from compared
    inner join area on compared.report_id = area.report_id
    inner join {{ ref('form_cell') }} as form_cell on compared.cell_id = form_cell.cell_id
),

-- a unit that was left out, or counted twice, makes a difference of just its own figure
explained as (
    select judged.report_id, judged.cell_id, array_agg(figure.agency_id order by figure.agency_id) as units
    from judged
    inner join figure
        on judged.report_id = figure.report_id
        and judged.cell_id = figure.cell_id
        and figure.value = abs(judged.difference)
    where judged.outcome = 'differs'
    group by judged.report_id, judged.cell_id
)

select
    {{ publication_id() }} as publication_id,
    judged.report_id,
    judged.cell_id,
    judged.agency_id,
    judged.report_year,
    judged.form,
    judged.area_value,
    judged.units_sum,
    judged.difference,
    judged.outcome,
    judged.units_counted,
    judged.units_missing,
    judged.units_lacking_figure,
    coalesce(explained.units, '{}') as units_that_explain
from judged
left join explained on judged.report_id = explained.report_id and judged.cell_id = explained.cell_id
