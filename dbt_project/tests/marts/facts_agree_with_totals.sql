-- Where a report lacks no cell, the parts in the facts add up to the totals in agency_year, zeros left out or not.
with application as (
    select
        report_id,
        sum(requests) filter (where flow = 'received') as received,
        sum(requests) filter (where flow = 'disposed') as disposed
    from {{ ref('fct_applications') }}
    group by report_id
),

dispute as (
    select report_id, sum(cases) as cases
    from {{ ref('fct_disputes') }}
    group by report_id
)

select agency_year.report_id
from {{ ref('agency_year') }} as agency_year
left join application on agency_year.report_id = application.report_id
left join dispute on agency_year.report_id = dispute.report_id
where
    agency_year.verdict = 'accepted'
    and agency_year.cells_missing = 0
    and (
        agency_year.requests_received_new <> coalesce(application.received, 0)
        or agency_year.dispositions_total <> coalesce(application.disposed, 0)
        or agency_year.disputes_total <> coalesce(dispute.cases, 0)
    )
