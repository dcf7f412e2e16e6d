-- generated from the statutory forms by gongkai.warehouse.dbt_generate; do not edit
{{ wide('statistics', 'column') }}
