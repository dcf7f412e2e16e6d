{#
  An array as it is in memory. Postgres stores long arrays compressed and unpacks them for every element that is read;
  behind an `offset 0`, which keeps the subquery apart, this unpacks each once.
#}
{% macro unpacked(array) -%}
  {{ array }} || '{}'::numeric[]
{%- endmacro %}
