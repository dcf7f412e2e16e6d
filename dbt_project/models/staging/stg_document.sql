select sha256, media_type, byte_size, archive_uri, first_seen_at
from {{ source('raw', 'document') }}
