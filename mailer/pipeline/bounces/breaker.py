"""Stops a mailing of which too much fails for a reason that no single reader can help: a person must look first."""

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.bounce import RECIPIENT_SCOPES, Phase
from mailer.domain.delivery import Rejected, Reply
from mailer.domain.mailing import Mailing, MailingState, Step, take
from mailer.formats.reports.classify import classify
from mailer.pipeline import maillog
from mailer.pipeline.bounces import alarms
from mailer.pipeline.context import Context
from mailer.store import Connection, failures, history, mailings
from mailer.store.copies import tallies
from mailer.store.ledger.results import Result

UNWANTED, DEAD = "unwanted", "dead"
_SAID = {
    UNWANTED: "failed because the sender or the text was not wanted",
    DEAD: "failed because their address is dead",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """When a mailing is stopped; each share needs its number of copies, too.

    `share` is of the copies tried: they were refused with one and the same reply. Of all copies of the mailing, refused
    or come back, more than `unwanted_share` failed for the sender's or the text's sake, or `dead_share` and more because the
    address is dead for good.
    """

    share: float = 0.5
    at_least: int = 10
    unwanted_share: float = 0.05
    unwanted_at_least: int = 3
    dead_share: float = 0.1
    dead_at_least: int = 5


def break_off(connection: Connection, context: Context, breaker: Breaker, results: Iterable[Result]) -> list[int]:
    """Pause each mailing of these results of which too many copies were refused for good with the same code and status;
    returns those that it has paused.

    It is the quick one: it does not wait until so much of a large mailing is spent as `too_much_failed` needs. Refusals
    of an address do not count here.
    """
    refused: set[tuple[int, int, str]] = set()
    for one in results:
        reply = one.outcome.reply if isinstance(one.outcome, Rejected) else None
        if reply is not None and not _about_the_reader(reply, one):
            refused.add((one.claim.mailing, reply.code, reply.status))
    asked = sorted(refused)
    return [mailing for mailing, code, status in asked if _look(connection, context, breaker, mailing, code, status)]


def too_much_failed(connection: Connection, context: Context, breaker: Breaker, found: Mailing) -> bool:
    """Stop the mailing when too large a part of it has failed, and tell the operator; whether it has just been stopped.

    What was counted before a person resumed it does not count again. Of a canary wave the part is that of the wave.
    """
    entries = history.entries(connection, found.issue)
    since = max((one.at for one in entries if one.verb == Step.RESUME), default=None) if found.broken_at else None
    counted = (
        (UNWANTED, failures.unwanted, breaker.unwanted_at_least, breaker.unwanted_share, operator.gt),
        (DEAD, failures.dead, breaker.dead_at_least, breaker.dead_share, operator.ge),
    )
    for what, count, at_least, share, beyond in counted:
        failed = count(connection, found.id, since)
        if failed < at_least:
            continue
        # Not all of a large mailing is counted: so many that the share is too small are enough.
        copies = tallies.copies_up_to(connection, found.id, int(failed / share) + 1)
        copies = min(copies, _wave(context, found) or copies)
        if beyond(failed, share * copies):
            return _stop(connection, context, found, what, failed, copies, since)
    return False


def _look(connection: Connection, context: Context, breaker: Breaker, mailing: int, code: int, status: str) -> bool:
    found = mailings.mailing(connection, mailing)
    refused = tallies.refused_with(connection, mailing, code, status)
    wave = _wave(context, found)
    # In a canary wave no more are needed than it has copies, or the rest would follow.
    at_least = min(breaker.at_least, wave) if wave else breaker.at_least
    if found.state is not MailingState.SENDING or refused < at_least:
        return False
    # Not all of a large mailing is counted: so many that the share is too small are enough.
    tried = tallies.done_up_to(connection, mailing, int(refused / breaker.share) + 1)
    if refused < breaker.share * tried:
        return False
    return _stop(connection, context, found, f"{code} {status}".rstrip(), refused, tried, None)


def _stop(
    connection: Connection,
    context: Context,
    found: Mailing,
    what: str,
    failed: int,
    copies: int,
    resumed_at: datetime | None,
) -> bool:
    """The mailing is paused where it still sends; what failed of it is held against nobody; the operator is told.

    False when that was so already.
    """
    now = context.clock.now()
    goes_on = found.state is MailingState.SENDING
    if goes_on and not mailings.move(connection, found, take(found.state, Step.PAUSE)):
        return False  # somebody has just moved it
    if not goes_on and found.broken_at is not None and (resumed_at is None or found.broken_at >= resumed_at):
        return False  # told already
    mailings.change(connection, found.id, broken_at=now)
    verb = Step.PAUSE if goes_on else "alarm"
    said = f"{failed} of {copies} copies {_SAID.get(what, f'were refused with {what}')}"
    history.record(connection, at=now, who=context.who, verb=verb, subject=found.issue, detail=said)
    alarms.broken(connection, context, found.issue, what=what, failed=failed, copies=copies, paused=goes_on)
    maillog.broken(found.issue, said, paused=goes_on)
    return True


def _wave(context: Context, found: Mailing) -> int:
    """How many copies the canary wave has that is under way; 0 for none."""
    known = context.newsletters.get(found.newsletter)
    canary = known.schedule.canary if known is not None and not found.supplement else 0
    return canary if found.rest_at is None or context.clock.now() < found.rest_at else 0


def _about_the_reader(reply: Reply, result: Result) -> bool:
    phase = Phase.CONTENT if result.begun else Phase.RCPT
    return classify(reply.code, reply.status or None, reply.text, phase).scope in RECIPIENT_SCOPES
