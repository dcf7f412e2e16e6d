select
    {{ publication_id() }} as publication_id,
    region_code,
    name,
    level,
    parent_code,
    valid_from,
    valid_to,
    is_statutory,
    source
from {{ ref('stg_region') }}
