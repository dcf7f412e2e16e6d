-- The stewards' decisions on current reports. A decision is in effect while the document is the same, the printed
-- value still matches, and no later decision on the same thing exists; the others are kept for the record.
with decision as (
    select
        report.report_id,
        decision.*
    from {{ ref('stg_decision') }} as decision
    inner join {{ ref('int_current_report') }} as report
        on decision.sha256 = report.sha256 and decision.report_ordinal = report.ordinal
),

matched as (
    select
        decision.*,
        decision.cell_id is null or decision.printed_value is not distinct from cell.value as is_as_printed
    from decision
    left join {{ ref('stg_cell') }} as cell
        on decision.report_id = cell.report_id and decision.cell_id = cell.cell_id
)

select
    report_id,
    decision_id,
    action,
    cell_id,
    printed_value,
    corrected_value,
    reason,
    evidence,
    decided_by,
    decided_at,
    is_as_printed,
    is_as_printed and 1 = row_number() over (
        -- accepting and rejecting speak of the report, correcting speaks of one cell
        partition by report_id, action = 'correct', case when action = 'correct' then cell_id end
        order by decided_at desc, decision_id desc
    ) as is_in_effect
from matched
