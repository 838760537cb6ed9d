"""The ledger's side of sending: claims what is due, and records what came of each attempt. Each step is one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailer.domain.delivery import Deferred, Event, State, Unknown
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.pacing import shares
from mailer.domain.ports import Envelope
from mailer.domain.retry import Backoff
from mailer.pipeline import maillog
from mailer.pipeline.bounces.consequences import after_results
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import Workbench
from mailer.pipeline.issues.proof import workbench
from mailer.pipeline.mailings.entitle import ask_again
from mailer.pipeline.sending.canary import wave
from mailer.pipeline.sending.limits import FamilyLimit, RelayLimit, learn, room_through, rooms_to
from mailer.pipeline.sending.signing import Work
from mailer.store import Connection, DatabaseError, history, mailings
from mailer.store.copies import deliveries
from mailer.store.ledger import claims, outages
from mailer.store.ledger import results as results_of
from mailer.store.ledger.claims import Claim
from mailer.store.ledger.results import Result

# What is the same for every copy of a mailing, by the mailing's id; None for one that cannot be read.
Benches = dict[int, Workbench | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSettings:
    """How copies are sent: the settings that concern the sender, whichever the relay."""

    give_up_after: timedelta
    backoff: Backoff
    resend_unknown: bool
    relays: Mapping[str, RelayLimit]
    families: Mapping[str, FamilyLimit] = field(default_factory=dict)
    lease: timedelta = timedelta(minutes=10)  # longer than handing over all that is in hand

    @property
    def limited(self) -> bool:
        """Whether claims are counted, so that those of other processes must not come in between."""
        return bool(self.families) or any(one.per_minute or one.new_relay_per_hour for one in self.relays.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRequest:
    """What a sender wants of the ledger: write these results, and claim so many copies, by relay."""

    owner: int
    results: Mapping[str, Sequence[Result]]
    room: Mapping[str, int]  # of the relays in use, full ones too
    carried: Mapping[str, int]  # how many each relay was given before
    spoiled: Sequence[tuple[Claim, str]]  # copies that cannot be made, and why; nothing of them was tried
    elapsed: float
    only: IssueName | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResult:
    """What the ledger gives: copies by relay, the mailings that go on, and the epoch reached."""

    works: Mapping[str, Sequence[Work]]
    going: frozenset[int]
    epoch: int


def run_turn(
    connection: Connection, context: Context, manner: SendSettings, benches: Benches, asked: TurnRequest
) -> TurnResult:
    """Record what came of the copies in hand, then claim and mark further ones. All of it or nothing.

    `benches` keeps what is the same for every copy of a mailing. Entitlement is asked again, in this transaction, from
    the register as it is in it.
    """
    if any(asked.room.values()) and (
        manner.limited or any(one.schedule.canary for one in context.newsletters.values())
    ):
        claims.wait_for_others(connection)
    now = context.clock.now()
    for relay, results in asked.results.items():
        record(connection, context, manner, asked.owner, relay, results, now)
    for claim, why in asked.spoiled:
        _hold(connection, claim, why)
    starting = startable(connection, context, now, asked.only)
    going = claims.go_on(connection, [one.id for one in starting])
    works = _claim(connection, context, manner, benches, asked, starting, now)
    epoch = claims.advance_epoch(connection) if any(works.values()) else claims.ledger_epoch(connection)
    return TurnResult(works=works, going=frozenset(going), epoch=epoch)


def _claim(
    connection: Connection,
    context: Context,
    manner: SendSettings,
    benches: Benches,
    asked: TurnRequest,
    starting: Sequence[Mailing],
    now: datetime,
) -> dict[str, list[Work]]:
    room = {
        relay: room_through(connection, relay, manner.relays[relay], now, wanted)
        for relay, wanted in asked.room.items()
    }
    limited = [relay for relay, wanted in asked.room.items() if wanted and not room[relay]]
    weights = {relay: manner.relays[relay].weight for relay in room}
    given = shares(room, weights, asked.carried, limited)
    works: dict[str, list[Work]] = {relay: [] for relay in room}
    if not any(given.values()):
        return works
    closed = rooms_to(connection, manner.families, now, sum(given.values()), manner.relays.keys())
    for one in starting:
        bench = _bench(connection, benches, one, now)
        if bench is None:
            continue
        mailings.share(connection, one.id)
        judged_by = ask_again(connection, context, one)
        limit = wave(connection, context.newsletter(one.newsletter).schedule, one, now)
        for relay, claimed in works.items():
            free = given[relay] - len(claimed)
            free = free if limit is None else min(free, limit)
            taken = _claim_for(connection, manner, asked.owner, relay, one, judged_by, closed, free, now)
            limit = limit if limit is None else limit - len(taken)
            until = asked.elapsed + manner.lease.total_seconds()
            claimed += [_work(context, bench, claim, until) for claim in taken]
    return works


def _claim_for(
    connection: Connection,
    manner: SendSettings,
    owner: int,
    relay: str,
    one: Mailing,
    judged_by: str,
    closed: dict[str, int],
    free: int,
    now: datetime,
) -> list[Claim]:
    """Claim for one relay; `closed` tells how many copies each limited provider may still get, and is kept true."""
    taken: list[Claim] = []
    # Those with a limit first: the others would take all the room, and a slow trickle would begin only after them.
    asked: list[tuple[str | None, int]] = [*((family, room) for family, room in closed.items() if room), (None, free)]
    for family, room in asked:
        limit = min(room, free - len(taken))
        if limit <= 0:
            continue
        found = claims.claim(
            connection,
            owner=owner,
            relay=relay,
            now=now,
            lease_until=now + manner.lease,
            limit=limit,
            mailing=one.id,
            judged_by=judged_by,
            family=family,
            without=closed,
        )
        if family is not None:
            closed[family] -= len(found)
        taken += found
    return taken


def _bench(connection: Connection, benches: Benches, one: Mailing, now: datetime) -> Workbench | None:
    """What the mailing's copies are made from; None, said once, when that cannot be read: the others go on."""
    if one.id not in benches:
        try:
            benches[one.id] = workbench(connection, one, now)
        except DatabaseError:
            raise  # it may be there in a moment
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one mailing, the others go on)
            benches[one.id] = None
            maillog.failed(f"{one.issue} cannot be sent, SIGHUP tries it again: reading it", error)
    return benches[one.id]


