"""Opens a sender of this process, with a lock and a journal by which others find out what it left if it dies."""

import gc
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from mailer.app.dead_senders import delete_journal, journal_of, journal_of_dead
from mailer.app.installation import App
from mailer.app.relays import all_relays, send_settings
from mailer.gateways.process import locks
from mailer.gateways.process.journal import Journal
from mailer.pipeline.sending.sender import Sender
from mailer.store.ledger.owners import add_owner, end_owner


@contextmanager
def open_sender(app: App) -> Iterator[tuple[Sender, int]]:
    """A sender of this process, and its owner's id. Its lock is held inside, so that others can tell that it lives.

    Its journal is deleted afterwards, unless the ledger could not be written: then the next sender reads it.
    """
    app.context.refuse_backup()
    app.epoch.save(app.context.ledger_epoch())
    # Copies in hand are many new objects. By default Python looks for garbage after every 700, at times among all
    # objects, and that took a tenth of the time of sending.
    gc.set_threshold(10_000)
    name = f"mailer-{os.getpid()}-{secrets.token_hex(8)}"
    lock = app.state_folder / name
    with locks.acquire(app.state_folder, name), Journal(journal_of(lock)) as journal:
        with app.store.transaction() as connection:
            owner = add_owner(
                connection,
                host=locks.host(),
                boot_id=locks.boot_id(),
                pid=os.getpid(),
                lock=str(lock),
                now=app.context.clock.now(),
            )
        sender = Sender(
            app.context,
            all_relays(app),
            send_settings(app.config),
            owner=owner.id,
            journal=journal,
            journal_of_dead=journal_of_dead,
            delete_journal=delete_journal,
            save_epoch=app.epoch.save,
        )
        try:
            yield sender, owner.id
        finally:
            if sender.close():
                with app.store.transaction() as connection:
                    end_owner(connection, owner.id, app.context.clock.now())
                journal_of(lock).unlink(missing_ok=True)
