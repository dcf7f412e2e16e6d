{{ config(indexes=[{'columns': ['region_code']}]) }}
with predecessor as (
    select agency_id, array_agg(predecessor_id order by changed_on, predecessor_id) as predecessor_ids
    from {{ ref('stg_agency_change') }}
    group by agency_id
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
    region_code,
    null,
    null,
    scope,
    null,
    '{}',
    null,
    null,
    false
from {{ ref('int_unconfirmed_agency') }}
where is_newest
