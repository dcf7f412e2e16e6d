select report_id, key as claim, value, unit, quote, locator
from {{ source('raw', 'claim') }}
