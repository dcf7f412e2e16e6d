-- From the first report year under the Regulations of 2007 to the last one seen. The Regulations of 2019 came into
-- force on 15 May 2019: the reports on 2018 were still due under those of 2007.
with seen_year as (
    select ingest_year as report_year from {{ ref('stg_ingest_run') }}
    union all
    select report_year from {{ ref('int_edition') }}
    where is_current
    union all
    select first_year from {{ ref('form') }}
),

report_year as (
    select year.report_year
    from (select max(report_year) as last_year from seen_year) as seen
    cross join lateral generate_series(2008, seen.last_year) as year (report_year)
),

ingested as (
    select distinct ingest_year from {{ ref('stg_ingest_run') }}
)

select
    {{ publication_id() }} as publication_id,
    year.report_year,
    form.form,
    form.name_zh as form_zh,
    form.name_en as form_en,
    form.source_zh as form_source_zh,
    form.source_en as form_source_en,
    make_date(year.report_year + 1, case when year.report_year >= 2019 then 1 else 3 end, 31) as department_deadline,
    make_date(year.report_year + 1, 3, 31) as government_deadline,
    case
        when year.report_year >= 2019 then '《政府信息公开条例》（2019年修订）第四十九条'
        else '《政府信息公开条例》（2007年）第三十一条'
    end as deadline_source_zh,
    case
        when year.report_year >= 2019 then 'Regulations on Open Government Information (2019), art. 49'
        else 'Regulations on Open Government Information (2007), art. 31'
    end as deadline_source_en,
    ingested.ingest_year is not null as is_ingested
from report_year as year
left join {{ ref('form') }} as form
    on year.report_year >= form.first_year and year.report_year <= coalesce(form.last_year, year.report_year)
left join ingested on year.report_year = ingested.ingest_year
