-- The reports that the verdicts of this candidate let through.
select report.*, verdict.verdict
from {{ ref('int_current_report') }} as report
inner join {{ source('audit', 'verdict') }} as verdict on report.report_id = verdict.report_id
where
    verdict.publication_id = {{ publication_id() }}
    and verdict.verdict in ('accepted', 'accepted_as_printed')
