select agency_id, predecessor_id, relation, changed_on
from {{ source('raw', 'agency_change') }}
