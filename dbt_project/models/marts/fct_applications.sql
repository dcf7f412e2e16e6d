-- Sparse: a printed zero has no line, a missing figure has one with a null. Sums within one flow are right.
select
    {{ publication_id() }} as publication_id,
    report_id,
    cell_id,
    agency_id,
    report_year,
    scope,
    form,
    case
        when sums_into_row is not null then 'disposed'
        when row_key = 'requests_received_new' then 'received'
        when row_key = 'requests_carried_over_from_prior_year' then 'carried_over'
        when row_key = 'requests_carried_forward_to_next_year' then 'carried_forward'
    end as flow,
    column_key as applicant,
    row_key as disposition,
    group_key as disposition_group,
    value as requests,
    state,
    raw_text,
    printed_value,
    locator,
    decision_id,
    sha256,
    url
from {{ ref('int_published_cell') }}
where table_key = 'applications' and not is_total
