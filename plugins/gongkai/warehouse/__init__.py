"""The warehouse: embedded Postgres, schema, loading, publication. Everything here speaks SQL and nothing else."""
