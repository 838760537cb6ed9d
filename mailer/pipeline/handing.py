"""The ledger's side of sending: claims what is due with its bytes made, and records what came of each attempt."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.domain.address import Address
from mailer.domain.delivery import Deferred, Event, Outcome, State, Unknown, event_of
from mailer.domain.errors import CannotRender
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.ports import Envelope
from mailer.domain.retry import Backoff
from mailer.pipeline import maillog
from mailer.pipeline.compiling import Workbench
from mailer.pipeline.judging import ask_again
from mailer.pipeline.press import IssueName, Press
from mailer.pipeline.proving import workbench
from mailer.store import Connection, claims, deliveries, history, mailings
from mailer.store.claims import Claim
from mailer.store.deliveries import Delivery

# What is the same for every copy of a mailing, by the mailing's id; None for one that cannot be read.
Benches = dict[int, Workbench | None]

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How copies are sent: the settings of [smtp] and [delivery] that concern the sender. 0 a minute is no limit."""

    connections: int
    per_minute: int
    give_up_after: timedelta
    backoff: Backoff
    resend_unknown: bool
    lease: timedelta = timedelta(minutes=10)  # longer than handing over all that a connection has in hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A copy in hand: the claim on it, the bytes, and where they go."""

    claim: Claim
    message: bytes
    envelope: Envelope


def claim_due(
    connection: Connection,
    press: Press,
    manner: Manner,
    benches: Benches,
    *,
    owner: int,
    limit: int,
    only: IssueName | None,
) -> list[Work]:
    """Claim up to `limit` copies that may leave now, each with its bytes made.

    Entitlement is asked again, in this transaction, from the register as it is in it. `benches` keeps what is the same
    for every copy of a mailing, by the mailing's id.
    """
    now = press.clock.now()
    room = limit
    if manner.per_minute:
        room = min(limit, manner.per_minute - claims.left_since(connection, now - MINUTE))
    found: list[Work] = []
    for one in startable(connection, press, now, only):
        bench = _bench(connection, benches, one, now)
        if bench is None or len(found) >= room:
            continue
        mailings.share(connection, one.id)
        claimed = claims.claim(
            connection,
            owner=owner,
            now=now,
            lease_until=now + manner.lease,
            limit=room - len(found),
            mailing=one.id,
            judged_by=ask_again(connection, press, one),
        )
        copies = deliveries.deliveries_with(connection, [held.delivery for held in claimed])
        works = [_work(connection, bench, held, copies[held.delivery]) for held in claimed]
        found += [work for work in works if work is not None]
    return found


def _bench(connection: Connection, benches: Benches, one: Mailing, now: datetime) -> Workbench | None:
    """What the mailing's copies are made from; None, said once, when that cannot be read: the others go on."""
    if one.id not in benches:
        try:
            benches[one.id] = workbench(connection, one, now)
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one mailing, the others go on)
            benches[one.id] = None
            maillog.failed(f"{one.issue} cannot be sent, SIGHUP tries it again: reading it", error)
    return benches[one.id]


def startable(connection: Connection, press: Press, now: datetime, only: IssueName | None) -> list[Mailing]:
    """The mailings of which messages may leave now: begun, past their undo time, within their newsletter's hours."""
    return [
        one
        for one in mailings.mailings_in(connection, [MailingState.SENDING])
        if (only is None or one.issue == str(only))
        and one.starts_at is not None
        and one.starts_at <= now
        and one.newsletter in press.newsletters
        and press.newsletters[one.newsletter].schedule.open_at(now)
    ]


def _work(connection: Connection, bench: Workbench, held: Claim, copy: Delivery) -> Work | None:
    try:
        message = bench.make(copy.copy, copy.message_id)
    except (CannotRender, LookupError, ValueError) as error:
        # Every copy was made once before the first left; this one cannot be made any more. A person must look.
        claims.give_back(connection, [held])
        again = deliveries.delivery(connection, copy.id)
        assert again is not None, "a claimed copy is there"
        deliveries.move(connection, again, Event.HELD, held_reason="cannot_render")
        maillog.cannot_render(copy.id, str(error))
        return None
    sender: Address = bench.letterhead.sender.address
    return Work(claim=held, message=message, envelope=Envelope(sender=sender, recipient=copy.copy.address))


def record(
    connection: Connection, press: Press, manner: Manner, held: Claim, outcome: Outcome, *, started_at: datetime
) -> None:
    """Write an attempt with its reply, and where it leaves the delivery: later, never, done, or not known."""
    now = press.clock.now()
    event, again_at = event_of(outcome), None
    if isinstance(outcome, Deferred | Unknown):
        again_at = _next_attempt(connection, manner, held, started_at, now)
    if isinstance(outcome, Deferred) and again_at is None:
        event = Event.GAVE_UP
    word = type(outcome).__name__.lower()
    owned = claims.record(
        connection,
        held,
        event=event,
        outcome=outcome,
        word=word,
        started_at=started_at,
        finished_at=now,
        next_attempt_at=again_at if isinstance(outcome, Deferred) else None,
    )
    reply = outcome.reply
    maillog.handed_over(held.delivery, word, reply.code if reply else None, reply.queue_id if reply else "")
    # Not for ever: a relay that always loses the reply would bring the reader copy after copy.
    if owned and manner.resend_unknown and isinstance(outcome, Unknown) and again_at is not None:
        settle_by_policy(connection, press, held.delivery, again_at)


def settle_by_policy(connection: Connection, press: Press, identity: int, again_at: datetime) -> None:
    """An uncertain copy is sent once more, because on_unknown = "resend" says so; history keeps that."""
    found = deliveries.delivery(connection, identity)
    if found is not None and found.state is State.UNCERTAIN:
        deliveries.move(connection, found, Event.SETTLED_RESEND, next_attempt_at=again_at)
        detail = 'on_unknown = "resend"'
        now = press.clock.now()
        history.record(connection, at=now, who=press.who, verb="settle", subject=f"delivery {identity}", detail=detail)


def _next_attempt(
    connection: Connection, manner: Manner, held: Claim, started_at: datetime, now: datetime
) -> datetime | None:
    first = claims.first_attempt_at(connection, held.delivery) or started_at
    down = sum(
        (
            max(timedelta(0), (ended or now) - max(began, first))
            for began, ended in claims.outages_since(connection, first)
        ),
        start=timedelta(0),
    )
    return manner.backoff.next_attempt(
        first_attempt_at=first,
        attempts=len(deliveries.attempts_of(connection, held.delivery)) + 1,
        now=now,
        give_up_after=manner.give_up_after,
        down=down,
    )
