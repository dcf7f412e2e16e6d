{{ config(post_hook='analyze {{ this }}') }}
-- The stewards' decisions, and whether each applies. One applies while the document it was made on is the current one
-- and says what it said then, and no later decision on the same thing exists. The others are kept for the record.
with placed as (
    select
        decision.*,
        edition.report_id,
        edition.agency_id,
        edition.report_year,
        edition.scope,
        coalesce(edition.is_current, false) as is_current,
        case decision.action
            when 'correct' then decision.printed_value is not distinct from cell.value
            when 'accept_as_printed' then decision.figures_hash is null or decision.figures_hash = edition.figures_hash
            else true
        end as is_as_printed,
        1 = row_number() over (
            -- accepting and rejecting speak of the report, correcting speaks of one cell
            partition by decision.sha256, decision.report_ordinal, case decision.action when 'correct' then decision.cell_id end
            order by decision.decided_at desc, decision.decision_id desc
        ) as is_last_word
    from {{ ref('stg_decision') }} as decision
    left join {{ ref('int_edition') }} as edition
        on decision.sha256 = edition.sha256 and decision.report_ordinal = edition.ordinal
    left join {{ ref('stg_cell') }} as cell
        on edition.report_id = cell.report_id and decision.cell_id = cell.cell_id
)

select
    report_id,
    agency_id,
    report_year,
    scope,
    decision_id,
    sha256,
    action,
    cell_id,
    printed_value,
    corrected_value,
    reason,
    evidence,
    decided_by,
    decided_at,
    is_as_printed,
    is_as_printed and is_last_word and is_current as is_in_effect,
    case
        when report_id is null then 'document_unknown'
        when not is_last_word then 'superseded'
        when not is_as_printed then 'figures_changed'
        when not is_current then 'document_replaced'
        else 'applied'
    end as status
from placed
