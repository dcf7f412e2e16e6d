-- Of last year's reports (int_kept_report) the figures that this year's are compared with. Sparse like int_sparse_cell.
with needed as (
    select distinct form_before as form, unnest(before_cells) as cell_id from {{ ref('form_continuity') }}
),

correction as (
    select report_id, cell_id, corrected_value
    from {{ ref('int_decision') }}
    where action = 'correct' and is_in_effect
),

figure as (
    select
        report.report_id,
        needed.cell_id,
        case when correction.report_id is null then cell.value else correction.corrected_value end as value,
        correction.report_id is not null as is_corrected
    from {{ ref('int_kept_report') }} as report
    inner join needed on report.form = needed.form
    left join {{ ref('stg_cell') }} as cell
        on report.report_id = cell.report_id and needed.cell_id = cell.cell_id and {{ is_last_kept('cell.report_year') }}
    left join correction on report.report_id = correction.report_id and needed.cell_id = correction.cell_id
)

select report_id, cell_id, value from figure
where value is null or value <> 0 or is_corrected
