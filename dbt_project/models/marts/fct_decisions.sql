-- Every word of a steward's, applied or not.
select
    {{ publication_id() }} as publication_id,
    decision_id,
    status,
    action,
    agency_id,
    report_year,
    scope,
    report_id,
    sha256,
    cell_id,
    printed_value,
    corrected_value,
    reason,
    evidence,
    decided_by,
    decided_at
from {{ ref('int_decision') }}
