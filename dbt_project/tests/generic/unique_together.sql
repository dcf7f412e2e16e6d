{# No two lines agree in all these columns. #}
{% test unique_together(model, column_name, columns) %}
select {{ columns | join(', ') }}, count(*) as lines
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
