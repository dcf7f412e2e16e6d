{# The number of the candidate that is being built, as a column. #}
{% macro publication_id() -%}
  cast({{ var('publication_id') | int }} as integer)
{%- endmacro %}
