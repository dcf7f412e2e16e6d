select region_code, name, level, parent_code, valid_from, valid_to, is_statutory, source
from {{ source('raw', 'region') }}
