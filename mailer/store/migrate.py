"""Migrates a database to the newest schema when it is opened."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from mailer.domain.errors import MailerError, OtherSchema
from mailer.domain.remedy import Action
from mailer.store import postgresql, sqlite

HEAD = "0025"
_SCRIPTS = Path(__file__).parent / "migrations"


# The version of a database into which another one is being copied, and the table that says how far; it is none to work on.
COPYING = "copying"
VERSION = "alembic_version"


def upgrade(engine: Engine) -> str | None:
    """Migrate to the newest schema; returns the one that was there, None for a new database.

    Raises MailerError for a database that another version has created or migrated.
    """
    if is_current(engine):
        return HEAD
    with engine.connect() as connection, sqlite.copying_tables(connection), connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(6252545)"))  # two processes may open it at once
        version = _version(connection)
        if version == HEAD:
            return HEAD
        if version is not None:
            refuse_unknown(version)
        elif engine.dialect.name == "postgresql":
            postgresql.refuse_unfit(connection)
        # Imported only to migrate: it takes a tenth of the memory of a process.
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
        sqlite.check_references(connection)
        return version


def refuse_unknown(version: str) -> None:
    """MailerError unless a database of this schema can be migrated to the newest one."""
    if version == COPYING:
        raise MailerError("a copy into this database was begun and is not whole", Action.COPY_DATABASE.of())
    if version > HEAD:
        raise OtherSchema(f"the database has schema {version}, this version knows {HEAD}: install the newer version")
    if version not in steps_since(None):
        raise OtherSchema(
            f"the database has schema {version}, which this version does not know: restore it from your backup"
        )


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest schema; it waits for no writer."""
    with engine.execution_options(reading=True).begin() as connection:
        return has_newest_schema(connection)


def has_newest_schema(connection: Connection) -> bool:
    """Whether the database says that it has the newest schema."""
    return _version(connection) == HEAD


def steps_since(version: str | None) -> dict[str, str]:
    """What each step from this schema to the newest one does, in its own words."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    scripts = ScriptDirectory.from_config(config).iterate_revisions(HEAD, version or "base")
    return {script.revision: script.doc for script in reversed(list(scripts)) if script.revision != version}


def set_version(connection: Connection, version: str) -> None:
    """Note the schema, or that a copy is made."""
    connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
