"""Pauses a mailing when too many of its copies fail, or would, for a reason that no single reader can help."""

import operator
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from mailer.domain.lost_answers import LOOKED_AT, too_many_lost
from mailer.domain.mailing import Mailing, MailingState, Step, take
from mailer.domain.message_size import size_fault
from mailer.domain.remedy import Action, Remedy
from mailer.pipeline import maillog
from mailer.pipeline.bounces import alarms
from mailer.pipeline.bounces.alike import find_likeness
from mailer.pipeline.context import Context
from mailer.store import Connection, failures, history, mailings
from mailer.store.copies import tallies
from mailer.store.failures import CopyFailed
from mailer.store.ledger import results

# Of all copies: failed because the sender or the text was not wanted. Providers judge a sender by a few per cent.
UNWANTED_SHARE, UNWANTED_AT_LEAST = 0.05, 3
# Of all copies: failed because the address is dead. One in ten is more than a register loses between two issues: an old
# one was imported, or a provider is ill.
DEAD_SHARE, DEAD_AT_LEAST = 0.1, 5
# More copies of a canary wave or mailing than these are not counted: ten that fail alike are enough.
COUNTED = 20

UNWANTED, DEAD = "unwanted", "dead"
_IN_WORDS = {
    UNWANTED: "failed because the sender or the text was not wanted",
    DEAD: "failed because their address is dead",
}


def pause_after_failures(
    connection: Connection, context: Context, mailing: Mailing, failed: Sequence[CopyFailed]
) -> bool:
    """Pause the mailing when too many of its copies have failed, and alarm the operator; whether that happened now.

    `failed` are copies of it that have just failed, by a refusal or a report. Copies that left before a person resumed it
    do not count, also when they come back later. In a canary wave the share is that of the wave.
    """
    since = resumed_at(connection, mailing)
    return _pause_after_like(connection, context, mailing, failed, since) or _pause_after_share(
        connection, context, mailing, since
    )


def _pause_after_like(
    connection: Connection, context: Context, mailing: Mailing, failed: Sequence[CopyFailed], since: datetime | None
) -> bool:
    """It acts early, while a large mailing has only begun; the other limits need a share of all copies."""
    copies = _canary_copies(context, mailing) or tallies.copies_up_to(connection, mailing.id, COUNTED)
    likeness = find_likeness(connection, failed, copies, since)
    if likeness is None:
        return False
    why = f"{likeness.failed} of {likeness.tried} copies were refused with {likeness.words}"
    if likeness.unrelated and likeness.dead:
        why = f"{why}, at unrelated providers: that is our list, our account or our relay, not so many readers"
    elif likeness.unrelated:
        why = f"{why}, at unrelated providers: that is our account or our relay, not so many readers"
    if not _break(connection, context, mailing, why, since, broken_by=likeness.shared):
        return False
    alarms.breaker(
        connection,
        context,
        mailing.issue,
        cause=likeness.words,
        failed=likeness.failed,
        copies=likeness.tried,
        paused=mailing.state is MailingState.SENDING,
        unrelated=likeness.unrelated,
        dead=likeness.dead,
    )
    return True


def _pause_after_share(connection: Connection, context: Context, mailing: Mailing, since: datetime | None) -> bool:
    limits = (
        (UNWANTED, failures.unwanted, UNWANTED_AT_LEAST, UNWANTED_SHARE, operator.gt),
        (DEAD, failures.dead, DEAD_AT_LEAST, DEAD_SHARE, operator.ge),
    )
    for cause, count, at_least, share, exceeds in limits:
        failed = count(connection, mailing.id, since)
        if failed < at_least:
            continue
        # Of a large mailing only so many copies are counted as show that the share is too small.
        copies = tallies.copies_up_to(connection, mailing.id, int(failed / share) + 1)
        copies = min(copies, _canary_copies(context, mailing) or copies)
        if exceeds(failed, share * copies):
            if not _break(connection, context, mailing, f"{failed} of {copies} copies {_IN_WORDS[cause]}", since):
                return False
            sends = mailing.state is MailingState.SENDING
            alarms.breaker(connection, context, mailing.issue, cause=cause, failed=failed, copies=copies, paused=sends)
            return True
    return False


def pause_too_large(
    connection: Connection, context: Context, mailing: Mailing, largest: int, limits: Mapping[str, int]
) -> bool:
    """Pause a mailing of which no relay takes a copy, before a reader is refused for it, and alarm the operator.

    `limits` are those of every relay of the settings that was reached.
    """
    if len(limits) < len(context.relays) or not (fault := size_fault(largest, limits)):
        return False
    if _stop(connection, context, mailing, fault):
        alarms.too_large(connection, context, mailing.issue, fault)
    return True


