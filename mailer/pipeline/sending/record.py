"""Records attempts in the ledger, and decides when a copy is tried again, given up or held."""

from collections.abc import Sequence
from datetime import datetime

from mailer.domain.delivery import Deferred, Event, State, Throttled, Unknown
from mailer.domain.pacing import asked_for
from mailer.pipeline import maillog
from mailer.pipeline.bounces.breaker import pause_after_lost_answers
from mailer.pipeline.bounces.consequences import after_results
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.settle import SETTLE
from mailer.pipeline.sending.limits import throttle_after
from mailer.pipeline.sending.settings import SendSettings
from mailer.store import Connection, history
from mailer.store.copies import deliveries
from mailer.store.ledger import limits
from mailer.store.ledger import results as ledger
from mailer.store.ledger.claims import Claim
from mailer.store.ledger.results import Result


def record(
    connection: Connection,
    context: Context,
    settings: SendSettings,
    owner: int,
    relay: str,
    results: Sequence[Result],
    now: datetime,
) -> None:
    """Write the attempts with their replies, and move each delivery on: accepted, rejected, uncertain, or tried later.

    A provider that asked us to slow down gets nothing for a while, a mailing that is refused too often is paused, and
    an address that is refused again and again is held.
    """
    if not results:
        return
    results = _given_up_by_provider(connection, settings, _timed(connection, settings, results, now))
    ledger.record(connection, owner, relay, results)
    throttle_after(
        connection, [(result.claim.family, result.outcome) for result in results if result.outcome is not None], now
    )
    lost = [result for result in results if isinstance(result.outcome, Unknown)]
    if lost and settings.resend_unknown:
        _resend_uncertain(connection, context, lost)
    pause_after_lost_answers(connection, context, relay, {result.claim.mailing for result in lost})
    after_results(connection, context, results)


def hold_unmakable(connection: Connection, context: Context, claim: Claim, why: str) -> None:
    """Hold a copy that cannot be made, if it waits: a person must look."""
    delivery = deliveries.delivery(connection, claim.delivery)
    if delivery is not None and delivery.state is State.PENDING:
        deliveries.move(connection, delivery, Event.HELD, held_reason="cannot_render")
        context.record(connection, "hold", f"delivery {claim.delivery}", "cannot_render")
        maillog.cannot_render(claim.delivery, why)


def _timed(
    connection: Connection, settings: SendSettings, results: Sequence[Result], now: datetime
) -> Sequence[Result]:
    """The results, those that were deferred or lost with the time of the next attempt, or given up."""
    unsure = [result.claim.delivery for result in results if isinstance(result.outcome, Deferred | Unknown)]
    if not unsure:
        return results
    times = ledger.attempt_times(connection, unsure)
    return [_with_next_attempt(result, times.get(result.claim.delivery, ()), settings, now) for result in results]


def _with_next_attempt(result: Result, before: Sequence[datetime], settings: SendSettings, now: datetime) -> Result:
    """`before` are the times of the copy's earlier attempts."""
    if not isinstance(result.outcome, Deferred | Unknown):
        return result
    attempts = [*before, result.started_at]
    next_attempt_at = settings.backoff.next_attempt(attempts, now=now, give_up_after=settings.give_up_after)
    gave_up = isinstance(result.outcome, Deferred) and next_attempt_at is None
    return result._replace(event=Event.GAVE_UP if gave_up else result.event, next_attempt_at=next_attempt_at)


def _given_up_by_provider(
    connection: Connection, settings: SendSettings, results: Sequence[Result]
) -> Sequence[Result]:
    """The results, those given up whose provider has asked to slow down for too long, and accepted nothing meanwhile.

    Else its mailing would never end, and no person would hear of it. The relay's own pleas give nothing up.
    """
    throttled = [
        result.claim for result in results if isinstance(result.outcome, Throttled) and result.outcome.by_provider
    ]
    throttles = [limits.throttle_of(connection, family) for family in {claim.family for claim in throttled}]
    patience = settings.give_up_after
    hopeless = {each.family for each in throttles if each is not None and asked_for(each.failures) >= patience}
    late = [claim.delivery for claim in throttled if claim.family in hopeless]
    if not late:
        return results
    times = ledger.attempt_times(connection, late, throttled=True)
    given_up = {delivery for delivery, before in times.items() if settings.backoff.tried_for(before) >= patience}
    return [
        result._replace(event=Event.GAVE_UP, next_attempt_at=None) if result.claim.delivery in given_up else result
        for result in results
    ]


def _resend_uncertain(connection: Connection, context: Context, lost: Sequence[Result]) -> None:
    """Send each of these uncertain copies once more, as `on_unknown = "resend"` asks, and keep that in its history.

    A copy lost for the second time stays uncertain, and so does one that a person has sent again: its reader may have two.
    """
    again = ledger.lost_before(connection, [result.claim.delivery for result in lost])
    for result in lost:
        identity = result.claim.delivery
        if identity in again or result.next_attempt_at is None:
            continue
        if any(entry.verb == SETTLE for entry in history.entries(connection, f"delivery {identity}")):
            continue
        delivery = deliveries.delivery(connection, identity)
        if delivery is not None and delivery.state is State.UNCERTAIN:
            deliveries.move(connection, delivery, Event.SETTLED_RESEND, next_attempt_at=result.next_attempt_at)
            context.record(connection, SETTLE, f"delivery {identity}", 'on_unknown = "resend"')
