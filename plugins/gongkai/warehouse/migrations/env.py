"""What Alembic runs: the migrations, on the connection and in the transaction of gongkai.warehouse.migrate."""

from alembic import context
from sqlalchemy import text

connection = context.config.attributes["connection"]
connection.execute(text("CREATE SCHEMA IF NOT EXISTS raw"))
context.configure(connection=connection, version_table_schema="raw", version_table="schema_version")
context.run_migrations()
