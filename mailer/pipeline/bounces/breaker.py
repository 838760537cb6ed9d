"""Pauses a mailing when too many of its copies fail, or would, for a reason that no single reader can help."""

import operator
from collections.abc import Iterable, Mapping
from datetime import datetime

from mailer.domain.bounce import RECIPIENT_SCOPES, Phase
from mailer.domain.delivery import Rejected, Reply
from mailer.domain.mailing import Mailing, MailingState, Step, take
from mailer.domain.message_size import size_fault
from mailer.formats.reports.classify import classify
from mailer.pipeline import maillog
from mailer.pipeline.bounces import alarms
from mailer.pipeline.context import Context
from mailer.store import Connection, failures, history, mailings
from mailer.store.copies import tallies
from mailer.store.ledger.results import Result

# Of the copies tried so far: refused for good with one and the same reply. Ten are no accident, and half of the copies
# tried means the mailing, not its readers.
REFUSED_SHARE, REFUSED_AT_LEAST = 0.5, 10
# Of all copies: failed because the sender or the text was not wanted. Providers judge a sender by a few per cent.
UNWANTED_SHARE, UNWANTED_AT_LEAST = 0.05, 3
# Of all copies: failed because the address is dead. One in ten is more than a register loses between two issues: an old
# one was imported, or a provider is ill.
DEAD_SHARE, DEAD_AT_LEAST = 0.1, 5

UNWANTED, DEAD = "unwanted", "dead"
_IN_WORDS = {
    UNWANTED: "failed because the sender or the text was not wanted",
    DEAD: "failed because their address is dead",
}


def pause_after_refusals(connection: Connection, context: Context, results: Iterable[Result]) -> list[int]:
    """Pause each mailing of these results of which too many copies were refused for good with the same code and status;
    returns those that it has paused.

    It acts early, while a large mailing has only begun; `pause_after_failures` needs a share of all copies. Refusals of
    an address do not count here.
    """
    replies: set[tuple[int, int, str]] = set()
    for result in results:
        reply = result.outcome.reply if isinstance(result.outcome, Rejected) else None
        if reply is not None and not _about_the_reader(reply, result):
            replies.add((result.claim.mailing, reply.code, reply.status))
    return [
        mailing
        for mailing, code, status in sorted(replies)
        if _pause_where_refused(connection, context, mailing, code, status)
    ]


def pause_after_failures(connection: Connection, context: Context, mailing: Mailing) -> bool:
    """Pause the mailing when too large a share of it has failed, and alarm the operator; whether that happened now.

    What was counted before a person resumed it does not count again. In a canary wave the share is that of the wave.
    """
    entries = history.entries(connection, mailing.issue)
    resumed_at = (
        max((entry.at for entry in entries if entry.verb == Step.RESUME), default=None) if mailing.broken_at else None
    )
    limits = (
        (UNWANTED, failures.unwanted, UNWANTED_AT_LEAST, UNWANTED_SHARE, operator.gt),
        (DEAD, failures.dead, DEAD_AT_LEAST, DEAD_SHARE, operator.ge),
    )
    for cause, count, at_least, share, exceeds in limits:
        failed = count(connection, mailing.id, resumed_at)
        if failed < at_least:
            continue
        # Of a large mailing only so many copies are counted as show that the share is too small.
        copies = tallies.copies_up_to(connection, mailing.id, int(failed / share) + 1)
        copies = min(copies, _canary_copies(context, mailing) or copies)
        if exceeds(failed, share * copies):
            return _pause(connection, context, mailing, cause, failed, copies, resumed_at)
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


def pause_refused_by_relay(connection: Connection, context: Context, identities: Iterable[int], said: str) -> None:
    """Pause each of these mailings that still sends, since no relay is left that works for us, and alarm the operator.

    `said` quotes what the relay says of our account. No copy was judged: all of them wait for `resume`.
    """
    for identity in sorted(set(identities)):
        mailing = mailings.mailing(connection, identity)
        if mailing.state is MailingState.SENDING:
            why = f"the relay refuses our account: {said}; nothing was lost: fix it with the relay's operator"
            if _stop(connection, context, mailing, why):
                alarms.account_refused(connection, context, mailing.issue, said)


def _stop(connection: Connection, context: Context, mailing: Mailing, why: str) -> bool:
    """Pause a mailing and keep why, for `status`; False when a person has just moved it."""
    if not mailings.move(connection, mailing, take(mailing.state, Step.PAUSE)):
        return False
    context.record(connection, Step.PAUSE, mailing.issue, why)
    maillog.too_many_failures(mailing.issue, why, paused=True)
    return True


def _pause_where_refused(connection: Connection, context: Context, identity: int, code: int, status: str) -> bool:
    mailing = mailings.mailing(connection, identity)
    refused = tallies.refused_with(connection, identity, code, status)
    canary = _canary_copies(context, mailing)
    # In a canary wave no more are needed than it has copies, or the rest would follow.
    at_least = min(REFUSED_AT_LEAST, canary) if canary else REFUSED_AT_LEAST
    if mailing.state is not MailingState.SENDING or refused < at_least:
        return False
    # Of a large mailing only so many copies are counted as show that the share is too small.
    tried = tallies.done_up_to(connection, identity, int(refused / REFUSED_SHARE) + 1)
    if refused < REFUSED_SHARE * tried:
        return False
    return _pause(connection, context, mailing, f"{code} {status}".rstrip(), refused, tried, None)


def _pause(
    connection: Connection,
    context: Context,
    mailing: Mailing,
    cause: str,
    failed: int,
    copies: int,
    resumed_at: datetime | None,
) -> bool:
    """Pause the mailing if it still sends, count none of its failures towards holds, and alarm the operator.

    False when that was done before.
    """
    now = context.clock.now()
    sends = mailing.state is MailingState.SENDING
    if sends and not mailings.move(connection, mailing, take(mailing.state, Step.PAUSE)):
        return False  # a person has just moved it
    if not sends and mailing.broken_at is not None and (resumed_at is None or mailing.broken_at >= resumed_at):
        return False  # the operator knows already
    mailings.change(connection, mailing.id, broken_at=now)
    verb = Step.PAUSE if sends else "alarm"
    why = f"{failed} of {copies} copies {_IN_WORDS.get(cause, f'were refused with {cause}')}"
    context.record(connection, verb, mailing.issue, why)
    alarms.breaker(connection, context, mailing.issue, cause=cause, failed=failed, copies=copies, paused=sends)
    maillog.too_many_failures(mailing.issue, why, paused=sends)
    return True


def _canary_copies(context: Context, mailing: Mailing) -> int:
    """How many copies the canary wave under way has; 0 for none."""
    newsletter = context.newsletters.get(mailing.newsletter)
    canary = newsletter.schedule.canary if newsletter is not None and not mailing.supplement else 0
    return canary if mailing.rest_at is None or context.clock.now() < mailing.rest_at else 0


def _about_the_reader(reply: Reply, result: Result) -> bool:
    phase = Phase.CONTENT if result.begun else Phase.RCPT
    return classify(reply.code, reply.status or None, reply.text, phase).scope in RECIPIENT_SCOPES
