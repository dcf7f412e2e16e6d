-- An array of another length would put every later figure in the wrong place.
select cells.report_id
from {{ ref('int_report_cell') }} as cells
inner join {{ ref('form') }} as form on cells.form = form.form
where cardinality(cells.cell_values) <> form.cells
