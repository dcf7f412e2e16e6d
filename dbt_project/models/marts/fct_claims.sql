{{ config(pre_hook="set local enable_nestloop = off") }}
-- Hash joins, whatever the planner believes: what this reads was built a moment ago and has no statistics yet.
-- Figures that reports state in their prose, beside those of the tables. A claim may mean one of several sums of cells:
-- the one it equals stands here, else the first. One in percent is set against the share of two sums, rounded as it is.
-- Advisory only: figures in prose overlap and round.
with claim as (
    select
        claim.report_id,
        claim.claim,
        claim.value,
        claim.unit,
        claim.quote,
        claim.locator,
        published.agency_id,
        published.report_year,
        published.scope,
        published.form,
        published.sha256,
        published.url,
        row_number() over (
            partition by claim.report_id order by claim.claim, claim.quote, claim.value
        ) as claim_number
    from {{ ref('stg_claim') }} as claim
    inner join {{ ref('int_published_report') }} as published on claim.report_id = published.report_id
),

part as (
    select
        claim.report_id,
        claim.claim_number,
        claim.value,
        meaning.alternative,
        meaning.cells,
        meaning.of_cells,
        part.cell_id,
        part.cell_id = any(meaning.cells) as is_above,
        part.cell_id = any(meaning.of_cells) as is_below
    from claim
    inner join {{ ref('int_report_with_tables') }} as with_tables on claim.report_id = with_tables.report_id
    inner join {{ ref('form_claim') }} as meaning on claim.form = meaning.form and claim.claim = meaning.claim
    cross join lateral (select distinct unnest(meaning.cells || meaning.of_cells) as cell_id) as part
),

-- int_sparse_cell has no line for a printed zero, and one with a null for what is missing
summed as (
    select
        part.report_id,
        part.claim_number,
        part.value,
        part.alternative,
        part.cells,
        part.of_cells,
        coalesce(sum(cell.value) filter (where part.is_above), 0) as above,
        coalesce(sum(cell.value) filter (where part.is_below), 0) as below,
        count(*) filter (where cell.cell_id is not null and cell.value is null) as missing
    from part
    left join {{ ref('int_sparse_cell') }} as cell on part.report_id = cell.report_id and part.cell_id = cell.cell_id
    group by part.report_id, part.claim_number, part.value, part.alternative, part.cells, part.of_cells
),

valued as (
    select
        *,
        case
            when missing > 0 then null
            when of_cells = '{}' then above
            else round(100 * above / nullif(below, 0), coalesce(scale(value), 2))
        end as table_value
    from summed
),

meant as (
    select distinct on (report_id, claim_number) report_id, claim_number, cells, of_cells, table_value
    from valued
    order by report_id, claim_number, table_value is null, table_value is distinct from value, alternative
)

select
    {{ publication_id() }} as publication_id,
    claim.report_id,
    cast(claim.claim_number as integer) as claim_number,
    claim.agency_id,
    claim.report_year,
    claim.scope,
    claim.form,
    claim.claim,
    kind.claim_zh,
    kind.claim_en,
    claim.value,
    claim.unit,
    claim.quote,
    meant.cells as table_cells,
    nullif(meant.of_cells, '{}') as table_of_cells,
    meant.table_value,
    claim.value - meant.table_value as difference,
    case
        when claim.value is null or meant.table_value is null then 'not_assessable'
        when claim.value = meant.table_value then 'matches'
        else 'differs'
    end as outcome,
    claim.locator,
    claim.sha256,
    claim.url
from claim
left join (select distinct claim, claim_zh, claim_en from {{ ref('form_claim') }}) as kind on claim.claim = kind.claim
left join meant on claim.report_id = meant.report_id and claim.claim_number = meant.claim_number
