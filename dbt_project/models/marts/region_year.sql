-- Own-organ reports summed over regions. Reports on a whole area are left out: they contain the figures of the organs
-- in it. At each level (`summed_to`) every report counts once; levels are sums of the same reports, so add up within one.
-- Counts are summed first, then divided; a report that lacks one figure of a rate counts in neither.
-- An agency that is not on the roster counts where its name put it in the year of the report.
with placed as (
    select
        agency_year.*,
        case when agency.on_roster then agency.region_code else unconfirmed.region_code end as region_code
    from {{ ref('agency_year') }} as agency_year
    inner join {{ ref('dim_agency') }} as agency on agency_year.agency_id = agency.agency_id
    left join {{ ref('int_unconfirmed_agency') }} as unconfirmed
        on agency_year.agency_id = unconfirmed.agency_id and agency_year.report_year = unconfirmed.seen_year
    where agency_year.scope = 'own_organ'
),

report as (
    select * from placed where region_code is not null
),

division as (
    select
        region_code,
        report_year,
        count(*) as reports,
        count(*) filter (where cells_missing > 0) as reports_lacking_figures,
        {%- for name in counts() %}
        sum({{ name }}) as {{ name }},
        {%- endfor %}
        {%- for name, (numerator, denominator) in rates().items() %}
        sum({{ numerator }}) filter (where {{ denominator }} is not null) as {{ name }}_above,
        sum({{ denominator }}) filter (where {{ numerator }} is not null) as {{ name }}_below
        {{- ',' if not loop.last }}
        {%- endfor %}
    from report
    group by region_code, report_year
),

due as (
    select
        agency.region_code,
        coverage.report_year,
        count(*) as reports_due,
        count(*) filter (where coverage.found) as reports_found,
        count(*) filter (where not coverage.late) as reports_on_time,
        count(*) filter (where coverage.late) as reports_late
    from {{ ref('fct_coverage') }} as coverage
    inner join {{ ref('dim_agency') }} as agency on coverage.agency_id = agency.agency_id
    where coverage.expected and coverage.scope = 'own_organ' and agency.region_code is not null
    group by agency.region_code, coverage.report_year
),

region as (
    select
        level.summed_to,
        coalesce(region_at.above_code, region_code) as at_code,
        report_year,
        coalesce(sum(due.reports_due), 0) as reports_due,
        coalesce(sum(due.reports_found), 0) as reports_found,
        coalesce(sum(due.reports_on_time), 0) as reports_on_time,
        coalesce(sum(due.reports_late), 0) as reports_late,
        coalesce(sum(division.reports), 0) as reports,
        coalesce(sum(division.reports_lacking_figures), 0) as reports_lacking_figures,
        {%- for name in counts() %}
        sum(division.{{ name }}) as {{ name }},
        {%- endfor %}
        {%- for name in rates() %}
        {{ share('sum(division.' ~ name ~ '_above)', 'sum(division.' ~ name ~ '_below)') }} as {{ name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from division
    full join due using (region_code, report_year)
    cross join (values ('division'), ('prefecture'), ('provincial'), ('national')) as level (summed_to)
    left join {{ ref('int_region_at') }} as region_at using (region_code, report_year, summed_to)
    group by level.summed_to, at_code, report_year
),

-- the name of a division may change within the years; the newest says what it is
named as (
    select distinct on (region_code) region_code, name, level
    from {{ ref('dim_region') }}
    order by region_code, valid_from desc
)

select
    {{ publication_id() }} as publication_id,
    region.summed_to,
    region.at_code as region_code,
    region.report_year,
    named.name as region_name,
    named.level as region_level,
    cast(region.reports_due as integer) as reports_due,
    cast(region.reports_found as integer) as reports_found,
    cast(region.reports_on_time as integer) as reports_on_time,
    cast(region.reports_late as integer) as reports_late,
    {{ share('region.reports_on_time', 'region.reports_due') }} as on_time_share_of_reports_due,
    cast(region.reports as integer) as reports,
    cast(region.reports_lacking_figures as integer) as reports_lacking_figures,
    {%- for name in counts() %}
    region.{{ name }},
    {%- endfor %}
    {%- for name in rates() %}
    region.{{ name }},
    {%- endfor %}
    {%- for name, count in guards().items() %}
    region.{{ count }} >= 30 as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from region
left join named on region.at_code = named.region_code
