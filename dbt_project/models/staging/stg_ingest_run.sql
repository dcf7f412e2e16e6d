-- Complete runs only: a year that is half loaded is invisible.
select
    run_id,
    cast(ingest_year as integer) as ingest_year,
    source,
    started_at,
    completed_at
from {{ source('raw', 'ingest_run') }}
where status = 'complete'
