{{ config(post_hook='analyze {{ this }}') }}
-- The figures of readings that may differ, a line a cell. What a reading has lost says nothing of what was printed.
with reading as (
    select * from {{ ref('int_reading') }} where is_compared
),

-- few of many reports: found by index before anything else is joined
cell as materialized (
    select cell.report_id, cell.cell_id, cell.value, state.name as state
    from reading
    inner join {{ ref('stg_cell') }} as cell
        on reading.report_id = cell.report_id and reading.report_year = cell.report_year
    inner join {{ ref('stg_cell_state') }} as state on cell.state = state.state
)

select
    reading.agency_id,
    reading.report_year,
    reading.scope,
    reading.report_id,
    reading.place,
    reading.form,
    reading.is_newest,
    reading.is_set_aside,
    form_cell.cell_id,
    cell.value,
    coalesce(cell.state, 'lost') as state,
    coalesce(cell.state, 'lost') = 'lost' as is_lost
from reading
inner join {{ ref('form_cell') }} as form_cell on reading.form = form_cell.form
left join cell on reading.report_id = cell.report_id and form_cell.cell_id = cell.cell_id
