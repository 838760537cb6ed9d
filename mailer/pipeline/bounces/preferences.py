"""What people say for themselves: that they want no more copies, and that they want them again."""

from datetime import datetime

from mailer.domain.delivery import Delivery
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.errors import NotFound
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.store import Connection, history, holds, issues, mailings
from mailer.store.copies import waiting
from mailer.store.members import lock_register


def pause_by_reader(connection: Connection, context: Context, copy: Delivery, at: datetime) -> None:
    """The reader of this copy, who said so at that instant, gets no issue of its date or later.

    The membership stays as it is, what waits for them is held, and no import of the register lifts that. Nothing
    happens when they had said so before, or have said since that they want copies again.
    """
    now = context.clock.now()
    lifted_at = holds.pause_lifted_at(connection, copy.person)
    if lifted_at is not None and lifted_at >= at:
        return
    mailing = mailings.mailing(connection, copy.mailing)
    revision = issues.revision_of(connection, mailing.content_hash)
    assert revision is not None, "a mailing's revision is kept for ever"
    # Nobody judges anybody until this is over: who is asked about later is judged with the pause.
    lock_register(connection)
    if not holds.set_pause(connection, copy.person, revision.date, delivery=copy.id, now=now):
        return
    waiting.withhold(connection, EntitlementReason.PAUSED, person=copy.person)
    detail = f"from the issue of {revision.date} on"
    history.record(connection, at=now, who="the reader", verb="pause", subject=f"delivery {copy.id}", detail=detail)
    maillog.unsubscribed(copy.id)


def paused_since(context: Context, person: str) -> datetime:
    """When the person unsubscribed. NotFound for who has not."""
    with context.store.reading() as connection:
        found = holds.pauses(connection, [person]).get(person)
    if found is None:
        raise NotFound(
            f"person {person!r} has not unsubscribed; a pause of the register is changed in its columns pause_from and "
            "pause_until"
        )
    return found.since


def resume(context: Context, person: str) -> None:
    """The person who unsubscribed gets issues again, from the next plan on. NotFound for who has not."""
    paused_since(context, person)
    now = context.clock.now()
    with context.store.transaction() as connection:
        lock_register(connection)
        holds.lift_pause(connection, person, by=context.who, now=now)
        history.record(connection, at=now, who=context.who, verb="resume", subject=person, detail="")
