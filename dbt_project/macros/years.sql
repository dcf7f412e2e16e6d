{# The report years that the candidate keeps as an earlier publication built them, in order. #}
{% macro kept_years() -%}
  {%- set years = [] -%}
  {%- if execute -%}
    {%- set query = 'select report_year from published.kept_year where publication_id = ' ~ publication_id() ~ ' order by 1' -%}
    {%- for row in run_query(query).rows %}{% do years.append(row[0] | int) %}{% endfor -%}
  {%- endif -%}
  {{ return(years) }}
{%- endmacro %}

{# Whether the candidate builds a report year. A list of constants: Postgres leaves out the partitions of all others. #}
{% macro is_built(year) -%}
  {%- set kept = kept_years() -%}
  {{ year ~ ' not in (' ~ kept | join(', ') ~ ')' if kept else 'true' }}
{%- endmacro %}

{# Whether the candidate keeps a report year, and builds the one after it. #}
{% macro is_last_kept(year) -%}
  {%- set kept = kept_years() -%}
  {%- set last = [] -%}
  {%- for each in kept if each + 1 not in kept %}{% do last.append(each) %}{% endfor -%}
  {{ year ~ ' in (' ~ last | join(', ') ~ ')' if last else 'false' }}
{%- endmacro %}
