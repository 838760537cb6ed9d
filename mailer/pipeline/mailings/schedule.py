"""Begins scheduled mailings when their time has come, or holds those that missed it."""

from datetime import datetime

from mailer.domain.errors import Refused
from mailer.domain.mailing import Mailing, MailingState, Step
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.departure import is_missed, time_of
from mailer.pipeline.mailings.drift import drift_of
from mailer.pipeline.mailings.plan import plan_unchanged
from mailer.pipeline.mailings.send import begin_mailing, may_leave
from mailer.pipeline.mailings.steps import first_mailing, move_mailing
from mailer.store import Connection, mailings


def scheduled_mailings(context: Context) -> list[Mailing]:
    """The mailings that begin by the schedule: planned, and approved where that is required.

    No supplements, and none whose countdown a person has stopped.
    """
    with context.store.reading() as connection:
        planned = mailings.mailings_in(connection, [MailingState.PLANNED, MailingState.APPROVED])
    return [
        mailing
        for mailing in planned
        if mailing.newsletter in context.newsletters
        and not mailing.supplement
        and mailing.stopped_at is None
        and may_leave(context, mailing)
    ]


def begin_if_due(context: Context, mailing: Mailing) -> bool:
    """Begin a mailing if its time has come, the first of the schedule after it was ready; returns whether it began.

    Without an approval it is planned again first, since the register may have changed. A mailing whose time passed more
    than `not_after_hours` ago is held. Raises Refused when it was changed meanwhile, or when the plan is no longer what
    would go out: the clock never withdraws an approval.
    """
    schedule, now = context.newsletter(mailing.newsletter).schedule, context.clock.now()
    due_at = _settle_time(context, mailing)
    if now < due_at:
        return False
    if is_missed(schedule, due_at, now):
        with context.store.transaction() as connection:
            hold_missed(connection, context, mailing)
        return False
    if not schedule.open_at(now):
        return False
    if mailing.state is MailingState.APPROVED:
        with context.store.reading() as connection:
            drift = drift_of(connection, context, mailing)
        if drift:
            raise Refused(f"{mailing.issue} is approved, but {drift}: send SIGHUP if it was meant, then plan it again")
        begin_mailing(context, mailing)
    else:
        _plan_and_begin(context, mailing)
    return True


def hold_missed(connection: Connection, context: Context, mailing: Mailing) -> None:
    """Hold a scheduled mailing that was not begun in time, so that a person decides."""
    move_mailing(connection, mailing, Step.MISSED, held_reason="missed_window")
    context.record(connection, "hold", mailing.issue, "missed_window")


def _settle_time(context: Context, mailing: Mailing) -> datetime:
    schedule = context.newsletter(mailing.newsletter).schedule
    with context.store.reading() as connection:
        due_at = time_of(connection, schedule, mailing, context.clock.now())
    if due_at != mailing.due_at:
        with context.store.transaction() as connection:
            mailings.change(connection, mailing.id, due_at=due_at)
    return due_at


def _plan_and_begin(context: Context, mailing: Mailing) -> None:
    """Plan the mailing again, unless it was changed since it was read, and begin it.

    In between every copy is made once, outside of any transaction; a plan that is changed meanwhile is not begun.
    """
    name = IssueName.parse(mailing.issue)
    plan = plan_unchanged(context, name, mailing.id)
    if plan is None:
        raise Refused(f"{name} was changed while it was planned again; it is planned once more")
    with context.store.reading() as connection:
        planned = first_mailing(connection, name)
    if planned.id != plan.mailing:
        raise Refused(f"{name} was changed while it was planned again; it is planned once more")
    begin_mailing(context, planned)
