{{ config(indexes=[{'columns': ['report_year', 'identity']}]) }}
-- Every identity that does not hold and every finding of the parser, of held reports too. What the parser and the
-- gate both found is one line.
with report as (
    select current_report.*, stored.locators, verdict.verdict
    from {{ ref('int_current_report') }} as current_report
    inner join {{ ref('stg_report') }} as stored on current_report.report_id = stored.report_id
    left join {{ source('audit', 'verdict') }} as verdict
        on current_report.report_id = verdict.report_id and verdict.publication_id = {{ publication_id() }}
),

issue as (
    select issue.*
    from {{ ref('stg_issue') }} as issue
    inner join report on issue.report_id = report.report_id
),

gate_row as (
    select report_id, identity, kind, table_key, row_key, column_key, left_value, right_value, excused_by
    from {{ source('audit', 'violation') }}
    where publication_id = {{ publication_id() }}
    union all
    select report_id, identity, kind, table_key, row_key, column_key, null, null, null
    from {{ ref('int_reading_problem') }}
),

gate as (
    select distinct on (report_id, identity, table_key, row_key, column_key) *
    from gate_row
    order by report_id, identity, table_key, row_key, column_key, left_value nulls last, excused_by nulls last
),

rule as (
    select distinct form, identity as rule, identity_zh as rule_zh, identity_en as rule_en
    from {{ ref('form_identity') }}
    union all
    select form.form, rule.rule, rule.rule_zh, rule.rule_en
    from {{ ref('rule') }} as rule
    cross join {{ ref('form') }} as form
),

found as (
    select
        coalesce(issue.report_id, gate.report_id) as report_id,
        coalesce(issue.identity, gate.identity) as identity,
        coalesce(issue.kind, gate.kind) as kind,
        coalesce(issue.table_key, gate.table_key) as table_key,
        coalesce(issue.row_key, gate.row_key) as row_key,
        coalesce(issue.column_key, gate.column_key) as column_key,
        coalesce(gate.left_value, issue.left_value) as left_value,
        coalesce(gate.right_value, issue.right_value) as right_value,
        issue.ordinal,
        issue.fault,
        issue.suspect_row,
        issue.suspect_column,
        issue.suspect_printed,
        issue.suspect_balances,
        issue.message_zh as parser_message_zh,
        issue.message_en as parser_message_en,
        gate.excused_by,
        case
            when issue.report_id is null then 'gate'
            when gate.report_id is null then 'parser'
            else 'both'
        end as found_by
    from issue
    full join gate
        on issue.report_id = gate.report_id
        and issue.identity = gate.identity
        and coalesce(issue.table_key, '') = coalesce(gate.table_key, '')
        and coalesce(issue.row_key, '') = coalesce(gate.row_key, '')
        and coalesce(issue.column_key, '') = coalesce(gate.column_key, '')
),

worded as (
    select
        found.*,
        coalesce(
            found.parser_message_zh,
            rule.rule_zh || coalesce('：左边 ' || found.left_value || '，右边 ' || found.right_value, ''),
            found.identity
        ) as message_zh,
        coalesce(
            found.parser_message_en,
            rule.rule_en || coalesce(': left ' || found.left_value || ', right ' || found.right_value, ''),
            found.identity
        ) as message_en
    from found
    inner join report on found.report_id = report.report_id
    left join rule on report.form = rule.form and found.identity = rule.rule
)

select
    {{ publication_id() }} as publication_id,
    found.report_id,
    cast(row_number() over (
        partition by found.report_id
        order by found.ordinal nulls last, found.identity, found.table_key, found.row_key, found.column_key
    ) as integer) as finding_number,
    report.agency_id,
    report.report_year,
    report.scope,
    report.form,
    report.verdict,
    found.identity,
    found.kind,
    found.table_key,
    found.row_key,
    found.column_key,
    found.left_value,
    found.right_value,
    found.left_value - found.right_value as difference,
    coalesce(found.fault, 'unknown') as fault,
    found.suspect_row,
    found.suspect_column,
    suspect.cell_id as suspect_cell_id,
    found.suspect_printed,
    found.suspect_balances,
    report.locators -> cast(suspect.cell_id as text) as suspect_locator,
    found.message_zh,
    found.message_en,
    -- what the reader misread, or a steward has excused, is no matter of the agency's
    case
        when found.fault is distinct from 'reader' and found.excused_by is null
            then '贵机关' || coalesce('《' || report.title || '》', report.report_year || '年政府信息公开工作年度报告')
                || coalesce('（' || report.url || '）', '') || '中，' || rtrim(found.message_zh, '。') || '。'
                || case found.kind
                    when 'advisory' then '请核实。'
                    else '请核对；确系差错的，请更正后重新公布。'
                end
    end as letter_zh,
    found.found_by,
    found.excused_by,
    report.sha256,
    report.url,
    report.parser_version
from worded as found
inner join report on found.report_id = report.report_id
left join {{ ref('form_cell') }} as suspect
    on report.form = suspect.form
    and found.table_key = suspect.table_key
    and found.suspect_row = suspect.row_key
    and found.suspect_column = suspect.column_key
