"""The mark of a ledger that is a backup: set in each copy, or when a database is older than its epoch file."""

from datetime import datetime

from sqlalchemy import Connection, Table, func, select, text, update

from mailer.store.ledger.claims import ledger_epoch, lock_claims
from mailer.store.schema import deliveries, history, ledger_state, reports

# Ids that a lost ledger may have given to copies since its backup: a Message-ID or return path names a copy by its id, so
# that an id used twice would give one copy's bounce to another. More than a club sends between two backups.
SKIPPED_IDS = 1_000_000


def backup_at(connection: Connection) -> datetime | None:
    """When this ledger was copied, if it is a backup that was put in place and not resumed yet; None for a live one."""
    at: datetime | None = connection.execute(select(ledger_state.c.backup_at)).scalar()
    return at


def mark_as_backup(connection: Connection, at: datetime) -> None:
    """Mark the ledger as a backup of that instant. An older mark stays."""
    lock_claims(connection)
    unmarked = ledger_state.c.backup_at.is_(None)
    connection.execute(update(ledger_state).where(unmarked).values(backup_at=at))


def last_known(connection: Connection) -> datetime | None:
    """The last instant of which the history tells."""
    at: datetime | None = connection.execute(select(func.max(history.c.at))).scalar()
    return at


def resume_ledger(connection: Connection, *, epoch: int, delivery: int = 0) -> int:
    """Remove the mark; returns the ledger's epoch, above its own and the one given.

    Deliveries and reports get ids that the lost ledger cannot have given; `delivery` is the highest that is known of it.
    """
    for table, above in ((deliveries, delivery), (reports, 0)):
        _skip_ids(connection, table, above)
    lock_claims(connection)
    reached = max(ledger_epoch(connection), epoch) + 1
    connection.execute(update(ledger_state).values(epoch=reached, backup_at=None))
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
