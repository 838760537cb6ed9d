"""Pauses the copies of a reader who unsubscribes, and resumes them when the reader asks."""

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
    """Pause the copies of this copy's reader, who unsubscribed at that time, from the date of its issue on.

    Waiting copies are held; the membership stays as it is, and no import of the register ends the pause. Nothing
    changes when the reader had unsubscribed before, or has asked for copies again since.
    """
    now = context.clock.now()
    lifted_at = holds.pause_lifted_at(connection, copy.person)
    if lifted_at is not None and lifted_at >= at:
        return
    mailing = mailings.mailing(connection, copy.mailing)
    revision = issues.revision_of(connection, mailing)
    # Lock the register, so that every entitlement is judged either before the pause or with it.
    lock_register(connection)
    if not holds.set_pause(connection, copy.person, revision.date, delivery=copy.id, now=now):
        return
    waiting.withhold(connection, EntitlementReason.PAUSED, person=copy.person)
    detail = f"from the issue of {revision.date} on"
    history.record(connection, at=now, who="the reader", verb="pause", subject=f"delivery {copy.id}", detail=detail)
    maillog.unsubscribed(copy.id)


def paused_since(context: Context, person: str) -> datetime:
    """When the person unsubscribed; NotFound when the person has not."""
    with context.store.reading() as connection:
        pause = holds.pauses(connection, [person]).get(person)
    if pause is None:
        raise NotFound(
            f"person {person!r} has not unsubscribed; a pause of the register is changed in its columns pause_from and "
            "pause_until"
        )
    return pause.since


def resume(context: Context, person: str) -> None:
    """Send issues again to a person who unsubscribed, from the next plan on; NotFound when the person has not."""
    paused_since(context, person)
    with context.store.transaction() as connection:
        lock_register(connection)
        holds.lift_pause(connection, person, by=context.who, now=context.clock.now())
        context.record(connection, "resume", person)
