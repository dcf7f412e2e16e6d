-- What each figure was, and when, for agency-year-scopes whose figures ever differed: between documents (a revision of
-- the publisher's), between readings of one document (ours), or by a steward's correction. Equal neighbours are one line.
with reading as (
    select
        reading.report_id,
        reading.agency_id,
        reading.report_year,
        reading.scope,
        reading.sha256,
        reading.ordinal,
        reading.place,
        reading.form,
        case when reading.is_newest then edition.revision_published_day else reading.published_day end as published_day,
        reading.superseded_at,
        reading.is_newest,
        reading.is_set_aside,
        edition.revision,
        case when reading.is_newest then edition.revision_loaded_at else reading.loaded_at end as known_at
    from {{ ref('int_reading') }} as reading
    left join {{ ref('int_edition') }} as edition
        on reading.agency_id = edition.agency_id
        and reading.report_year = edition.report_year
        and reading.scope = edition.scope
        and reading.sha256 = edition.sha256
        and edition.is_representative
    where
        reading.is_compared
        -- Other sightings of a revision add nothing; a document that was read as another agency's since then does.
        and (reading.report_id = edition.report_id or (edition.report_id is not null and not reading.is_newest)
            or not reading.is_still_here)
        and exists (
            select 1 from {{ ref('int_edition') }} as current
            where
                current.agency_id = reading.agency_id
                and current.report_year = reading.report_year
                and current.scope = reading.scope
        )
),

replaced as (
    select
        *,
        least(
            superseded_at,
            min(known_at) over (
                partition by agency_id, report_year, scope
                order by revision nulls first, place rows between 1 following and unbounded following
            )
        ) as replaced_at
    from reading
),

known as (
    select
        *,
        case when replaced_at is not null then greatest(known_at, replaced_at) end as known_until
    from replaced
),

-- What a steward said of a cell holds until he says something else of it, in every reading that reads what he saw.
word as (
    select
        known.report_id,
        decision.cell_id,
        decision.decision_id,
        decision.printed_value,
        decision.corrected_value,
        greatest(known.known_at, decision.decided_at) as said_at,
        lead(greatest(known.known_at, decision.decided_at)) over (
            partition by known.report_id, decision.cell_id order by decision.decided_at, decision.decision_id
        ) as replaced_at
    from known
    inner join {{ ref('stg_decision') }} as decision
        on known.sha256 = decision.sha256 and known.ordinal = decision.report_ordinal
    where decision.action = 'correct'
),

first_word as (
    select report_id, cell_id, min(said_at) as said_at from word
    group by report_id, cell_id
),

line as (
    select
        known.*,
        figure.cell_id,
        figure.value,
        figure.value as printed_value,
        figure.state,
        cast(null as bigint) as decision_id,
        cast(null as bigint) as word_id,
        known.known_at as known_from,
        least(known.known_until, first_word.said_at) as known_to
    from known
    inner join {{ ref('int_reading_figure') }} as figure on known.report_id = figure.report_id
    left join first_word on figure.report_id = first_word.report_id and figure.cell_id = first_word.cell_id
    union all
    select
        known.*,
        word.cell_id,
        case when still.is_printed then word.corrected_value else figure.value end,
        figure.value,
        case when still.is_printed then {{ state_of('word.corrected_value') }} else figure.state end,
        case when still.is_printed then word.decision_id end,
        word.decision_id,
        word.said_at,
        least(
            case when known.known_until is not null then greatest(known.known_until, word.said_at) end, word.replaced_at
        )
    from known
    inner join word on known.report_id = word.report_id
    inner join {{ ref('int_reading_figure') }} as figure
        on word.report_id = figure.report_id and word.cell_id = figure.cell_id
    cross join lateral (select word.printed_value is not distinct from figure.value as is_printed) as still
),

marked as (
    select
        *,
        row_number() over earlier = 1
        or value is distinct from lag(value) over earlier
        or (state = 'lost') <> lag(state = 'lost') over earlier
        or decision_id is distinct from lag(decision_id) over earlier as is_start
    from line
    window earlier as (
        partition by agency_id, report_year, scope, cell_id
        order by revision nulls first, place, word_id nulls first
    )
),

numbered as (
    select
        *,
        cast(count(*) filter (where is_start) over (
            partition by agency_id, report_year, scope, cell_id
            order by revision nulls first, place, word_id nulls first
        ) as integer) as version
    from marked
),

version as (
    select
        agency_id,
        report_year,
        scope,
        cell_id,
        version,
        min(form) as form,
        min(revision) as revision,
        (array_agg(report_id order by place desc))[1] as report_id,
        (array_agg(state order by place desc))[1] as state,
        max(value) as value,
        max(printed_value) as printed_value,
        max(decision_id) as decision_id,
        bool_or(is_newest and not is_set_aside and decision_id is null) as is_as_published,
        (array_agg(published_day order by place))[1] as published_day,
        -- What was replaced before it was ever known, as an older document found later, has an empty interval.
        coalesce(
            min(known_from) filter (where known_to is null or known_to > known_from), min(known_from)
        ) as known_from,
        case
            when bool_and(known_to is not null)
                then coalesce(max(known_to) filter (where known_to > known_from), min(known_from))
        end as known_to
    from numbered
    group by agency_id, report_year, scope, cell_id, version
),

compared as (
    select
        *,
        max(version) over same_report > 1 or min(form) over same_report <> max(form) over same_report as is_different
    from version
    window same_report as (partition by agency_id, report_year, scope)
)

select
    compared.agency_id,
    compared.report_year,
    compared.scope,
    compared.form,
    compared.cell_id,
    compared.version,
    compared.revision,
    compared.report_id,
    case
        when compared.decision_id is not null then 'corrected'
        when compared.version = 1 then 'published'
        when compared.revision is distinct from lag(compared.revision) over earlier then 'revised'
        else 'reread'
    end as origin,
    compared.value,
    compared.printed_value,
    compared.value - lag(compared.value) over earlier as difference,
    compared.state,
    case when compared.is_as_published or compared.decision_id is not null then compared.published_day end as valid_from,
    case
        when compared.is_as_published or compared.decision_id is not null
            then min(compared.published_day) filter (where compared.is_as_published) over later
    end as valid_to,
    compared.known_from,
    compared.known_to,
    compared.is_as_published,
    current_report.report_id is not null
    and 1 = row_number() over (
        partition by compared.agency_id, compared.report_year, compared.scope, compared.cell_id
        order by compared.version desc
    ) as is_current,
    compared.decision_id
from compared
left join {{ ref('int_current_report') }} as current_report on compared.report_id = current_report.report_id
where compared.is_different
window
    earlier as (
        partition by compared.agency_id, compared.report_year, compared.scope, compared.cell_id order by compared.version
    ),
    later as (
        partition by compared.agency_id, compared.report_year, compared.scope, compared.cell_id
        order by compared.version rows between 1 following and unbounded following
    )
