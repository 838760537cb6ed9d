"""What follows from failed copies: the breaker may pause their mailing, their address may be held, the operator is alarmed."""

from collections.abc import Sequence

from mailer.domain.address import Address
from mailer.domain.bounce import ALERT_SCOPES, Phase
from mailer.domain.dead_address import reason_of
from mailer.domain.delivery import Delivery, Event, State
from mailer.domain.hold import Failure
from mailer.formats.reports.classify import classify
from mailer.formats.reports.wording import joined, wording_of
from mailer.pipeline.bounces import alarms, breaker, holds
from mailer.pipeline.context import Context
from mailer.store import Connection, failures, mailings
from mailer.store.copies import deliveries
from mailer.store.failures import CopyFailed
from mailer.store.ledger.results import Result

# So much of a server's words is kept with a failure, in characters.
MOST_SAID = 300


def after_failures(connection: Connection, context: Context, failed: Sequence[CopyFailed]) -> None:
    """Count these failures, pause mailings of which too much has failed, and hold addresses at which enough has failed.

    The failures of a mailing that was paused so hold no address.
    """
    if not failed:
        return
    failures.add(connection, failed)
    involved = {
        identity: mailings.mailing(connection, identity) for identity in sorted({each.mailing for each in failed})
    }
    alerts = {
        (each.mailing, each.failure.reason): each.failure.words for each in failed if each.failure.scope in ALERT_SCOPES
    }
    for (identity, reason), words in alerts.items():
        alarms.failure(connection, context, involved[identity], reason, words)
    for identity, mailing in involved.items():
        own = [each for each in failed if each.mailing == identity]
        if breaker.pause_after_failures(connection, context, mailing, own):
            holds.reconsider(connection, context, identity)
    # Only an address where the failure may count can have changed.
    counted = [each.delivery for each in failed if reason_of(each.failure) is not None]
    holds.hold_dead(connection, context, list(deliveries.deliveries_with(connection, counted).values()))


def after_results(connection: Connection, context: Context, results: Sequence[Result]) -> None:
    """What follows from the copies among these results that the relay has refused, or deferred for too long."""
    given_up = {result.claim.delivery: result for result in results if result.event in {Event.REJECTED, Event.GAVE_UP}}
    if not given_up:
        return
    copies = deliveries.deliveries_with(connection, list(given_up))
    issues = {copy.mailing: mailings.mailing(connection, copy.mailing).issue for copy in copies.values()}
    refusals = [
        _refusal(copy, issues[copy.mailing], given_up[copy.id])
        for copy in copies.values()
        if copy.state is State.REJECTED  # another process may have had it meanwhile
    ]
    after_failures(connection, context, refusals)


def _refusal(copy: Delivery, issue: str, result: Result) -> CopyFailed:
    reply = result.outcome.reply if result.outcome is not None else None
    code, status, text = (reply.code, reply.status or None, reply.text) if reply is not None else (None, None, "")
    verdict = classify(code, status, text, _phase(result))
    failure = Failure(
        issue=issue,
        reason=verdict.reason,
        hard=verdict.hard,
        refused=True,
        forwarded=False,
        at=result.finished_at,
        words=joined(code, status, text)[:MOST_SAID],
        reply=joined(code, status),
        wording=wording_of(text, copy.address),
    )
    return CopyFailed(
        delivery=copy.id, mailing=copy.mailing, address=Address.from_wire(copy.address).normal, failure=failure
    )


def _phase(result: Result) -> Phase:
    """Where the relay refused the copy."""
    if result.outcome is not None and result.outcome.phase is not Phase.UNKNOWN:
        return result.outcome.phase
    return Phase.CONTENT if result.begun else Phase.RCPT
