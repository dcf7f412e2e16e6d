select
    outcome_id,
    run_id,
    cast(ingest_year as integer) as ingest_year,
    stage,
    item,
    sha256,
    status,
    error,
    hint,
    at
from {{ source('raw', 'outcome') }}
