{#
  The sum on the left equals the sum on the right, in reports whose form has the table. A line with a missing figure is not assessable and passes; if fewer
  than `coverage_floor` of the lines are assessable, the test would prove nothing, and fails.
#}
{% test adds_up(model, table, left, right, coverage_floor) %}
{%- set forms = [] -%}
{%- for form, tables in gongkai_forms().items() if table in tables -%}
  {%- do forms.append("'" ~ form ~ "'") -%}
{%- endfor %}
with line as (
    select report_id, {{ left }} as left_value, {{ right }} as right_value
    from {{ model }}
    where form in ({{ forms | join(', ') }})
)

select report_id, left_value, right_value
from line
where left_value <> right_value
union all
select null, count(left_value + right_value), count(*)
from line
having count(left_value + right_value) < {{ coverage_floor }} * count(*)
{% endtest %}
