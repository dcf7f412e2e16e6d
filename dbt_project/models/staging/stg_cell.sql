-- `report_year` is not cast: it is the key of the partitions.
select
    report_id,
    report_year,
    cell_id,
    coalesce(value_decimal, value) as value,
    state,
    unit,
    text
from {{ source('raw', 'cell') }}
