"""Begins scheduled mailings when their time has come, or holds those that missed it; cron itself is the daemon's."""

from collections.abc import Callable
from datetime import datetime, timedelta

from mailer.domain.errors import Refused
from mailer.domain.mailing import Mailing, MailingState, Step
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.drift import drift_of
from mailer.pipeline.mailings.plan import compile_draft, is_outdated, write_plan
from mailer.pipeline.mailings.send import begin_mailing, may_leave
from mailer.pipeline.mailings.steps import move_mailing, record_step
from mailer.store import Connection, issues, mailings

# The first time of a newsletter's schedule after an instant.
NextTime = Callable[[datetime], datetime]


def waiting(context: Context) -> list[Mailing]:
    """The mailings that wait for their time: planned, approved where that is required, of newsletters that are known."""
    with context.store.reading() as connection:
        found = mailings.mailings_in(connection, [MailingState.PLANNED, MailingState.APPROVED])
    return [
        one for one in found if one.newsletter in context.newsletters and not one.supplement and may_leave(context, one)
    ]


def begin_if_due(context: Context, found: Mailing, next_time: NextTime) -> bool:
    """Begin a mailing whose time has come; returns whether it began. Its time is the first after it was ready.

    Where no approval is required it is planned again first, since nobody has looked at the plan. One whose time is
    longer past than `not_after_hours` is held. Raises Refused when somebody changed it meanwhile, or when the plan is
    no longer what would go out: an approval is never withdrawn by the clock.
    """
    schedule, now = context.newsletter(found.newsletter).schedule, context.clock.now()
    due_at = found.due_at or _settle_time(context, found, next_time)
    if now < due_at:
        return False
    if now > due_at + timedelta(hours=schedule.not_after_hours):
        with context.store.transaction() as connection:
            hold_missed(connection, context, found)
        return False
    if not schedule.open_at(now):
        return False
    if found.state is MailingState.APPROVED:
        with context.store.reading() as connection:
            drift = drift_of(connection, context, found)
        if drift:
            raise Refused(f"{found.issue} is approved, but {drift}: send SIGHUP if it was meant, then plan it again")
        begin_mailing(context, found)
    else:
        _plan_and_begin(context, found)
    return True


def hold_missed(connection: Connection, context: Context, mailing: Mailing) -> None:
    """Hold a scheduled mailing that was not begun in time, so that a person decides."""
    move_mailing(connection, mailing, Step.MISSED, held_reason="missed_window")
    record_step(connection, context, "hold", mailing.issue, "missed_window")


def _settle_time(context: Context, found: Mailing, next_time: NextTime) -> datetime:
    with context.store.transaction() as connection:
        revision = issues.revision_of(connection, found.content_hash)
        assert revision is not None, "a mailing's revision is kept for ever"
        due_at = next_time(max(revision.pulled_at, found.approved_at or revision.pulled_at))
        mailings.change(connection, found.id, due_at=due_at)
    return due_at


def _plan_and_begin(context: Context, found: Mailing) -> None:
    """Plan anew, only in place of the very plan that was due, and begin what was planned.

    Every copy is made between the two, outside of any transaction; what was changed meanwhile is not begun.
    """
    name = IssueName.parse(found.issue)
    draft = compile_draft(context, name)
    with context.store.transaction() as connection:
        now = mailings.mailings_of(connection, name.newsletter, name.serial)
        if [(one.id, one.state) for one in now] != [(found.id, found.state)] or is_outdated(connection, name, draft):
            raise Refused(f"{name} was changed while it was planned again; it is looked at anew")
        made = mailings.mailing(connection, write_plan(connection, context, name, draft).mailing)
    begin_mailing(context, made)
