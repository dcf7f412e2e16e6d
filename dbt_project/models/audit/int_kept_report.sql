-- Last year's published reports, where last year is kept as an earlier publication built it: this year's are compared
-- with them. Like int_published_report, of those that print any table.
select edition.report_id, edition.agency_id, edition.report_year, edition.scope, edition.form
from {{ ref('int_edition') }} as edition
inner join {{ source('audit', 'verdict') }} as verdict on edition.report_id = verdict.report_id
where
    {{ is_last_kept('edition.report_year') }}
    and edition.is_current
    and verdict.publication_id = {{ publication_id() }}
    and verdict.verdict in ('accepted', 'accepted_as_printed')
    and exists (
        select 1 from {{ ref('stg_cell') }} as cell
        where cell.report_id = edition.report_id and {{ is_last_kept('cell.report_year') }}
    )
