{# A printed name as gongkai.roster.normalise_name folds it, so that it can be looked up among the aliases. #}
{% macro normalise_name(name) -%}
  regexp_replace(normalize({{ name }}, nfkc), '[\s\u200b\ufeff]+', '', 'g')
{%- endmacro %}
