"""Alembic's way in: runs the migrations on the connection it is handed."""

from alembic import context

from mailer.store.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot ALTER (house.md, trap 20)
    transactional_ddl=False,  # the transaction is the caller's
)
context.run_migrations()
