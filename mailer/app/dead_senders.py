"""Finds out what dead senders left, by their locks and journals, also where no sender begins to work."""

from pathlib import Path

from mailer.app.installation import App
from mailer.app.processes import is_dead
from mailer.gateways.process import locks
from mailer.gateways.process.journal import delete_journal, read_journal
from mailer.pipeline.sending import recovery
from mailer.pipeline.sending.recovery import DeadSender
from mailer.pipeline.sending.wake import ring_for_due
from mailer.store import be_brief
from mailer.store.ledger import backups, leftovers, owners
from mailer.store.ledger.owners import Owner

_NOBODY = 0  # no owner has this id


def free_copies_of_dead(app: App) -> None:
    """Free the copies that dead senders had in hand, as the next sender would, so that what is said of them is true.

    Does nothing in a restored backup, whose senders are not those of the journals.
    """
    with app.store.reading() as connection:
        if backups.backup_at(connection) is not None or not recovery.has_work(connection, app.context):
            return
    with app.store.transaction() as connection:
        dead = recovery.take_over(connection, app.context, _NOBODY, journal_of_dead)
        if dead:
            recovery.tidy(connection, app.context)
    for owner in dead:
        delete_files(owner)


def take_over_left(app: App, own: int) -> None:
    """Free what dead senders of this machine left, and what others left whose leases have ended; ring for it.

    It only reads while nothing was left, so that every worker can look every second.
    """
    with app.store.reading() as connection:
        others = [*owners.owners_with_copies(connection), *owners.owners_of_uncertain(connection)]
        left = any(is_dead(owner) for owner in others if owner.id != own)
        if not left and not leftovers.any_ended_lease(connection, app.context.clock.now(), alive=own):
            return
    with app.store.transaction() as connection:
        be_brief(connection)  # frozen in it, this process would keep from the others what they should take over
        dead = recovery.take_over(connection, app.context, own, journal_of_dead)
        ring_for_due(connection, app.context)
    for owner in dead:
        delete_files(owner)


def end_dead_senders(app: App) -> None:
    """Note the end of the senders that are proved dead and left no copy in hand, and delete their files.

    Copies that others found uncertain when a lease ended are settled by the journal first: another machine cannot read it.
    """
    with app.store.reading() as connection:
        uncertain = [sender for sender in map(journal_of_dead, owners.owners_of_uncertain(connection)) if sender]
    if uncertain:
        with app.store.transaction() as connection:
            recovery.settle_by_journals(connection, uncertain)
    with app.store.reading() as connection:
        dead = [owner for owner in owners.idle_owners(connection) if is_dead(owner)]
    if not dead:
        return
    with app.store.transaction() as connection:
        locked = owners.lock_dead(connection, [owner.id for owner in dead])
        dead = [owner for owner in owners.idle_owners(connection) if owner.id in locked]
        for owner in dead:
            owners.end_owner(connection, owner.id, app.context.clock.now())
    for owner in dead:
        delete_files(owner)


def journal_of(lock: Path) -> Path:
    """Where the sender with this lock writes its journal."""
    return lock.with_name(f".{lock.name}.journal")


def journal_of_dead(owner: Owner) -> DeadSender | None:
    """The sender with its journal, when it is proved to have ended; None while it may live."""
    return DeadSender(owner=owner, journal=read_journal(journal_of(Path(owner.lock)))) if is_dead(owner) else None


def delete_files(owner: Owner) -> None:
    """Delete the journal and the lock of a dead sender, once the ledger has what stood in the journal."""
    delete_journal(journal_of(Path(owner.lock)))
    locks.delete_lock(Path(owner.lock))
