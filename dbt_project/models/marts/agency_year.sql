{{ config(indexes=[
    {'columns': ['agency_id', 'report_year']},
    {'columns': ['report_year', 'requests_carried_forward_to_next_year']},
]) }}
-- One line a published report: its printed totals, sums of the groups, and rates. A sum with a missing part is null.
{%- set table_3 = {
    'requests_received_new': 'requests_received_new',
    'requests_carried_over_from_prior_year': 'requests_carried_over_from_prior_year',
    'granted_in_full': 'granted_in_full',
    'granted_in_part': 'granted_in_part',
    'denied_total': 'denied',
    'unable_to_provide_total': 'unable_to_provide',
    'unable_to_provide_not_held': 'unable_to_provide_not_held',
    'not_processed_total': 'not_processed',
    'other_disposition_total': 'other_disposition',
    'dispositions_total': 'dispositions_total',
    'requests_carried_forward_to_next_year': 'requests_carried_forward_to_next_year',
} %}
{%- set procedures = ['reconsideration', 'litigation_direct', 'litigation_after_reconsideration'] %}
{%- set outcomes = ['upheld', 'corrected', 'other', 'pending', 'total'] %}
{%- set table_2 = {
    'rules_made': ('rules', 'made_this_year'),
    'rules_repealed': ('rules', 'repealed_this_year'),
    'rules_in_force': ('rules', 'in_force'),
    'rules_total_disclosed': ('rules', 'total_disclosed'),
    'normative_documents_made': ('normative_documents', 'made_this_year'),
    'normative_documents_repealed': ('normative_documents', 'repealed_this_year'),
    'normative_documents_in_force': ('normative_documents', 'in_force'),
    'normative_documents_total_disclosed': ('normative_documents', 'total_disclosed'),
    'licensing_decisions': ('licensing', 'decisions'),
    'penalty_decisions': ('penalty', 'decisions'),
    'coercion_decisions': ('coercion', 'decisions'),
    'procurement_projects': ('centralised_procurement', 'procurement_projects'),
    'procurement_amount_yuan': ('centralised_procurement', 'procurement_amount'),
} %}
with report as (
    select published.*, {{ unpacked('cells.cell_values') }} as cell_values
    from {{ ref('int_published_report') }} as published
    inner join {{ ref('int_report_cell') }} as cells on published.report_id = cells.report_id
    offset 0
),

history as (
    select
        agency_id,
        report_year,
        scope,
        cast(count(distinct cell_id) filter (where not is_current) as integer) as figures_replaced,
        max(known_from) filter (where is_current) as known_from
    from {{ ref('int_revision') }}
    group by agency_id, report_year, scope
),

decision as (
    select
        report_id,
        cast(count(*) filter (where action = 'correct') as integer) as figures_corrected,
        max(decided_at) as decided_at
    from {{ ref('int_decision') }}
    where is_in_effect
    group by report_id
),

figure as (
    select
        report.*,
        {%- for name, rows in table_3.items() %}
        {{ group_value('applications', rows, 'total') }} as {{ name }},
        {%- endfor %}
        {{ cell_value('applications', 'requests_received_new', 'natural_person') }}
            as requests_received_new_from_natural_persons,
        {{ row_value('applications', 'requests_received_new', without=['natural_person', 'total']) }}
            as requests_received_new_from_organisations,
        {%- for reason in reasons_of_denial() %}
        {{ cell_value('applications', reason, 'total') }} as {{ reason }},
        {%- endfor %}
        {%- for procedure in procedures %}{% for outcome in outcomes %}
        {{ cell_value('disputes', procedure, outcome) }} as {{ procedure }}_{{ outcome }},
        {%- endfor %}{% endfor %}
        {%- for name, (row, column) in table_2.items() %}
        {{ cell_value('proactive_disclosure', row, column) }} as {{ name }},
        {%- endfor %}
        {{ cell_value('proactive_disclosure', 'administrative_fees', 'fee_amount_wan_yuan') }} * 10000
            as administrative_fees_yuan,
        {%- for name, forms in gongkai_over_forms().items() %}
        {{ places_value(forms) }} as {{ name }}_over_forms,
        {%- endfor %}
        cardinality(cell_values) as cells_of_form,
        cardinality(array_positions(cell_values, null)) as cells_missing
    from report
),

summed as (
    select
        *,
        requests_received_new + requests_carried_over_from_prior_year as requests_to_handle,
        granted_in_full + granted_in_part as granted_total,
        {%- for outcome in outcomes %}
        litigation_direct_{{ outcome }} + litigation_after_reconsideration_{{ outcome }} as litigation_{{ outcome }},
        {%- endfor %}
        reconsideration_total - reconsideration_pending as reconsideration_concluded,
        litigation_direct_total + litigation_after_reconsideration_total
        - litigation_direct_pending - litigation_after_reconsideration_pending as litigation_concluded,
        reconsideration_total + litigation_direct_total + litigation_after_reconsideration_total as disputes_total,
        normative_documents_made + normative_documents_repealed as normative_documents_changed
    from figure
)

select
    {{ publication_id() }} as publication_id,
    report_id,
    agency_id,
    report_year,
    scope,
    form,
    agency_printed,
    title,
    {%- for name in counts() %}
    {{ name }},
    {%- endfor %}
    {%- for name, (numerator, denominator) in rates().items() %}
    {{ share(numerator, denominator) }} as {{ name }},
    {%- endfor %}
    {%- for name, count in guards().items() %}
    {{ count }} >= 30 as {{ name }},
    {%- endfor %}
    cells_of_form,
    cells_missing,
    verdict,
    sha256,
    url,
    fetched_at,
    published_on,
    reader,
    parser_version,
    revision,
    sightings,
    coalesce(decision.figures_corrected, 0) as figures_corrected,
    coalesce(history.figures_replaced, 0) as figures_replaced,
    greatest(coalesce(history.known_from, summed.first_loaded_at), decision.decided_at) as known_from
from summed
left join decision using (report_id)
left join history using (agency_id, report_year, scope)
