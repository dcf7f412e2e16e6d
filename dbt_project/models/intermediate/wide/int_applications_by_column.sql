-- generated from the statutory forms by gongkai.warehouse.dbt.generate; do not edit
{{ wide('applications', 'column') }}
