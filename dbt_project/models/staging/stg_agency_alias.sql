select name_normalised, agency_id
from {{ source('raw', 'agency_alias') }}
