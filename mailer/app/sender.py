"""Opens a sender of this process, with a lock and a journal by which others find out what it left if it dies."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailer.app.dead_senders import delete_files, end_dead_senders, journal_of, journal_of_dead
from mailer.app.further_processes import FurtherProcesses
from mailer.app.installation import FOR_A_SERVICE, App
from mailer.app.relays import all_relays, processes, send_settings
from mailer.domain.pacing import Portion
from mailer.gateways.process import locks
from mailer.gateways.process.journal import Journal, delete_journal
from mailer.pipeline.sending.company import Alone
from mailer.pipeline.sending.sender import Sender
from mailer.pipeline.sending.settings import SendSettings
from mailer.store import DatabaseError, is_away
from mailer.store.ledger.owners import Owner, add_owner, end_owner


@contextmanager
def open_sender(
    app: App, portion: Portion | None = None, settings: SendSettings | None = None
) -> Iterator[tuple[Sender, int]]:
    """A sender of this process, and its owner's id. Its lock is held inside, so that others can tell that it lives.

    With a `portion` it sends beside the process that started it; without, it may start such others. With `settings` it sends
    by those, and alone on this machine as far as it knows.

    Its lock and its journal are deleted afterwards, unless the ledger could not be written: then the next sender reads them.
    Once it has begun, a step on a database that is away fails soon, and is tried again.
    """
    app.context.refuse_backup()
    end_dead_senders(app)
    app.epoch.save(app.context.ledger_epoch())
    name = f"mailer-{os.getpid()}-{secrets.token_hex(8)}"
    lock = app.state_folder / name
    with locks.acquire(app.state_folder, name) as own_lock, Journal(journal_of(lock)) as journal:
        try:
            owner = _enter(app, lock)
        except BaseException:
            _delete_files(lock, own_lock)  # no one knows of them
            raise
        starts = processes(app.config) if portion is None and settings is None else 1
        further = FurtherProcesses(app, starts) if portion is None else None
        sender = Sender(
            app.context,
            all_relays(app, portion or Portion(processes=starts)),
            settings or send_settings(app.config),
            owner=owner.id,
            journal=journal,
            journal_of_dead=journal_of_dead,
            delete_journal=delete_files,
            save_epoch=app.epoch.save,
            companions=further or Alone(leads=False),
        )
        patience, app.store.endurance.seconds = app.store.endurance.seconds, FOR_A_SERVICE
        try:
            yield sender, owner.id
        finally:
            if further is not None:
                further.close()
            if sender.close() and _leave(app, owner):
                _delete_files(lock, own_lock)
            app.store.endurance.seconds = patience


def _enter(app: App, lock: Path) -> Owner:
    with app.store.transaction() as connection:
        return add_owner(
            connection,
            host=locks.host(),
            boot_id=locks.boot_id(),
            pid=os.getpid(),
            lock=str(lock),
            now=app.context.clock.now(),
        )


def _leave(app: App, owner: Owner) -> bool:
    """Note that the process ends; False when the database is away: then the next sender finds that it has."""
    try:
        with app.store.transaction() as connection:
            end_owner(connection, owner.id, app.context.clock.now())
    except DatabaseError as error:
        if not is_away(error):
            raise
        return False
    return True


def _delete_files(lock: Path, own_lock: locks.OwnerLock) -> None:
    delete_journal(journal_of(lock))
    own_lock.delete()
