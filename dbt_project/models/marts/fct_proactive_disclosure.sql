-- Sparse like fct_applications. Measures differ in meaning and unit: add up within one measure only.
select
    {{ publication_id() }} as publication_id,
    report_id,
    cell_id,
    agency_id,
    report_year,
    scope,
    form,
    row_key as item,
    column_key as measure,
    value,
    form_unit as unit,
    case value_kind when 'amount' then value when 'amount_wan_yuan' then value * 10000 end as amount_yuan,
    printed_unit,
    state,
    raw_text,
    printed_value,
    locator,
    decision_id,
    sha256,
    url
from {{ ref('int_published_cell') }}
where table_key = 'proactive_disclosure' and not is_total
