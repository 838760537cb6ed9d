"""Pauses the copies of a reader who unsubscribes or asks for it, and resumes them when the reader asks."""

from datetime import datetime

from mailer.domain.delivery import Delivery
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.history import READER
from mailer.domain.hold import OwnPause
from mailer.domain.membership import Pause
from mailer.domain.names import any_name, label
from mailer.domain.remedy import Action
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.store import Connection, history, holds, issues, mailings
from mailer.store.copies import waiting
from mailer.store.members import lock_register, names_of, raise_version


def pause_by_reader(connection: Connection, context: Context, copy: Delivery, at: datetime) -> None:
    """Pause this newsletter for the copy's reader, who unsubscribed at that time, from the date of its issue on.

    Waiting copies are held; the membership stays as it is, and no import of the register ends the pause. Nothing
    changes when the reader had unsubscribed before, or has asked for copies again since.
    """
    now = context.clock.now()
    mailing = mailings.mailing(connection, copy.mailing)
    lifted_at = holds.pause_lifted_at(connection, copy.person, mailing.newsletter)
    if lifted_at is not None and lifted_at >= at:
        return
    revision = issues.revision_of(connection, mailing)
    # Lock the register, so that every entitlement is judged either before the pause or with it.
    lock_register(connection)
    if not holds.set_pause(connection, copy.person, mailing.newsletter, revision.date, delivery=copy.id, now=now):
        return
    waiting.withhold(connection, EntitlementReason.PAUSED, person=copy.person, newsletter=mailing.newsletter)
    detail = f"from the issue of {revision.date} on"
    history.record(connection, at=now, who=READER, verb="pause", subject=f"delivery {copy.id}", detail=detail)
    maillog.unsubscribed(copy.id)


def pause_for(context: Context, person: str, days: Pause) -> None:
    """Pause a person's copies for these days, as they asked the secretary; no import ends it, `resume` does.

    It takes the place of an earlier pause of this kind. Raises BadInput for days in the wrong order, and Refused for a
    person who unsubscribed from every newsletter, since that has no end.
    """
    if days.first is not None and days.last is not None and days.last < days.first:
        raise BadInput(f"the pause would end on {days.last}, before it begins on {days.first}")
    now = context.clock.now()
    with context.store.transaction() as connection:
        lock_register(connection)
        endless = [pause for pause in holds.pauses(connection, [person]).get(person, ()) if pause.has_unsubscribed]
        newsletters = {pause.newsletter for pause in endless}
        if "" in newsletters or (endless and newsletters >= context.newsletters.keys()):
            raise Refused(
                f"{person} unsubscribed on {endless[0].since:%Y-%m-%d}, and gets no issue until they ask for it",
                Action.RESUME_PERSON.of(person),
            )
        holds.replace_pause(connection, person, days, now=now)
        raise_version(connection)
        detail = f"from {days.first} to {days.last}" if days.last else f"from {days.first}"
        context.record(connection, "pause", person, detail)


def own_pauses(context: Context, person: str) -> tuple[OwnPause, ...]:
    """The person's own pauses, that of all newsletters first; NotFound without one."""
    with context.store.reading() as connection:
        return _pauses_of(connection, person)


def _pauses_of(connection: Connection, person: str) -> tuple[OwnPause, ...]:
    pauses = holds.pauses(connection, [person]).get(person, ())
    if not pauses:
        names = names_of(connection, [person]).get(person, {})
        raise NotFound(
            f"{label(person, any_name(names))} has not unsubscribed or paused; a pause of the register is changed in its columns "
            "pause_from and pause_until"
        )
    return pauses


def resume(context: Context, person: str) -> None:
    """Send issues again to a person who unsubscribed or paused, from the next plan on; NotFound for another person."""
    with context.store.transaction() as connection:
        lock_register(connection)
        _pauses_of(connection, person)
        holds.lift_pauses(connection, person, by=context.who, now=context.clock.now())
        raise_version(connection)
        context.record(connection, "resume", person)
