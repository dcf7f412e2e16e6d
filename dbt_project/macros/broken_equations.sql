{#
  Every place where an equation of a form does not hold, or a figure is what a count cannot be: report_id, identity,
  kind, table_key, row_key, column_key. Written from the forms in other words than the suites of expectations, so that
  one may watch the other. A missing figure makes an equation neither true nor false.
#}
{% macro broken_equations() -%}
{% for said in gongkai_equations() %}
{%- set left = said.left | join(' + ') %}{% set right = said.right | join(' + ') %}
select
    report_id,
    '{{ said.identity }}' as identity,
    '{{ said.kind }}' as kind,
    '{{ said.table }}' as table_key,
    {% if said.total %}'{{ said.total }}'{% elif said.per == 'row' %}row_key{% else %}null{% endif %} as row_key,
    {% if said.per == 'column' and not said.total %}column_key{% else %}null{% endif %} as column_key
from {{ ref('int_' ~ said.table ~ '_by_' ~ said.per) }}
where
    form = '{{ said.form }}'
    and {{ said.per }}_key in ('{{ said.at | join("', '") }}')
    and not {{ left }} {{ said.relation }} {{ right }}
    {%- for key in said.unless %}
    and {{ key }} is null
    {%- endfor %}
union all
{% endfor %}
select cell.report_id, rule.name, 'derived', form_cell.table_key, form_cell.row_key, form_cell.column_key
from {{ ref('int_sparse_cell') }} as cell
inner join {{ ref('form_cell') }} as form_cell on cell.cell_id = form_cell.cell_id
cross join lateral (
    values
    ('count_not_negative', cell.value < 0 and form_cell.value_kind <> 'signed_count'),
    ('count_is_whole', cell.value <> trunc(cell.value) and form_cell.value_kind in ('count', 'signed_count'))
) as rule (name, is_broken)
where rule.is_broken
{%- endmacro %}
