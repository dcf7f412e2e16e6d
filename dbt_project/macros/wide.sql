{#
  A table of the form, spread out: one line for each `per` (row or column) and one column for each of the others,
  over the keys of all forms. What a form does not have, or a report lacks, is null.
#}
{% macro wide(table, per) -%}
  {%- set across = [] -%}
  {%- for tables in gongkai_forms().values() if table in tables -%}
    {%- for key in (tables[table]['columns'] if per == 'row' else tables[table]['rows']) if key not in across -%}
      {%- do across.append(key) -%}
    {%- endfor -%}
  {%- endfor %}
{% for form, tables in gongkai_forms().items() if table in tables %}
{%- set rows = tables[table]['rows'] %}
{{ 'union all' if not loop.first }}
select report.report_id, report.form, report.report_year, line.*
from {{ ref('int_report_cell') }} as report
cross join lateral (select {{ unpacked('report.cell_values') }} as cell_values offset 0) as whole
cross join lateral (
    values
    {%- for at in (rows if per == 'row' else tables[table]['columns']) %}
    ('{{ at }}'
      {%- for key in across -%}
        {%- set place = rows.get(at, {}).get(key) if per == 'row' else rows.get(key, {}).get(at) -%}
        , {{ 'whole.cell_values[' ~ place ~ ']' if place else 'null::numeric' }}
      {%- endfor -%}
    ){{ ',' if not loop.last }}
    {%- endfor %}
) as line ({{ per }}_key, {{ across | join(', ') }})
where report.form = '{{ form }}'
{% endfor %}
{%- endmacro %}
