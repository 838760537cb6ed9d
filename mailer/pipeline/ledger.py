"""Looks into the ledger: the copies of an issue, and one copy with all its attempts."""

from mailer.domain.delivery import State
from mailer.pipeline.judging import find_revision
from mailer.pipeline.press import IssueName, Press
from mailer.pipeline.settling import find
from mailer.store import deliveries, history
from mailer.store.deliveries import Attempt, Delivery
from mailer.store.history import Entry


def listing(press: Press, name: IssueName, state: State | None) -> list[Delivery]:
    """The copies of an issue over all its mailings, in one state or in any; NotFound for an unknown issue."""
    with press.store.reading() as connection:
        find_revision(connection, name)
        return deliveries.listing(connection, name.newsletter, name.serial, state)


def show(press: Press, identity: int) -> tuple[Delivery, list[Attempt]]:
    """One copy with every attempt, the first one first."""
    with press.store.reading() as connection:
        return find(connection, identity), deliveries.attempts_of(connection, identity)


def decisions_on(press: Press, identity: int) -> list[Entry]:
    """What people and policies decided about one copy, the first decision first."""
    with press.store.reading() as connection:
        return history.entries(connection, f"delivery {identity}")
