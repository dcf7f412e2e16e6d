-- The figures of readings that may differ, a line a cell. What a reading has lost says nothing of what was printed.
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
    coalesce(state.name, 'lost') as state,
    coalesce(state.name, 'lost') = 'lost' as is_lost
from {{ ref('int_reading') }} as reading
inner join {{ ref('form_cell') }} as form_cell on reading.form = form_cell.form
left join {{ ref('stg_cell') }} as cell
    on reading.report_id = cell.report_id
    and reading.report_year = cell.report_year
    and form_cell.cell_id = cell.cell_id
left join {{ ref('stg_cell_state') }} as state on cell.state = state.state
where reading.is_compared
