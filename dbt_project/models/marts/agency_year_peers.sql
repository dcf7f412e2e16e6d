-- Where each rate of an agency stands among its peers: agencies of the same level, type, scope and year. The percentile
-- is the share of the other agencies with a lower rate, ties counting half; null where fewer than 10 agencies have it.
{%- set fewest = 10 %}
with report as (
    select
        agency_year.report_id,
        agency_year.agency_id,
        agency_year.report_year,
        agency_year.scope,
        agency.level,
        agency.organ_type,
        dense_rank() over (
            order by agency_year.report_year, agency_year.scope, agency.level, agency.organ_type
        ) as peer_group,
        array[
            {%- for name in rates() %}
            agency_year.{{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        ] as rates
    from {{ ref('agency_year') }} as agency_year
    inner join {{ ref('dim_agency') }} as agency on agency_year.agency_id = agency.agency_id
    where agency.level is not null and agency.organ_type is not null
),

rate as (
    select report.report_id, report.peer_group, rate.place, rate.value
    from report
    cross join lateral unnest(report.rates) with ordinality as rate (value, place)
    where rate.value is not null
),

ranked as (
    select
        report_id,
        place,
        rank() over by_value - 1 as lower,
        count(*) over by_value as lower_or_equal,
        count(*) over (partition by peer_group, place) as peers
    from rate
    window by_value as (partition by peer_group, place order by value)
),

percentile as (
    select
        report_id,
        {%- for name in rates() %}
        max(
            round((lower + (lower_or_equal - lower - 1) / 2.0) / (peers - 1), 4)
        ) filter (where place = {{ loop.index }} and peers >= {{ fewest }}) as {{ name }}_percentile
        {{- ',' if not loop.last }}
        {%- endfor %}
    from ranked
    group by report_id
)

select
    {{ publication_id() }} as publication_id,
    report.report_id,
    report.agency_id,
    report.report_year,
    report.scope,
    report.level,
    report.organ_type,
    cast(count(*) over (partition by report.peer_group) as integer) as peers,
    {%- for name in rates() %}
    percentile.{{ name }}_percentile{{ ',' if not loop.last }}
    {%- endfor %}
from report
left join percentile on report.report_id = percentile.report_id
