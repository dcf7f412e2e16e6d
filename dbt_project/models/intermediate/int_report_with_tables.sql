-- The current reports that print any table; before 2019 some print none, and say nothing of any cell.
select report_id
from {{ ref('int_report_cell') }}
where cardinality(array_remove(cell_states, null)) > 0
