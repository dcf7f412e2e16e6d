-- For each agency of the roster, itself and everything above it.
with recursive above as (
    select agency_id, agency_id as above_id, parent_agency_id, 0 as steps from {{ ref('stg_agency') }}
    union all
    select above.agency_id, parent.agency_id, parent.parent_agency_id, above.steps + 1
    from above
    inner join {{ ref('stg_agency') }} as parent on above.parent_agency_id = parent.agency_id
    where above.steps < 10  -- a roster in which two agencies stand above each other must not run forever
)

select distinct agency_id, above_id from above
