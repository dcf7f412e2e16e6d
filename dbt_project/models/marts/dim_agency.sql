with predecessor as (
    select agency_id, array_agg(predecessor_id order by changed_on, predecessor_id) as predecessor_ids
    from {{ ref('stg_agency_change') }}
    group by agency_id
),

-- Printed or listed names that the roster does not know; each is an agency until somebody says whose it is.
unconfirmed_name as (
    select agency_id, agency_printed as name, scope, report_year as seen_year
    from {{ ref('int_current_report') }}
    where agency_id like 'unconfirmed:%'
    union all
    select agency_id, listed_agency, 'unknown', ingest_year
    from {{ ref('int_request') }}
    where agency_id like 'unconfirmed:%'
),

unconfirmed as (
    select distinct on (agency_id) agency_id, name, scope
    from unconfirmed_name
    order by agency_id, name is null, seen_year desc, scope
)

select
    {{ publication_id() }} as publication_id,
    agency.agency_id,
    agency.name,
    agency.uscc,
    agency.region_code,
    agency.level,
    agency.organ_type,
    agency.scope,
    agency.parent_agency_id,
    coalesce(predecessor.predecessor_ids, '{}') as predecessor_ids,
    agency.valid_from,
    agency.valid_to,
    true as on_roster
from {{ ref('stg_agency') }} as agency
left join predecessor on agency.agency_id = predecessor.agency_id

union all

select
    {{ publication_id() }},
    agency_id,
    coalesce(name, agency_id),
    null,
    null,
    null,
    null,
    scope,
    null,
    '{}',
    null,
    null,
    false
from unconfirmed
