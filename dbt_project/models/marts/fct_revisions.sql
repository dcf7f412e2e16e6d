-- As published, as read, as corrected: every figure of the agency-year-scopes whose figures ever differed. A report that
-- never changed has no line; its figures stand in the facts, known since agency_year.known_from.
select
    {{ publication_id() }} as publication_id,
    revision.agency_id,
    revision.report_year,
    revision.scope,
    revision.cell_id,
    revision.version,
    revision.form,
    revision.revision,
    revision.origin,
    revision.value,
    revision.printed_value,
    revision.difference,
    revision.state,
    revision.valid_from,
    revision.valid_to,
    revision.known_from,
    revision.known_to,
    revision.is_as_published,
    revision.is_current,
    -- Only current reports are judged anew for each publication; of an earlier one the parser's verdict is kept.
    coalesce(verdict.verdict, reading.parser_verdict) as verdict,
    revision.decision_id,
    revision.report_id,
    reading.parser_version,
    reading.sha256,
    reading.url
from {{ ref('int_revision') }} as revision
inner join {{ ref('int_reading') }} as reading on revision.report_id = reading.report_id
left join {{ source('audit', 'verdict') }} as verdict
    on revision.report_id = verdict.report_id and verdict.publication_id = {{ publication_id() }}
where {{ is_built('revision.report_year') }}
