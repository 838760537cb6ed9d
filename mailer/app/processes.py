"""Tells where another process that sends, or leads, runs, and whether it still lives."""

from pathlib import Path

from mailer.gateways.process import locks
from mailer.store.ledger.owners import Owner


def is_of_this_machine(owner: Owner) -> bool:
    """Whether the process ran under this boot's kernel, perhaps in another container; where no boot has an id, it counts so."""
    return owner.boot_id == locks.boot_id()


def is_dead(owner: Owner) -> bool:
    """Whether the process is proved to have ended: it ran under this boot's kernel, and its lock can be taken.

    The host's name says nothing: a container made anew has another one, and the same disk and kernel. Where a system has
    no boot id, nothing is proved, and the lease decides.
    """
    return owner.boot_id != "" and is_of_this_machine(owner) and locks.is_dead(Path(owner.lock))
