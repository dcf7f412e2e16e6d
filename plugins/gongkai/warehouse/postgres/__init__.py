"""A Postgres server of our own, from a wheel."""
