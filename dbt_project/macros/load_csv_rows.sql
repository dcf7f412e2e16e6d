{# Loads a seed. dbt's own version asks the adapter for the placeholder once a cell, which takes most of a stage. #}
{% macro postgres__load_csv_rows(model, agate_table) %}
  {% set columns = get_seed_column_quoted_csv(model, agate_table.column_names) %}
  {% set line = '(' ~ (['%s'] * (agate_table.column_names | length)) | join(', ') ~ ')' %}
  {% set statements = [] %}
  {% for rows in agate_table.rows | batch(get_batch_size()) %}
    {% set bindings = [] %}
    {% for row in rows %}{% do bindings.extend(row) %}{% endfor %}
    {% set lines = [line] * (rows | length) %}
    {% set sql = 'insert into ' ~ this.render() ~ ' (' ~ columns ~ ') values ' ~ lines | join(', ') %}
    {% do adapter.add_query(sql, bindings=bindings, abridge_sql_log=True) %}
    {% do statements.append(sql) %}
  {% endfor %}
  {{ return(statements[0]) }}
{% endmacro %}
