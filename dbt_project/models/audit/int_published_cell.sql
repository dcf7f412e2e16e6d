-- The figures of published reports. Totals stand in agency_year or in a column of their own, never beside their parts.
select
    cell.report_id,
    cell.cell_id,
    report.agency_id,
    report.report_year,
    report.scope,
    report.form,
    form_cell.table_key,
    form_cell.row_key,
    form_cell.column_key,
    form_cell.group_key,
    form_cell.sums_into_row,
    form_cell.is_total,
    form_cell.value_kind,
    form_cell.unit as form_unit,
    cell.value,
    cell.state,
    cell.unit as printed_unit,
    cell.raw_text,
    cell.printed_value,
    cell.locator,
    cell.decision_id,
    report.sha256,
    report.url
from {{ ref('int_sparse_cell') }} as cell
inner join {{ ref('int_published_report') }} as report on cell.report_id = report.report_id
inner join {{ ref('form_cell') }} as form_cell on cell.cell_id = form_cell.cell_id
