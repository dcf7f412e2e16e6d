select
    agency_id,
    name,
    name_normalised,
    uscc,
    region_code,
    level,
    organ_type,
    scope,
    parent_agency_id,
    valid_from,
    valid_to,
    source
from {{ source('raw', 'agency') }}
