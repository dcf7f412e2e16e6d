-- Every document that reports on an agency-year-scope, as its newest reading has it: revisions and sightings.
select
    {{ publication_id() }} as publication_id,
    edition.report_id,
    edition.agency_id,
    edition.report_year,
    edition.scope,
    edition.form,
    edition.revision,
    case
        when edition.is_current then 'current'
        when edition.is_set_aside then 'in_doubt'
        when edition.revision = edition.revisions then 'same_figures'
        else 'replaced'
    end as relation,
    edition.published_on,
    edition.first_fetched_at,
    edition.fetched_at,
    edition.loaded_at,
    coalesce(edition.addresses, '{}') as addresses,
    edition.parser_verdict,
    edition.reader,
    edition.parser_version,
    edition.sha256,
    edition.url
from {{ ref('int_edition') }} as edition
where {{ is_built('edition.report_year') }}
