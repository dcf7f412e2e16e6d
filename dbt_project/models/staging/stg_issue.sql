select
    report_id,
    cast(ordinal as integer) as ordinal,
    identity,
    kind,
    table_key,
    row_key,
    column_key,
    left_value,
    right_value,
    fault,
    suspect_row,
    suspect_column,
    suspect_printed,
    suspect_balances,
    message_zh,
    message_en
from {{ source('raw', 'issue') }}
