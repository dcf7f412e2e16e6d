{#
  Figures of a report by their address in the form. They work on the columns `form` and `cell_values` of
  int_report_cell. A cell that the form of a report does not have is null; so is a sum with a missing part.
#}

{% macro cell_value(table, row, column) -%}
  {{ group_value(table, row, column) }}
{%- endmacro %}

{# The sum over a group of rows, such as the reasons of denial; a form may print the group as a single row. #}
{% macro group_value(table, group, column) -%}
  {%- set branches = [] -%}
  {%- for form, tables in gongkai_forms().items() if table in tables -%}
    {%- set places = [] -%}
    {%- for row in tables[table]['groups'].get(group, [group]) if column in tables[table]['rows'].get(row, {}) -%}
      {%- do places.append('cell_values[' ~ tables[table]['rows'][row][column] ~ ']') -%}
    {%- endfor -%}
    {%- if places -%}
      {%- do branches.append("when '" ~ form ~ "' then " ~ places | join(' + ')) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if not branches -%}
    {{ exceptions.raise_compiler_error('no form has ' ~ table ~ '.' ~ group ~ '.' ~ column) }}
  {%- endif -%}
  case form {{ branches | join(' ') }} end
{%- endmacro %}

{# The sum over the columns of one row, except some. #}
{% macro row_value(table, row, without) -%}
  {%- set branches = [] -%}
  {%- for form, tables in gongkai_forms().items() if row in tables.get(table, {}).get('rows', {}) -%}
    {%- set places = [] -%}
    {%- for column, place in tables[table]['rows'][row].items() if column not in without -%}
      {%- do places.append('cell_values[' ~ place ~ ']') -%}
    {%- endfor -%}
    {%- do branches.append("when '" ~ form ~ "' then " ~ places | join(' + ')) -%}
  {%- endfor -%}
  case form {{ branches | join(' ') }} end
{%- endmacro %}

{# The sum over cells given by their places in each form; null under the forms that are not given. #}
{% macro places_value(forms) -%}
  case form
  {%- for form, places in forms.items() %}
    when '{{ form }}' then cell_values[{{ places | join('] + cell_values[') }}]
  {%- endfor %}
  end
{%- endmacro %}
