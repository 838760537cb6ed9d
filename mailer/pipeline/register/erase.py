"""Erases a person: no trace of who it was remains, and the ledger still balances."""

from mailer.domain.delivery import State
from mailer.domain.errors import NotFound, Refused
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context
from mailer.store import erase as erasure
from mailer.store.copies import readers
from mailer.store.members import lock_register


def erase(context: Context, person: str) -> str:
    """Remove the person from the register and make them anonymous everywhere else; returns their alias.

    Copies not sent yet are cancelled. Payments stay, since they belong to the membership. Raises Refused while a copy
    is being sent, NotFound for a person who is not known anywhere.
    """
    with context.store.transaction() as connection:
        lock_register(connection)
        copies = [copy for _, copy in readers.of_person(connection, person)]
        if any(copy.state is State.SENDING for copy in copies):
            raise Refused(f"a copy for {person} is being sent right now; try again in a minute")
        if not erasure.is_known(connection, person):
            raise NotFound(f"there is no person {person!r}", Action.LIST_PEOPLE.of())
        alias = erasure.forget(connection, person)
        context.record(connection, "erase", alias)
    return alias
