-- For each region and report year, the region above it at which figures are summed up, once for each level. A region
-- that stands above a level, or has nothing at it (a county right under its province), stands for itself there: so each
-- report counts exactly once at each level.
{%- set levels = ['prefecture', 'provincial', 'national'] %}
with recursive report_year as (
    select report_year from {{ ref('int_current_report') }}
    union
    select ingest_year from {{ ref('stg_ingest_run') }}
    where {{ is_built('ingest_year') }}
),

region as (
    select year.report_year, region.region_code, region.level, region.parent_code
    from report_year as year
    inner join {{ ref('stg_region') }} as region
        on make_date(year.report_year, 12, 31) between region.valid_from and coalesce(region.valid_to, 'infinity')
),

above as (
    select report_year, region_code, region_code as above_code, level, parent_code, 0 as steps from region
    union all
    select above.report_year, above.region_code, region.region_code, region.level, region.parent_code, above.steps + 1
    from above
    inner join region on above.report_year = region.report_year and above.parent_code = region.region_code
    where above.steps < 5  -- a roster in which two regions stand above each other must not run forever
)

select report_year, region_code, 'division' as summed_to, region_code as above_code from region
{%- for level in levels %}
union all
select
    report_year,
    region_code,
    '{{ level }}',
    coalesce((array_agg(above_code order by steps) filter (where level = '{{ level }}'))[1], region_code)
from above
group by report_year, region_code
{%- endfor %}
