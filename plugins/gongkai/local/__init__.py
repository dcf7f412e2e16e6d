"""The local stack: embedded Postgres, the demo portal and Airflow as processes of their own, and its commands."""
