"""Brings a database to the newest schema, once, whoever opens it first."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from mailer.domain.errors import MailerError

HEAD = "0003"


def upgrade(engine: Engine) -> None:
    """The schema is the newest one afterwards. Raises MailerError for a database that another version made."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(6252545)"))  # two daemons starting at once
        found = _version(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise MailerError(f"the database has schema {found}, this version knows {HEAD}: install the newer version")
        # Taken in only when there is something to migrate: it is a tenth of all that a process would hold in memory.
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
                f"the database has schema {found}, which this version does not know: restore it from your backup"
            ) from error


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
