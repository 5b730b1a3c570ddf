"""Alembic environment shared by every database of Logis: the connection comes from services.chassis.migration."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
