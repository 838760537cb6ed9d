"""Works out when a planned mailing leaves by itself."""

from datetime import datetime, timedelta

from mailer.domain.departure import Departure
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.newsletter import Schedule
from mailer.formats.cron import next_time
from mailer.pipeline.context import Context
from mailer.store import Connection, issues, mailings

_PLANNED = (MailingState.PLANNED, MailingState.APPROVED)


def departures(context: Context) -> dict[str, Departure]:
    """When each planned or approved mailing begins by its schedule, by issue."""
    with context.store.reading() as connection:
        planned = mailings.mailings_in(connection, _PLANNED)
        every = {
            mailing.issue: departure_of(connection, context, mailing)
            for mailing in planned
            if mailing.newsletter in context.newsletters
        }
    return {issue: departure for issue, departure in every.items() if departure is not None}


def departure_of(connection: Connection, context: Context, mailing: Mailing) -> Departure | None:
    """When a planned or approved mailing begins by its schedule; None for one that does not.

    Of one that still lacks its approval: when it would begin if it were approved now.
    """
    if mailing.state not in _PLANNED or mailing.supplement:
        return None
    newsletter, now = context.newsletter(mailing.newsletter), context.clock.now()
    schedule, unapproved = newsletter.schedule, not mailing.may_leave(approval_required=newsletter.approval_required)
    due_at = (
        next_time(schedule, now)
        if unapproved and mailing.due_at is None
        else time_of(connection, schedule, mailing, now)
    )
    stopped = mailing.stopped_at is not None and not unapproved  # an approval lets it leave again
    return Departure(
        at=schedule.opens_at(max(due_at, now)),
        timezone=schedule.timezone,
        missed=is_missed(schedule, due_at, now) and not stopped,
        unapproved=unapproved,
        stopped=stopped,
        standstill=context.standstill_in(connection),
    )


def waiting_for_approval(connection: Connection, context: Context) -> list[Mailing]:
    """The planned mailings of issues that leave only once a person has approved them, oldest plan first."""
    return [
        mailing
        for mailing in mailings.mailings_in(connection, [MailingState.PLANNED])
        if (newsletter := context.newsletters.get(mailing.newsletter)) is not None
        and not mailing.supplement
        and not mailing.may_leave(approval_required=newsletter.approval_required)
    ]


def stopped_countdowns(connection: Connection, context: Context) -> list[Mailing]:
    """The mailings that could leave, but whose countdown a person has stopped, oldest plan first."""
    return [
        mailing
        for mailing in mailings.mailings_in(connection, _PLANNED)
        if mailing.stopped_at is not None
        and (newsletter := context.newsletters.get(mailing.newsletter)) is not None
        and mailing.may_leave(approval_required=newsletter.approval_required)
    ]


def ready_at(connection: Connection, mailing: Mailing) -> datetime:
    """When the mailing had been pulled, and approved where it was: its time is the schedule's first one after that."""
    revision = issues.revision_of(connection, mailing)
    return max(revision.pulled_at, mailing.approved_at or revision.pulled_at)


def time_of(connection: Connection, schedule: Schedule, mailing: Mailing, now: datetime) -> datetime:
    """The schedule's first time after the mailing was ready, as it was settled, else as it is now.

    One that became ready while the clock was ahead counts as ready now.
    """
    if mailing.due_at is not None and mailing.due_at <= next_time(schedule, now):
        return mailing.due_at
    ready = ready_at(connection, mailing)
    if mailing.due_at is not None and ready <= now:
        return mailing.due_at  # the schedule was changed since
    return next_time(schedule, min(ready, now))


def is_missed(schedule: Schedule, due_at: datetime, now: datetime) -> bool:
    """Whether a mailing's time has passed so long ago that a person must decide."""
    return now > due_at + timedelta(hours=schedule.not_after_hours)
