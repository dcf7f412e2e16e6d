{#
  Figures of a report by their address in the form. They work on the columns `form` and `cell_values` of
  int_report_cell. A cell that the form of a report does not have is null; so is a sum with a missing part.
#}

{% macro cell_value(table, row, column) -%}
  {{ _by_form(table, [row], column) }}
{%- endmacro %}

{# The sum over a group of rows, such as the reasons of denial. A form may print the group as a single row. #}
{% macro group_value(table, group, column) -%}
  {{ _by_form(table, [group], column) }}
{%- endmacro %}

{% macro _by_form(table, names, column) -%}
  {%- set branches = [] -%}
  {%- for form, tables in gongkai_forms().items() if table in tables -%}
    {%- set places = [] -%}
    {%- for name in names -%}
      {%- for row in tables[table]['groups'].get(name, [name]) if column in tables[table]['rows'].get(row, {}) -%}
        {%- do places.append('cell_values[' ~ tables[table]['rows'][row][column] ~ ']') -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- if places -%}
      {%- do branches.append("when '" ~ form ~ "' then " ~ places | join(' + ')) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if not branches -%}
    {{ exceptions.raise_compiler_error('no form has ' ~ table ~ '.' ~ names | join(',') ~ '.' ~ column) }}
  {%- endif -%}
  case form {{ branches | join(' ') }} end
{%- endmacro %}