def startable(connection: Connection, context: Context, now: datetime, only: IssueName | None) -> list[Mailing]:
    """The mailings of which messages may leave now: begun, past their undo time, within their newsletter's hours."""
    return [
        one
        for one in mailings.mailings_in(connection, [MailingState.SENDING])
        if (only is None or one.issue == str(only))
        and one.starts_at is not None
        and one.starts_at <= now
        and one.newsletter in context.newsletters
        and context.newsletters[one.newsletter].schedule.open_at(now)
    ]


def _work(context: Context, bench: Workbench, claim: Claim, until: float) -> Work:
    # The Message-ID's token is the ENVID too: a report then names its delivery although the header was not returned.
    envelope = Envelope(
        sender=context.return_path(claim.delivery) or bench.letterhead.sender.address.wire,
        recipient=claim.address,
        identity=claim.message_id.partition("@")[0].removeprefix("<"),
    )
    return Work(claim=claim, bench=bench, envelope=envelope, until=until)


def _hold(connection: Connection, claim: Claim, why: str) -> None:
    found = deliveries.delivery(connection, claim.delivery)
    if found is not None and found.state is State.PENDING:
        deliveries.move(connection, found, Event.HELD, held_reason="cannot_render")
        maillog.cannot_render(claim.delivery, why)


def record(
    connection: Connection,
    context: Context,
    manner: SendSettings,
    owner: int,
    relay: str,
    results: Sequence[Result],
    now: datetime,
) -> None:
    """Write attempts with their replies, and where they leave their deliveries: later, never, done, or not known.

    Whoever asked us to slow down is left alone for a while, a mailing that is refused too often is paused, and an
    address that is refused again and again is held.
    """
    if not results:
        return
    judged = _later(connection, manner, results, now)
    results_of.record(connection, owner, relay, judged)
    learn(connection, [(one.claim.family, one.outcome) for one in judged if one.outcome is not None], now)
    if manner.resend_unknown:
        for one in judged:
            # Not for ever: a relay that always loses the reply would bring the reader copy after copy.
            if isinstance(one.outcome, Unknown) and one.next_attempt_at is not None:
                settle_by_policy(connection, context, one.claim.delivery, one.next_attempt_at)
    after_results(connection, context, judged)


def _later(connection: Connection, manner: SendSettings, results: Sequence[Result], now: datetime) -> list[Result]:
    """The results with the time of the next attempt, or given up, where they say later or are not known."""
    doubtful = [one.claim.delivery for one in results if isinstance(one.outcome, Deferred | Unknown)]
    if not doubtful:
        return list(results)
    tries = results_of.tries(connection, doubtful)
    earliest = min([first for _, first in tries.values()], default=now)
    down = outages.since(connection, earliest)
    return [_judged(one, tries, down, manner, now) if one.outcome is not None else one for one in results]


def _judged(
    one: Result,
    tries: Mapping[int, tuple[int, datetime]],
    down: Sequence[tuple[datetime, datetime | None]],
    manner: SendSettings,
    now: datetime,
) -> Result:
    if not isinstance(one.outcome, Deferred | Unknown):
        return one
    before, first = tries.get(one.claim.delivery, (0, one.started_at))
    again = manner.backoff.next_attempt(
        first_attempt_at=first,
        attempts=before + 1,
        now=now,
        give_up_after=manner.give_up_after,
        down=sum((max(timedelta(0), (end or now) - max(begin, first)) for begin, end in down), start=timedelta(0)),
    )
    gave_up = isinstance(one.outcome, Deferred) and again is None
    return one._replace(event=Event.GAVE_UP if gave_up else one.event, next_attempt_at=again)


def settle_by_policy(connection: Connection, context: Context, identity: int, again_at: datetime) -> None:
    """An uncertain copy is sent once more, because on_unknown = "resend" says so; history keeps that."""
    found = deliveries.delivery(connection, identity)
    if found is not None and found.state is State.UNCERTAIN:
        deliveries.move(connection, found, Event.SETTLED_RESEND, next_attempt_at=again_at)
        detail = 'on_unknown = "resend"'
        now = context.clock.now()
        history.record(
            connection, at=now, who=context.who, verb="settle", subject=f"delivery {identity}", detail=detail
        )