def pause_refused_by_relay(connection: Connection, context: Context, identities: Iterable[int], reply: str) -> None:
    """Pause each of these mailings that still sends, since no relay is left that works for us, and alarm the operator.

    `reply` quotes what the relay says of our account. No copy was judged: all of them wait for `resume`.
    """
    for identity in sorted(set(identities)):
        mailing = mailings.mailing(connection, identity)
        if mailing.state is MailingState.SENDING:
            why = f"the relay refuses our account: {reply}; nothing is lost; ask its operator why"
            if _stop(connection, context, mailing, why):
                alarms.account_refused(connection, context, mailing.issue, reply)


def pause_after_lost_answers(connection: Connection, context: Context, relay: str, identities: Iterable[int]) -> None:
    """Pause each of these mailings of which this relay has just lost an answer, if it loses too many of them.

    What was lost before a person resumed the mailing does not count again.
    """
    for identity in sorted(identities):
        mailing = mailings.mailing(connection, identity)
        if mailing.state is not MailingState.SENDING:
            continue
        attempts = results.hand_overs(connection, relay, LOOKED_AT)
        since = _last_resume(connection, mailing)
        too_many = too_many_lost([each for each in attempts if since is None or each.started_at >= since])
        if too_many is None:
            continue
        lost, copies = too_many
        answers = "answered none" if lost == copies else f"did not answer for {lost}"
        why = f"the relay {relay} took {copies} copies and {answers}: they may have arrived"
        if _stop(connection, context, mailing, why, Action.SETTLE_BY_LOG.of(mailing.issue)):
            alarms.answers_lost(connection, context, mailing.issue, relay=relay, lost=lost, copies=copies)


def pause_canary_wave(
    connection: Connection, context: Context, mailing: Mailing, copies: int, *, failed: int, uncertain: int
) -> None:
    """Pause a mailing of whose canary wave most copies failed or are uncertain, and alarm the operator."""
    if not uncertain:
        counts = f"{failed} failed"
    elif not failed:
        counts = f"{uncertain} are uncertain"
    else:
        counts = f"{failed} failed, {uncertain} are uncertain"
    why = f"of the {copies} copies that went first {counts}; the others have not left"
    if _break(connection, context, mailing, why, resumed_at(connection, mailing)):
        alarms.canary(connection, context, mailing.issue, failed=failed, uncertain=uncertain, copies=copies)


def _stop(connection: Connection, context: Context, mailing: Mailing, why: str, *remedies: Remedy) -> bool:
    """Pause a mailing and keep why, for `status`; False when a person has just moved it."""
    if not mailings.move(connection, mailing, take(mailing.state, Step.PAUSE)):
        return False
    context.record(connection, Step.PAUSE, mailing.issue, why)
    maillog.too_many_failures(mailing.issue, why, *remedies, paused=True)
    return True


def _break(
    connection: Connection, context: Context, mailing: Mailing, why: str, since: datetime | None, *, broken_by: str = ""
) -> bool:
    """Pause the mailing if it still sends, and count none of its failures towards holds.

    False when that was done before.
    """
    sends = mailing.state is MailingState.SENDING
    if not sends and mailing.broken_at is not None and (since is None or mailing.broken_at >= since):
        return False  # the operator knows already
    if sends and not _stop(connection, context, mailing, why):
        return False
    if not sends:
        context.record(connection, "alarm", mailing.issue, why)
        maillog.too_many_failures(mailing.issue, why, paused=False)
    mailings.change(connection, mailing.id, broken_at=context.clock.now(), broken_by=broken_by)
    return True


def resumed_at(connection: Connection, mailing: Mailing) -> datetime | None:
    """When a person last resumed a mailing that the breaker had stopped: what failed before counts no more."""
    return _last_resume(connection, mailing) if mailing.broken_at is not None else None


def _last_resume(connection: Connection, mailing: Mailing) -> datetime | None:
    entries = history.entries(connection, mailing.issue)
    return max((entry.at for entry in entries if entry.verb == Step.RESUME), default=None)


def _canary_copies(context: Context, mailing: Mailing) -> int:
    """How many copies the canary wave under way has; 0 for none."""
    newsletter = context.newsletters.get(mailing.newsletter)
    canary = newsletter.schedule.canary if newsletter is not None and not mailing.supplement else 0
    return canary if mailing.rest_at is None or context.clock.now() < mailing.rest_at else 0
