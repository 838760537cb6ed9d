"""Tells how it stands: the progress of a mailing, and the distribution report that must balance."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from mailer.domain.delivery import BLOCKING, Delivery, State
from mailer.domain.distribution_report import Balance, DistributionReport, count_reasons, faults
from mailer.domain.errors import MailerError
from mailer.domain.history import HistoryEntry
from mailer.domain.hold import Failure
from mailer.domain.mailing import MailingState, Step
from mailer.domain.progress import Progress, current_mailing
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.approve import first_mailing
from mailer.pipeline.mailings.supplement import unsent
from mailer.store import Connection, failures, history, mailings
from mailer.store.copies import deliveries, tallies
from mailer.store.ledger import limits, outages

# Progress is told from the attempts of the last so many seconds.
RATE_WINDOW = timedelta(seconds=30)
# How many faults are named in one message.
NAMED = 20


def progress(context: Context, name: IssueName) -> Progress:
    """How far the mailings of an issue are, computed from their rows."""
    with context.store.reading() as connection:
        return _progress(connection, context, name)


def progress_of_all(context: Context) -> list[Progress]:
    """The progress of every issue that is planned, oldest plan first."""
    with context.store.reading() as connection:
        names = dict.fromkeys(one.issue for one in mailings.mailings_in(connection, MailingState))
        return [_progress(connection, context, IssueName.parse(name)) for name in names]


def report(context: Context, name: IssueName) -> DistributionReport:
    """The distribution report. Raises MailerError, loudly, when it does not balance."""
    # A newsletter that is gone from schedules/ still has its report.
    known = name.newsletter in context.newsletters
    gained = tuple(one.person for one in unsent(context, name).people) if known else ()
    with context.store.reading() as connection:
        first_mailing(connection, name)
        found = mailings.mailings_of(connection, name.newsletter, name.serial)
        identities = [one.id for one in found]
        decisions = mailings.decisions(connection, identities)
        listed = deliveries.listing(connection, name.newsletter, name.serial)
        recipients = [one for one in decisions if one.decision == "recipient"]
        balance = Balance(
            considered=len(decisions),
            recipients=len(recipients),
            copies=len(listed),
            excluded=count_reasons(one.reason for one in decisions if one.decision == "excluded"),
            deliveries=deliveries.counts(connection, identities),
        )
        failed = failures.of_mailings(connection, identities)
        wrong = [fault for identity in identities for fault in faults(mailings.frozen(connection, identity))]
    if not balance.balanced or wrong:
        raise MailerError(
            f"the report of {name} DOES NOT BALANCE: {'; '.join(wrong[:NAMED]) or balance}. "
            "Stop sending and ask the operator to look at the database"
        )
    there = {(one.person, one.language) for one in listed if one.state in BLOCKING}
    needs = (State.PENDING, State.SENDING, State.REJECTED, State.UNCERTAIN, State.HELD, State.BOUNCED)
    return DistributionReport(
        issue=str(name),
        state=current_mailing(found).state,
        balance=balance,
        decisions=tuple(decisions),
        open_copies=tuple(
            one for one in listed if one.state in needs and not (one.state.failed and _again(one, there))
        ),
        failures=failed,
        gained=gained,
    )


def _again(copy: Delivery, there: Collection[tuple[str, str]]) -> bool:
    """Whether a further copy stands in the place of this one: it needs nobody any more."""
    return (copy.person, copy.language) in there


def not_accepted(context: Context, name: IssueName) -> tuple[list[Delivery], Mapping[int, Failure]]:
    """The copies of an issue that the relay has not accepted, or that came back, and why, by delivery.

    Those that somebody has cancelled are left out.
    """
    with context.store.reading() as connection:
        listed = deliveries.listing(connection, name.newsletter, name.serial)
        found = mailings.mailings_of(connection, name.newsletter, name.serial)
        failed = failures.of_mailings(connection, [one.id for one in found])
    return [one for one in listed if one.state not in {State.ACCEPTED, State.CANCELLED}], failed


def _progress(connection: Connection, context: Context, name: IssueName) -> Progress:
    first_mailing(connection, name)
    found = mailings.mailings_of(connection, name.newsletter, name.serial)
    identities = [one.id for one in found]
    counts = deliveries.counts(connection, identities)
    waiting = counts[State.PENDING] + counts[State.SENDING]
    moving = [one.id for one in found if one.state is MailingState.SENDING]
    in_motion = deliveries.counts(connection, moving)
    copies = sum(counts.values())
    now = context.clock.now()
    rate = tallies.finished_since(connection, identities, now - RATE_WINDOW) / RATE_WINDOW.total_seconds()
    throttled = limits.throttled(connection, now)
    due = tallies.next_due(connection, moving, {one.family: one.until for one in throttled})
    current = current_mailing(found)
    return Progress(
        issue=str(name),
        state=current.state,
        copies=copies,
        done=copies - waiting,
        per_second=round(rate, 3),
        seconds_left=round(waiting / rate, 1) if waiting and rate else (0.0 if not waiting else None),
        counts=counts,
        lacking=tallies.lacking(connection, identities) if counts[State.REJECTED] + counts[State.BOUNCED] else 0,
        due_at=current.due_at,
        starts_at=current.starts_at,
        at_once=due.at_once,
        next_at=due.next_at,
        under_way=in_motion[State.PENDING] + in_motion[State.SENDING],
        held_reason=current.held_reason,
        pause_reason=why_paused(history.entries(connection, current.issue))
        if current.state is MailingState.PAUSED
        else "",
        rest_at=current.rest_at,
        resting=tuple(one for one in throttled if one.family in due.resting),
        relay_down=outages.open_now(connection),
        newsletter_known=name.newsletter in context.newsletters,
        approved_by=current.approved_by,
        approved_at=current.approved_at,
    )


def was_tested(context: Context, name: IssueName) -> bool:
    """Whether a test mailing of exactly what is planned was sent."""
    with context.store.reading() as connection:
        found = first_mailing(connection, name)
        return mailings.was_tested(connection, found.content_hash, found.editions_hash)


def why_paused(entries: Sequence[HistoryEntry]) -> str:
    """The last reason that history gives for a pause; empty when a person gave none."""
    return next((one.detail for one in reversed(entries) if one.verb == Step.PAUSE), "")
