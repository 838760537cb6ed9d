"""Alembic runs this: it applies the migrations on the connection of `store.migrate`."""

from alembic import context

from mailer.store.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite can hardly ALTER a table: Alembic copies it
    transactional_ddl=False,  # the caller has opened the transaction
)
context.run_migrations()
