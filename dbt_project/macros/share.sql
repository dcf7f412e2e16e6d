{# A rate to six places; null where the denominator is zero or missing. #}
{% macro share(numerator, denominator) -%}
  round({{ numerator }} / nullif({{ denominator }}, 0), 6)
{%- endmacro %}
