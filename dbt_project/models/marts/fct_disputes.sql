-- Sparse like fct_applications. Cases still pending are counted again next year: do not add them up over years.
select
    {{ publication_id() }} as publication_id,
    report_id,
    cell_id,
    agency_id,
    report_year,
    scope,
    form,
    row_key as procedure,
    column_key as outcome,
    value as cases,
    state,
    raw_text,
    printed_value,
    locator,
    decision_id,
    sha256,
    url
from {{ ref('int_published_cell') }}
where table_key = 'disputes' and not is_total
