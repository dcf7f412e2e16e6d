-- Names that reports print or portals list and the roster does not know, in each year in which they were seen; each is an
-- agency until somebody says whose it is.
-- Its region is the one whose name its own begins with, alone or behind the names of those above it: the longest, as the
-- divisions were on 31 December of the year, if only one has it. gongkai.roster.draft.region_of does the same.
with recursive found_name as (
    select agency_id, agency_printed as name, scope, report_year as seen_year
    from {{ ref('int_edition') }}
    where is_current and agency_id like 'unconfirmed:%'
    union all
    select agency_id, listed_agency, 'unknown', ingest_year
    from {{ ref('int_request') }}
    where agency_id like 'unconfirmed:%'
),

unconfirmed as (
    select distinct on (agency_id, seen_year) agency_id, seen_year, name, scope
    from found_name
    order by agency_id, seen_year, name is null, scope, name
),

region as (
    select
        seen.seen_year,
        region.region_code,
        region.name,
        region.level,
        region.parent_code
    from (select distinct seen_year from unconfirmed) as seen
    inner join {{ ref('stg_region') }} as region
        on make_date(seen.seen_year, 12, 31) between region.valid_from and coalesce(region.valid_to, 'infinity')
),

-- Any of those above may be left out: 鹿城区, 温州市鹿城区, 浙江省鹿城区, 浙江省温州市鹿城区.
full_name as (
    select seen_year, region_code, parent_code as above_code, name
    from region
    union
    select named.seen_year, named.region_code, above.parent_code, longer.name
    from full_name as named
    inner join region as above
        on named.above_code = above.region_code and named.seen_year = above.seen_year
        and above.level is distinct from 'national'
    cross join lateral (values (named.name), (above.name || named.name)) as longer (name)
),

beginning as (
    select unconfirmed.agency_id, unconfirmed.seen_year, left(normalised.name, length.length) as name, length.length
    from unconfirmed
    cross join lateral (select {{ normalise_name('unconfirmed.name') }} as name) as normalised
    cross join lateral generate_series(2, length(normalised.name)) as length (length)
),

longest as (
    select distinct on (beginning.agency_id, beginning.seen_year)
        beginning.agency_id,
        beginning.seen_year,
        min(full_name.region_code) as region_code,
        count(distinct full_name.region_code) as regions
    from beginning
    inner join full_name on beginning.name = full_name.name and beginning.seen_year = full_name.seen_year
    group by beginning.agency_id, beginning.seen_year, beginning.length
    order by beginning.agency_id, beginning.seen_year, beginning.length desc
)

select
    unconfirmed.agency_id,
    unconfirmed.seen_year,
    unconfirmed.name,
    unconfirmed.scope,
    case when longest.regions = 1 then longest.region_code end as region_code,
    1 = row_number() over (
        partition by unconfirmed.agency_id order by unconfirmed.name is null, unconfirmed.seen_year desc
    ) as is_newest
from unconfirmed
left join longest on unconfirmed.agency_id = longest.agency_id and unconfirmed.seen_year = longest.seen_year
