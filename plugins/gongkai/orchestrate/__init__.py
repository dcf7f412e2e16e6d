"""What Airflow runs: the steps of the DAGs as plain functions, and the little that joins them to Airflow."""
