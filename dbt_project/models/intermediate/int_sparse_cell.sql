-- The cells that a fact keeps: figures other than zero, and missing ones. A printed zero has no line.
with report as (
    select
        cells.report_id,
        cells.form,
        form.number * 1000 as first_cell_id,
        cells.cell_values,
        cells.cell_states,
        cells.cell_units,
        cells.cell_texts,
        report.locators
    from {{ ref('int_report_cell') }} as cells
    inner join {{ ref('form') }} as form on cells.form = form.form
    inner join {{ ref('stg_report') }} as report on cells.report_id = report.report_id
),

cell as (
    select
        report.report_id,
        cast(report.first_cell_id + cell.place as smallint) as cell_id,
        cell.value,
        cell.state,
        cell.unit,
        cell.text,
        unpacked.locators -> cast(report.first_cell_id + cell.place as text) as locator
    from report
    -- unpacks what Postgres stores compressed once a report instead of once a cell
    cross join lateral (select report.locators #> '{}' as locators offset 0) as unpacked
    cross join lateral unnest(report.cell_values, report.cell_states, report.cell_units, report.cell_texts)
        with ordinality as cell (value, state, unit, text, place)
    where cell.value is null or cell.value <> 0
)

select
    cell.report_id,
    cell.cell_id,
    cell.value,
    coalesce(state.name, 'lost') as state,
    cell.unit,
    coalesce(
        cell.text,
        cast(case when decision.decision_id is null then cell.value else decision.printed_value end as text)
    ) as raw_text,
    cell.locator,
    decision.decision_id
from cell
left join {{ ref('stg_cell_state') }} as state on cell.state = state.state
left join {{ ref('int_decision') }} as decision
    on cell.report_id = decision.report_id and cell.cell_id = decision.cell_id
    and decision.action = 'correct' and decision.is_in_effect
