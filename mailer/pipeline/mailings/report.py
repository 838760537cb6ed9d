"""Reports how far a mailing is, and gives the distribution report, which must balance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mailer.domain.circulation import Decision
from mailer.domain.delivery import Delivery, State
from mailer.domain.distribution_report import Balance, DistributionReport, count_reasons, faults
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.errors import MailerError
from mailer.domain.history import HistoryEntry
from mailer.domain.mailing import ENDED, UNDER_WAY, Mailing, MailingState, Step
from mailer.domain.progress import Progress, cancelled_supplements, current_mailing
from mailer.domain.search import CopySearch
from mailer.domain.supplement import Corrections
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.corrections import corrections_since
from mailer.pipeline.mailings.countdown import nothing_has_left
from mailer.pipeline.mailings.departure import departure_of
from mailer.pipeline.mailings.steps import all_mailings, first_mailing
from mailer.store import Connection, circulations, history, issues, mailings, relay_paces, tests_sent
from mailer.store import balance as sums
from mailer.store.copies import deliveries, open_copies, pages, tallies
from mailer.store.ledger import limits, outages

# The present rate is that of the last so many seconds.
RATE_WINDOW = timedelta(seconds=30)
# How many faults are named in one message.
NAMED = 20
# The report names each copy in one of these, whether or not a person has to do something about it.
_WITHOUT_END = frozenset({State.PENDING, State.SENDING, State.HELD})


def issue_progress(context: Context, name: IssueName) -> Progress:
    """How far the mailings of an issue are, computed from their rows."""
    with context.store.reading() as connection:
        return _progress(connection, context, name)


def progress_of_all(context: Context) -> list[Progress]:
    """The progress of every issue that is planned, oldest plan first."""
    with context.store.reading() as connection:
        names = dict.fromkeys(mailing.issue for mailing in mailings.mailings_in(connection, MailingState))
        return [_progress(connection, context, IssueName.parse(name)) for name in names]


def distribution_report(context: Context, name: IssueName) -> DistributionReport:
    """The distribution report of an issue. Raises MailerError when it does not balance."""
    # Imported here, since the progress of a mailing needs nothing that makes copies.
    from mailer.pipeline.mailings.entitle import entitled_without_address, partly_paid
    from mailer.pipeline.mailings.open_copies import open_among
    from mailer.pipeline.mailings.supplement import find_missing_copies

    # An issue whose newsletter is gone from schedules/ still has its report.
    judgeable = name.newsletter in context.newsletters
    gained = find_missing_copies(context, name).people if judgeable else ()
    with context.store.reading() as connection:
        every = all_mailings(connection, name)
        identities = [mailing.id for mailing in every]
        decisions = circulations.decisions(connection, identities)
        copies = pages.count(connection, name.newsletter, name.serial, CopySearch())
        balance = _balance(decisions, copies, deliveries.counts(connection, identities))
        needs_a_person = open_among(connection, context, every)
        corrections = corrections_since(connection, name.newsletter, name.serial)
        revision = issues.revision_of(connection, every[0])
        without_address = _excluded_for(EntitlementReason.NO_ADDRESS, decisions)
        unreachable = entitled_without_address(connection, context, revision, without_address) if judgeable else {}
        underpaid = _excluded_for(EntitlementReason.UNDERPAID, decisions)
        short = partly_paid(connection, context, revision, underpaid) if judgeable else ()
        every_copy = pages.every(connection, name.newsletter, name.serial, CopySearch())
        open_copies = [copy for copy in every_copy if copy.id in needs_a_person or copy.state in _WITHOUT_END]
        wrong = _faults(connection, name, identities, decisions)
    if not balance.balanced or wrong:
        raise MailerError(
            f"the report of {name} DOES NOT BALANCE: {'; '.join(wrong[:NAMED]) or balance}. "
            "Stop sending and ask the operator to look at the database"
        )
    return DistributionReport(
        issue=str(name),
        state=current_mailing(every).state,
        balance=balance,
        decisions=tuple(decisions),
        open_copies=tuple(open_copies),
        failures=corrections.failures,
        owed=corrections.owed_among(open_copies),
        gained=gained,
        unreachable=unreachable,
        partly_paid=short,
        needing_a_person=len(needs_a_person),
        cancelled_supplements=cancelled_supplements(every),
        circulation_known=all(mailing.knows_circulation for mailing in every),
    )


def _balance(decisions: Sequence[Decision], copies: int, counts: Mapping[str, int]) -> Balance:
    return Balance(
        considered=len(decisions),
        recipients=sum(decision.decision == "recipient" for decision in decisions),
        copies=copies,
        excluded=count_reasons(decision.reason for decision in decisions if decision.decision == "excluded"),
        deliveries=counts,
    )


def _faults(
    connection: Connection, name: IssueName, identities: Sequence[int], decisions: Sequence[Decision]
) -> list[str]:
    """The contradictions in words; the rows are read only where their sums do not agree."""
    wrong = [identity for identity in identities if not sums.agrees(connection, identity)]
    if not wrong:
        return []
    names = {copy.person: copy.copy.name for copy in deliveries.listing(connection, name.newsletter, name.serial)}
    names |= {each.person: each.name for each in decisions}
    return [fault for identity in wrong for fault in faults(mailings.frozen(connection, identity), names)]


def _excluded_for(reason: EntitlementReason, decisions: Sequence[Decision]) -> list[str]:
    return [decision.person for decision in decisions if decision.reason == reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unaccepted:
    """The copies that no relay has accepted, or that came back, without the cancelled; in place of the `replaced` a later stands."""

    copies: list[Delivery]
    replaced: frozenset[int]
    corrections: Corrections


def unaccepted_copies(context: Context, name: IssueName) -> Unaccepted:
    """The copies of an issue that no relay has accepted, and why."""
    with context.store.reading() as connection:
        every = mailings.mailings_of(connection, name.newsletter, name.serial)
        unaccepted = open_copies.unaccepted(connection, [mailing.id for mailing in every])
        copies = deliveries.deliveries_with(connection, list(unaccepted))
        corrections = corrections_since(connection, name.newsletter, name.serial)
    return Unaccepted(
        copies=[copies[identity] for identity in unaccepted],
        replaced=frozenset(identity for identity, is_replaced in unaccepted.items() if is_replaced),
        corrections=corrections,
    )


def was_tested(context: Context, name: IssueName) -> bool:
    """Whether a test mailing of exactly what is planned was sent."""
    with context.store.reading() as connection:
        mailing = first_mailing(connection, name)
        return tests_sent.was_tested(connection, mailing.content_hash, mailing.editions_hash)


def why_paused(entries: Sequence[HistoryEntry]) -> str:
    """The reason that the history gives for the last pause; empty when a person paused and gave none."""
    return next((entry.detail for entry in reversed(entries) if entry.verb == Step.PAUSE), "")


def _count_open(connection: Connection, context: Context, every: Sequence[Mailing]) -> int:
    """How many copies need a person, once the mailings have ended."""
    if current_mailing(every).state not in ENDED:
        return 0
    from mailer.pipeline.mailings.open_copies import open_among

    return len(open_among(connection, context, every))


def _progress(connection: Connection, context: Context, name: IssueName) -> Progress:
    every = all_mailings(connection, name)
    identities = [mailing.id for mailing in every]
    counts_of = deliveries.counts_by_mailing(connection, identities)
    counts = deliveries.sum_counts(counts_of.values())
    waiting = counts[State.PENDING] + counts[State.SENDING]
    sending = [mailing.id for mailing in every if mailing.state is MailingState.SENDING]
    counts_of_sending = deliveries.sum_counts(counts_of[identity] for identity in sending)
    copies = sum(counts.values())
    now = context.clock.now()
    rate = tallies.finished_since(connection, identities, now - RATE_WINDOW) / RATE_WINDOW.total_seconds()
    slow = [
        relay for name, relay in relay_paces.slow_relays(connection).items() if name in context.relays and relay.reply
    ]
    # What relays take is in bursts, and tells more about the time left than the last seconds do.
    pace = max(rate, sum(relay.per_second for relay in slow)) if slow else rate
    throttles = limits.current_throttles(connection, now)
    due = tallies.next_due(connection, sending, {throttle.family: throttle.until for throttle in throttles}, now)
    current = current_mailing(every)
    paused = current.state is MailingState.PAUSED
    newsletter = context.newsletters.get(name.newsletter)
    opens_at = newsletter.schedule.opens_at(now) if newsletter is not None else now
    return Progress(
        issue=str(name),
        state=current.state,
        copies=copies,
        done=copies - waiting,
        per_second=round(rate, 3),
        seconds_left=round(waiting / pace, 1) if waiting and pace else (0.0 if not waiting else None),
        counts=counts,
        open_copies=_count_open(connection, context, every) if copies > waiting + counts[State.ACCEPTED] else 0,
        due_at=current.due_at,
        starts_at=current.starts_at,
        at_once=due.at_once,
        next_at=due.next_at,
        under_way=counts_of_sending[State.PENDING] + counts_of_sending[State.SENDING],
        held_reason=current.held_reason,
        pause_reason=why_paused(history.entries(connection, current.issue)) if paused else "",
        rest_at=current.rest_at,
        throttled=tuple(throttle for throttle in throttles if throttle.family in due.throttled),
        relay_down=outages.open_now(connection),
        slow_relays=tuple(slow) if sending else (),
        newsletter_known=newsletter is not None,
        approved_by=current.approved_by,
        approved_at=current.approved_at,
        timezone=newsletter.schedule.timezone if newsletter is not None else "UTC",
        standstill=context.standstill_in(connection),
        departure=departure_of(connection, context, current) if newsletter is not None else None,
        opens_at=opens_at if opens_at > now else None,
        cancelled_supplements=cancelled_supplements(every),
        senders=deliveries.count_senders(connection, sending) if counts_of_sending[State.SENDING] else 0,
        stoppable=current.state in UNDER_WAY and nothing_has_left(current, counts_of[current.id]),
    )
