-- Requests of complete runs, failed ones included.
select
    request.fetch_id,
    request.run_id,
    cast(request.ingest_year as integer) as ingest_year,
    request.portal,
    request.listed_agency,
    request.listed_title,
    request.listed_on,
    coalesce(request.final_url, request.url) as url,
    request.url as listed_url,
    request.http_status,
    request.sha256,
    request.fetched_at,
    request.outcome,
    request.official,
    request.cms,
    request.page_url,
    request.previous_sha256,
    request.error_class,
    request.error
from {{ source('raw', 'fetch') }} as request
inner join {{ ref('stg_ingest_run') }} as run on request.run_id = run.run_id
