"""The mark of a ledger that is not the one at work: a backup, one older than its epoch file, or one that goes on elsewhere."""

from datetime import datetime

from sqlalchemy import Connection, Table, func, select, text, update

from mailer.store.columns import insert_into
from mailer.store.ledger.claims import ledger_epoch, lock_claims
from mailer.store.schema import deliveries, history, ledger_state, reports

# Ids that a lost ledger may have given to copies since its backup: a Message-ID or return path names a copy by its id, so
# that an id used twice would give one copy's bounce to another. More than a club sends between two backups.
SKIPPED_IDS = 1_000_000


def backup_at(connection: Connection) -> datetime | None:
    """Up to when this ledger is the one that was at work: a backup that was put in place, or one that was copied elsewhere.

    None for a live one, and once a person has resumed it.
    """
    at: datetime | None = connection.execute(_AT).scalar()
    return at


_AT = select(func.coalesce(ledger_state.c.backup_at, ledger_state.c.moved_at))


def moved_to(connection: Connection) -> str | None:
    """The database that this ledger was copied to, to go on there."""
    to: str | None = connection.execute(select(ledger_state.c.moved_to)).scalar()
    return to


def mark_as_moved(connection: Connection, to: str, at: datetime) -> None:
    """Mark the ledger as one that goes on in another database. An older mark stays."""
    lock_claims(connection)
    here = ledger_state.c.moved_to.is_(None)
    connection.execute(update(ledger_state).where(here).values(moved_to=to, moved_at=at))


def stay(connection: Connection, to: str) -> bool:
    """Remove the mark that the ledger goes on in that database; False when it has none."""
    there = ledger_state.c.moved_to == to
    return connection.execute(update(ledger_state).where(there).values(moved_to=None, moved_at=None)).rowcount == 1


def mark_as_backup(connection: Connection, at: datetime) -> None:
    """Mark the ledger as a backup of that instant. An older mark stays."""
    lock_claims(connection)
    unmarked = ledger_state.c.backup_at.is_(None)
    connection.execute(update(ledger_state).where(unmarked).values(backup_at=at))


def is_copy(connection: Connection) -> bool:
    """Whether a PostgreSQL database is a copy of the ledger, by a dump or a template, and not marked yet.

    PostgreSQL numbers each table when it is made. A restart, a fail-over or VACUUM FULL keeps the number, a dump does not. An
    SQLite copy carries its mark inside.
    """
    if connection.dialect.name != "postgresql":
        return False
    row = connection.execute(select(ledger_state.c.home, ledger_state.c.backup_at)).first()
    return row is not None and row.home is not None and row.backup_at is None and row.home != _home(connection)


def settle_home(connection: Connection) -> None:
    """Note that this database is where the ledger is at home, unless another one is noted."""
    if connection.dialect.name == "postgresql":
        first = insert_into(connection, ledger_state).values(id=1, epoch=0)
        connection.execute(first.on_conflict_do_nothing())
        at_home = ledger_state.c.home.is_(None)
        connection.execute(update(ledger_state).where(at_home).values(home=_home(connection)))


def is_homeless(connection: Connection) -> bool:
    """Whether a PostgreSQL ledger has no home noted yet: it is new, or an older version made it."""
    return connection.dialect.name == "postgresql" and connection.execute(select(ledger_state.c.home)).scalar() is None


def _home(connection: Connection) -> str:
    table = "CAST(CAST('ledger_state' AS regclass) AS oid)"
    query = f"SELECT concat(oid, '.', {table}) FROM pg_database WHERE datname = current_database()"  # noqa: S608
    home: str = connection.execute(text(query)).scalar_one()
    return home


def last_known(connection: Connection) -> datetime | None:
    """The last instant of which the history tells."""
    at: datetime | None = connection.execute(select(func.max(history.c.at))).scalar()
    return at


_LIVE = dict.fromkeys(("backup_at", "moved_to", "moved_at", "home"))


def resume_ledger(connection: Connection, *, epoch: int, delivery: int = 0) -> int:
    """Remove the mark; returns the ledger's epoch, above its own and the one given.

    Deliveries and reports get ids that the lost ledger cannot have given; `delivery` is the highest that is known of it.
    """
    for table, above in ((deliveries, delivery), (reports, 0)):
        _skip_ids(connection, table, above)
    lock_claims(connection)
    reached = max(ledger_epoch(connection), epoch) + 1
    connection.execute(update(ledger_state).values(epoch=reached, **_LIVE))
    settle_home(connection)
    return reached


def _skip_ids(connection: Connection, table: Table, above: int) -> None:
    """The next id of the table is SKIPPED_IDS above the last one, and above this one."""
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        last = connection.execute(select(func.max(table.c.id))).scalar() or 0
        connection.execute(
            select(func.setval(sequence, func.greatest(func.nextval(sequence), max(last, above) + SKIPPED_IDS)))
        )
        return
    name = {"table": table.name}
    last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :table"), name).scalar() or 0
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), name)
    row = {**name, "seq": max(last, above) + SKIPPED_IDS}
    connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :seq)"), row)
