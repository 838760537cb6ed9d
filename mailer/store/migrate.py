"""Migrates a database to the newest schema when it is opened."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from mailer.domain.errors import MailerError
from mailer.store import sqlite

HEAD = "0022"


def upgrade(engine: Engine) -> None:
    """Migrate to the newest schema. Raises MailerError for a database that another version has created or migrated."""
    if is_current(engine):
        return
    with engine.connect() as connection, sqlite.copying_tables(connection), connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(6252545)"))  # two processes may open it at once
        version = _version(connection)
        if version == HEAD:
            return
        if version is not None and version > HEAD:
            raise MailerError(
                f"the database has schema {version}, this version knows {HEAD}: install the newer version"
            )
        # Imported only to migrate: it takes a tenth of the memory of a process.
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, HEAD)
        except CommandError as error:
            raise MailerError(
                f"the database has schema {version}, which this version does not know: restore it from your backup"
            ) from error
        sqlite.check_references(connection)


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest schema; it waits for no writer."""
    with engine.execution_options(reading=True).begin() as connection:
        return _version(connection) == HEAD


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
