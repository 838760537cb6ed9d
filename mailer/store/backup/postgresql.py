"""Copies a PostgreSQL database by pg_dump, and puts such a dump in the place of the database by pg_restore and psql."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from mailer.domain.database_check import DatabaseCheck, PutInPlace
from mailer.domain.errors import BadInput, MailerError, Refused
from mailer.store import migrate
from mailer.store.backup.counted import refuse_lost_rows, refuse_unsound
from mailer.store.backup.programs import ServerDatabase, database_of, reading, run, write_in_one_transaction
from mailer.store.backup.sqlite_file import flush, publish, reason, require_free, reserved
from mailer.store.columns import metadata
from mailer.store.integrity import check_database, count_rows, engine_name
from mailer.store.interruption import Interruption, statements_of
from mailer.store.ledger.backups import backup_at
from mailer.store.postgresql import open_engine, take_time

# Octets of a dump read at a time.
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpContents:
    """How many rows of each table a dump has, and of which schema it is; empty: it says none."""

    rows: Mapping[str, int]
    schema: str


def write_backup(engine: Engine, file: Path, interruption: Interruption) -> DatabaseCheck:
    """Dump the database, as one transaction sees it, into a new file; the dump is read back and has as many rows.

    A dump cannot be marked inside. It is known as a backup wherever it is put, since its tables are new ones there.
    """
    partial = file.with_name(f".{file.name}.partial")
    try:
        require_free(file)
        with reserved(partial), engine.execution_options(isolation_level="REPEATABLE READ").begin() as connection:
            take_time(connection)  # it is idle while pg_dump works
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            name = engine_name(connection)
            with database_of(connection, engine.url) as server:
                only = () if server.schema == "public" else (f"--schema={server.schema}",)
                words = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", *only)
                run(server, interruption, "pg_dump", *words, f"--file={partial}", f"--dbname={server.conninfo}")
                with interruption.reaching(statements_of(connection)):
                    counted = count_rows(connection)
                copied = _read_dump(server, partial, interruption).rows
            refuse_lost_rows(copied, counted, counted, still=True)
            partial.chmod(0o600)
            flush(partial)
            publish(partial, file)
            flush(file.parent)
            return DatabaseCheck(engine=name, rows={table: copied[table] for table in counted})
    except FileExistsError:
        raise Refused(f"{file} exists and is left as it is: name another file") from None
    except (OSError, DBAPIError) as error:
        raise BadInput(f"the backup {file} cannot be written ({reason(error)}); there is none") from error


def restore(url: URL, file: Path, now: datetime) -> PutInPlace:
    """Replace the service's tables by those of the dump and mark them, all in one transaction."""
    engine = open_engine(url)
    try:
        with ExitStack() as stack:
            with engine.begin() as connection:
                server = stack.enter_context(database_of(connection, url))
                _refuse_others(connection)
            contents = _read_dump(server, file, Interruption())
            if "ledger_state" not in contents.rows or not contents.schema:
                raise BadInput(f"{file} is a dump, but not of this service; the database is as it was")
            _refuse_unknown(contents.schema, file)
            write_in_one_transaction(server, _script(server, file, now))
        with engine.begin() as connection:
            take_time(connection)
            expected = {**contents.rows, "ledger_state": 1}  # the row of the mark
            refuse_lost_rows(count_rows(connection), expected, expected, still=True)
        migrate.upgrade(engine)
        check = check_database(engine, Interruption())
        refuse_unsound(check, "the restored database")
        with engine.begin() as connection:
            at = backup_at(connection)
        assert at is not None, "it was marked together with its tables"
        return PutInPlace(backup_at=at, check=check)
    except (OSError, DBAPIError) as error:
        raise BadInput(f"{file} cannot be restored ({reason(error)})") from error
    finally:
        engine.dispose()


def _refuse_unknown(schema: str, file: Path) -> None:
    """Refused before anything is changed: a schema that cannot be migrated would leave a database that nothing opens."""
    try:
        migrate.refuse_unknown(schema)
    except MailerError as error:
        raise BadInput(f"{file} cannot be restored ({error}); the database is as it was") from error


def _refuse_others(connection: Connection) -> None:
    """Refused while another process has the database open with the service's own login."""
    query = (
        "SELECT coalesce(host(client_addr), 'this machine') FROM pg_stat_activity WHERE datname = current_database() "
        "AND usename = current_user AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    others = sorted(set(connection.execute(text(query)).scalars()))
    if others:
        raise Refused(
            f"other processes have the database open, from {', '.join(others)}: stop every daemon, worker and console, then "
            "try again"
        )


def _script(server: ServerDatabase, file: Path, now: datetime) -> Iterator[bytes]:
    """Our tables dropped, those of the dump made and filled, and the mark."""
    words = ("--clean", "--if-exists", "--no-owner", "--no-privileges")
    yield b"SET client_min_messages = warning;\n"
    for name in (*metadata.tables, "alembic_version"):
        yield f'DROP TABLE IF EXISTS "{server.schema}"."{name}" CASCADE;\n'.encode()
    with reading(server, f"--schema={server.schema}", *words, str(file)) as dump:
        while block := dump.output.read(_BLOCK):
            yield block
        dump.end()
    yield _marking(server, now).encode()


def _marking(server: ServerDatabase, now: datetime) -> str:
    state, history = (f'"{server.schema}"."{name}"' for name in ("ledger_state", "history"))
    at = f"coalesce((SELECT max(at) FROM {history}), '{now.isoformat()}')"  # noqa: S608  (our own names)
    return (
        f"INSERT INTO {state} (id, epoch, backup_at) SELECT 1, 0, {at} ON CONFLICT (id) DO UPDATE "
        f"SET backup_at = coalesce({state}.backup_at, excluded.backup_at);\n"
    )


def _read_dump(server: ServerDatabase, file: Path, interruption: Interruption) -> DumpContents:
    """Read all data of a dump back and count them."""
    counts: dict[str, int] = {}
    table = schema = ""
    with (
        reading(server, f"--schema={server.schema}", "--data-only", str(file)) as dump,
        interruption.reaching(dump.process.kill),
    ):
        for line in dump.output:
            if not table and line.startswith(b"COPY "):
                table = line.split(b" ", 2)[1].rpartition(b".")[2].decode().strip('"')
                counts[table] = 0
            elif line == b"\\.\n":
                table = ""
            elif table:
                counts[table] += 1
                if table == migrate.VERSION:
                    schema = line.decode().strip()
        dump.end()
    return DumpContents(rows=counts, schema=schema)
