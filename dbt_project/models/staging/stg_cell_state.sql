select state, name
from {{ source('raw', 'cell_state') }}
