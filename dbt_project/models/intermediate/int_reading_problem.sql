-- What holds a report beside the arithmetic of its form: the parser's own problems, and a steward's rejection.
with current_report as (
    select report_id, form from {{ ref('int_current_report') }}
),

parser as (
    select issue.report_id, issue.identity, issue.kind, issue.table_key, issue.row_key, issue.column_key
    from {{ ref('stg_issue') }} as issue
    inner join current_report on issue.report_id = current_report.report_id
    where
        issue.kind in ('statutory', 'derived')
        -- what the suites judge anew, after corrections
        and not exists (
            select 1 from {{ ref('form_identity') }} as form_identity
            where form_identity.form = current_report.form and form_identity.identity = issue.identity
        )
        and issue.identity not in (select rule from {{ ref('rule') }})
),

rejected as (
    select
        report_id,
        'rejected_by_steward' as identity,
        'derived' as kind,
        cast(null as text) as table_key,
        cast(null as text) as row_key,
        cast(null as text) as column_key
    from {{ ref('int_decision') }}
    where action = 'reject' and is_in_effect
)

select * from parser
union all
select * from rejected
