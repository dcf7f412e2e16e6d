{# The number of the candidate that is being built, as a column. #}
{% macro publication_id() -%}
  cast({{ env_var('GONGKAI_DBT_PUBLICATION_ID', '0') | int }} as integer)
{%- endmacro %}
