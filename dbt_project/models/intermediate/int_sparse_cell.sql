-- The cells that a fact keeps: figures other than zero, missing ones, and corrected ones with what was printed. A
-- printed zero has no line.
with correction as (
    select report_id, cell_id, decision_id, printed_value
    from {{ ref('int_decision') }}
    where action = 'correct' and is_in_effect
),

report as (
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
    inner join {{ ref('int_report_with_tables') }} as with_tables on cells.report_id = with_tables.report_id
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
    where
        cell.value is null
        or cell.value <> 0
        or exists (
            select 1 from correction
            where correction.report_id = report.report_id and correction.cell_id = report.first_cell_id + cell.place
        )
)

select
    cell.report_id,
    cell.cell_id,
    cell.value,
    case when correction.decision_id is null then coalesce(state.name, 'lost') else {{ state_of('cell.value') }} end
        as state,
    cell.unit,
    coalesce(
        cell.text,
        cast(case when correction.decision_id is null then cell.value else correction.printed_value end as text)
    ) as raw_text,
    correction.printed_value,
    cell.locator,
    correction.decision_id
from cell
left join {{ ref('stg_cell_state') }} as state on cell.state = state.state
left join correction on cell.report_id = correction.report_id and cell.cell_id = correction.cell_id
