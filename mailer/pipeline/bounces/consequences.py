"""What follows when copies fail, refused or come back: the breaker first, then holds; and the operator is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailer.domain.address import Address
from mailer.domain.bounce import ALERT_SCOPES, Phase
from mailer.domain.delivery import Delivery, Event, State
from mailer.domain.hold import Failure, Thresholds, reason_of
from mailer.formats.reports.classify import classify
from mailer.pipeline.bounces import alarms, breaker, holds
from mailer.pipeline.bounces.breaker import Breaker
from mailer.pipeline.context import Context
from mailer.store import Connection, failures, mailings
from mailer.store.copies import deliveries
from mailer.store.failures import CopyFailed
from mailer.store.ledger.results import Result

# So much of a server's words is kept with a failure, in characters.
MOST_SAID = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """The figures by which a mailing is stopped and an address is held."""

    breaker: Breaker = field(default_factory=Breaker)
    thresholds: Thresholds = field(default_factory=Thresholds)


def follow(connection: Connection, context: Context, rules: Consequences, failed: Sequence[CopyFailed]) -> None:
    """Each failure counts; mailings of which too much failed are stopped, and nobody is held for what failed of these.

    The other addresses at which enough has failed are held.
    """
    if not failed:
        return
    failures.add(connection, failed)
    theirs = {identity: mailings.mailing(connection, identity) for identity in sorted({one.mailing for one in failed})}
    unwanted = {
        (one.mailing, one.failure.reason): one.failure.said for one in failed if one.failure.scope in ALERT_SCOPES
    }
    for (identity, reason), said in unwanted.items():
        alarms.unwanted(connection, context, theirs[identity], reason, said)
    for identity, found in theirs.items():
        if breaker.too_much_failed(connection, context, rules.breaker, found):
            holds.reconsider(connection, context, rules.thresholds, identity)
    # Only at an address where it may count is there anything to judge.
    judged = [one.delivery for one in failed if reason_of(one.failure) is not None]
    copies = deliveries.deliveries_with(connection, judged)
    holds.judge(connection, context, rules.thresholds, list(copies.values()))


def refused(connection: Connection, context: Context, rules: Consequences, results: Sequence[Result]) -> None:
    """What follows from the copies among these results that the relay has refused, or put off for too long.

    A mailing of which too many were refused alike is stopped at once, and what failed of it is held against nobody.
    """
    for identity in breaker.break_off(connection, context, rules.breaker, results):
        holds.reconsider(connection, context, rules.thresholds, identity)
    given_up = {one.claim.delivery: one for one in results if one.event in {Event.REJECTED, Event.GAVE_UP}}
    if not given_up:
        return
    found = deliveries.deliveries_with(connection, list(given_up))
    names = {one.mailing: mailings.mailing(connection, one.mailing).issue for one in found.values()}
    follow(
        connection,
        context,
        rules,
        [
            _refusal(copy, names[copy.mailing], given_up[copy.id])
            for copy in found.values()
            if copy.state is State.REJECTED  # somebody else may have had it meanwhile
        ],
    )


def _refusal(copy: Delivery, issue: str, result: Result) -> CopyFailed:
    reply = result.outcome.reply if result.outcome is not None else None
    code, status, said = (reply.code, reply.status or None, reply.text) if reply is not None else (None, None, "")
    verdict = classify(code, status, said, Phase.CONTENT if result.begun else Phase.RCPT)
    failure = Failure(
        issue=issue,
        reason=verdict.reason,
        hard=verdict.hard,
        refused=True,
        forwarded=False,
        at=result.finished_at,
        said=" ".join(str(word) for word in (code, status, said) if word)[:MOST_SAID],
    )
    return CopyFailed(
        delivery=copy.id, mailing=copy.mailing, address=Address.kept(copy.address).normal, failure=failure
    )
