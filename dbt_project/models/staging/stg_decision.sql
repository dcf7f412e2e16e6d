select
    decision_id,
    sha256,
    report_ordinal,
    action,
    cell_id,
    printed_value,
    corrected_value,
    figures_hash,
    reason,
    evidence,
    decided_by,
    decided_at
from {{ source('raw', 'decision') }}
