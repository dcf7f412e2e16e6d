-- Outcomes in complete runs only, as the lock of inputs has them.
select
    outcome.outcome_id,
    outcome.run_id,
    cast(outcome.ingest_year as integer) as ingest_year,
    outcome.stage,
    outcome.item,
    outcome.sha256,
    outcome.status,
    outcome.error,
    outcome.hint,
    outcome.at
from {{ source('raw', 'outcome') }} as outcome
inner join {{ ref('stg_ingest_run') }} as run on outcome.run_id = run.run_id
