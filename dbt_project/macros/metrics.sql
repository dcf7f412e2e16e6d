{#
  The rates of agency_year and region_year: name -> numerator and denominator. Names carry their denominator. Reasons
  of denial come from the forms.
#}
{% macro rates() -%}
  {%- set rates = {
    'granted_in_full_share_of_dispositions': ('granted_in_full', 'dispositions_total'),
    'granted_share_of_dispositions': ('granted_total', 'dispositions_total'),
    'granted_in_full_share_of_requests_to_handle': ('granted_in_full', 'requests_to_handle'),
    'granted_share_of_requests_to_handle': ('granted_total', 'requests_to_handle'),
    'granted_in_full_share_of_requests_received': ('granted_in_full', 'requests_received_new'),
    'granted_share_of_requests_received': ('granted_total', 'requests_received_new'),
    'denied_share_of_dispositions': ('denied_total', 'dispositions_total'),
    'unable_to_provide_share_of_dispositions': ('unable_to_provide_total', 'dispositions_total'),
    'not_held_share_of_unable_to_provide': ('unable_to_provide_not_held', 'unable_to_provide_total'),
    'not_processed_share_of_dispositions': ('not_processed_total', 'dispositions_total'),
    'carried_forward_share_of_requests_to_handle': ('requests_carried_forward_to_next_year', 'requests_to_handle'),
    'natural_person_share_of_requests_received': ('requests_received_new_from_natural_persons', 'requests_received_new'),
    'disputes_per_request_received': ('disputes_total', 'requests_received_new'),
    'corrected_share_of_reconsiderations': ('reconsideration_corrected', 'reconsideration_total'),
    'corrected_share_of_concluded_reconsiderations': ('reconsideration_corrected', 'reconsideration_concluded'),
    'corrected_share_of_litigation': ('litigation_corrected', 'litigation_total'),
    'corrected_share_of_concluded_litigation': ('litigation_corrected', 'litigation_concluded'),
    'normative_documents_turnover_per_document_in_force':
      ('normative_documents_changed', 'normative_documents_in_force'),
    'licensing_decisions_per_penalty_decision': ('licensing_decisions', 'penalty_decisions'),
  } -%}
  {%- for reason in reasons_of_denial() -%}
    {%- do rates.update({reason ~ '_share_of_denied': (reason, 'denied_total')}) -%}
  {%- endfor -%}
  {{ return(rates) }}
{%- endmacro %}

{# The rows of the group that says why a request was denied, in the order of the forms. #}
{% macro reasons_of_denial() -%}
  {%- set reasons = [] -%}
  {%- for tables in gongkai_forms().values() if 'applications' in tables -%}
    {%- for row in tables['applications']['groups']['denied'] if row not in reasons -%}
      {%- do reasons.append(row) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(reasons) }}
{%- endmacro %}

{# Whether there are enough cases for a rate to mean something, one column a denominator. #}
{% macro guards() -%}
  {{ return({
    'requests_received_at_least_30': 'requests_received_new',
    'requests_to_handle_at_least_30': 'requests_to_handle',
    'dispositions_at_least_30': 'dispositions_total',
    'denied_at_least_30': 'denied_total',
    'unable_to_provide_at_least_30': 'unable_to_provide_total',
    'reconsiderations_at_least_30': 'reconsideration_total',
    'concluded_reconsiderations_at_least_30': 'reconsideration_concluded',
    'litigation_at_least_30': 'litigation_total',
    'concluded_litigation_at_least_30': 'litigation_concluded',
    'normative_documents_in_force_at_least_30': 'normative_documents_in_force',
    'penalty_decisions_at_least_30': 'penalty_decisions',
  }) }}
{%- endmacro %}

{# The counts and amounts of agency_year, which may be added up over agencies; region_year does. #}
{% macro counts() -%}
  {%- set counts = [
    'requests_received_new', 'requests_received_new_from_natural_persons', 'requests_received_new_from_organisations',
    'requests_carried_over_from_prior_year', 'requests_to_handle', 'granted_in_full', 'granted_in_part', 'granted_total',
    'denied_total', 'unable_to_provide_total', 'unable_to_provide_not_held', 'not_processed_total',
    'other_disposition_total', 'dispositions_total', 'requests_carried_forward_to_next_year',
  ] -%}
  {%- do counts.extend(reasons_of_denial()) -%}
  {%- for procedure in ['reconsideration', 'litigation_direct', 'litigation_after_reconsideration', 'litigation'] -%}
    {%- for outcome in ['upheld', 'corrected', 'other', 'pending', 'total'] -%}
      {%- do counts.append(procedure ~ '_' ~ outcome) -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- do counts.extend([
    'reconsideration_concluded', 'litigation_concluded', 'disputes_total',
    'rules_made', 'rules_repealed', 'rules_in_force', 'rules_total_disclosed', 'normative_documents_made',
    'normative_documents_repealed', 'normative_documents_changed', 'normative_documents_in_force',
    'normative_documents_total_disclosed', 'licensing_decisions', 'penalty_decisions', 'coercion_decisions',
    'procurement_projects', 'procurement_amount_yuan', 'administrative_fees_yuan',
  ]) -%}
  {%- for name in gongkai_over_forms() -%}
    {%- do counts.append(name ~ '_over_forms') -%}
  {%- endfor -%}
  {{ return(counts) }}
{%- endmacro %}
