-- One line a report: its cells as arrays in the order of the form, so that place n holds cell number n. Wide tables
-- and facts are cut from these arrays; raw cells are read once. Corrections in effect stand in `cell_values`.
with report as (
    select report_id, form, report_year from {{ ref('int_current_report') }}
),

correction as (
    select report_id, cell_id, corrected_value
    from {{ ref('int_decision') }}
    where action = 'correct' and is_in_effect
),

-- read twice below, but the second time only for the few broken reports: not worth a copy of all cells
cell as not materialized (
    select
        cell.report_id,
        cell.cell_id,
        coalesce(correction.corrected_value, cell.value) as value,
        cell.state,
        cell.unit,
        cell.text
    from {{ ref('stg_cell') }} as cell
    inner join report on cell.report_id = report.report_id and cell.report_year = report.report_year
    left join correction on cell.report_id = correction.report_id and cell.cell_id = correction.cell_id
    where {{ is_built('cell.report_year') }}
),

form_cell as (
    select form, array_agg(cell_id order by cell_id) as cell_ids
    from {{ ref('form_cell') }}
    group by form
),

found as (
    select
        report_id,
        array_agg(cell_id order by cell_id) as cell_ids,
        array_agg(value order by cell_id) as cell_values,
        array_agg(state order by cell_id) as cell_states,
        array_agg(unit order by cell_id) as cell_units,
        array_agg(text order by cell_id) as cell_texts
    from cell
    group by report_id
),

whole as (
    select report.*, found.cell_values, found.cell_states, found.cell_units, found.cell_texts
    from report
    inner join form_cell on report.form = form_cell.form
    inner join found on report.report_id = found.report_id and form_cell.cell_ids = found.cell_ids
),

-- A report in which cells were never loaded gets nulls in their places.
broken as (
    select
        report.report_id,
        report.form,
        report.report_year,
        array_agg(cell.value order by form_cell.cell_id) as cell_values,
        array_agg(cell.state order by form_cell.cell_id) as cell_states,
        array_agg(cell.unit order by form_cell.cell_id) as cell_units,
        array_agg(cell.text order by form_cell.cell_id) as cell_texts
    from report
    inner join {{ ref('form_cell') }} as form_cell on report.form = form_cell.form
    left join cell on report.report_id = cell.report_id and form_cell.cell_id = cell.cell_id
    where report.report_id not in (select report_id from whole)
    group by report.report_id, report.form, report.report_year
)

select * from whole
union all
select * from broken
