{#
  The sum on the left equals the sum on the right. A line with a missing figure is not assessable and passes; if fewer
  than `coverage_floor` of the lines are assessable, the test would prove nothing, and fails.
#}
{% test adds_up(model, left, right, coverage_floor) %}
with line as (
    select report_id, {{ left }} as left_value, {{ right }} as right_value
    from {{ model }}
)

select report_id, left_value, right_value
from line
where left_value <> right_value
union all
select null, count(left_value + right_value), count(*)
from line
having count(left_value + right_value) < {{ coverage_floor }} * count(*)
{% endtest %}
