"""Tells whether another process that sends, or leads, still lives."""

from pathlib import Path

from mailer.gateways.process import locks
from mailer.store.ledger.owners import Owner


def is_dead(owner: Owner) -> bool:
    """Whether the process is proved to have ended: same machine, same boot, and its lock can be taken."""
    here = owner.host == locks.host() and owner.boot_id == locks.boot_id() != ""
    # The lock's whole path: its absence proves something only where the owner put it.
    lock = Path(owner.lock)
    return here and locks.is_dead(lock.parent, lock.name)
