-- Sparse like fct_applications. Indicators differ in meaning and unit: add up within one indicator only. The figure of an
-- indicator that others add up to stands in `total`, apart from theirs.
select
    {{ publication_id() }} as publication_id,
    report_id,
    cell_id,
    agency_id,
    report_year,
    scope,
    form,
    row_key as indicator,
    case when not is_total then value end as value,
    case when is_total then value end as total,
    is_total,
    form_unit as unit,
    case when value_kind = 'amount_wan_yuan' then value * 10000 end as amount_yuan,
    printed_unit,
    state,
    raw_text,
    printed_value,
    locator,
    decision_id,
    sha256,
    url
from {{ ref('int_published_cell') }}
where table_key = 'statistics'
