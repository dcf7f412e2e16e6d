{# The state of a figure that a steward gave. #}
{% macro state_of(value) -%}
  case when {{ value }} = 0 then 'zero' else 'value' end
{%- endmacro %}
