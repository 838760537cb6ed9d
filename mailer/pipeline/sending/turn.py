"""One turn of the sender: records the results of attempts and claims further copies, in one transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.message_size import takes
from mailer.domain.pacing import shares
from mailer.domain.ports import Envelope
from mailer.domain.relay_limits import SlowRelay
from mailer.pipeline import maillog
from mailer.pipeline.bounces.breaker import pause_too_large
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.copies import Workbench, workbench
from mailer.pipeline.mailings.entitle import recheck_entitlement, rules_of
from mailer.pipeline.sending.limits import room_by_provider, room_for_relay, room_in_canary_wave
from mailer.pipeline.sending.outgoing_copy import OutgoingCopy
from mailer.pipeline.sending.record import hold_unmakable, record
from mailer.pipeline.sending.settings import SendSettings
from mailer.store import Connection, DatabaseError, mailings, relay_paces, relays
from mailer.store.columns import CHUNK
from mailer.store.ledger import backups, claims
from mailer.store.ledger.claims import Claim
from mailer.store.ledger.instants import note_work
from mailer.store.ledger.results import Result, take_back, without_recorded

# By mailing; None for one whose copies cannot be made.
Workbenches = dict[int, Workbench | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRequest:
    """What the sender wants of the ledger: write these results, and claim so many copies for each relay."""

    owner: int
    results: Mapping[str, Sequence[Result]]
    room: Mapping[str, int]  # for each relay in use, 0 where it has enough
    carried: Mapping[str, int]  # how many copies each relay was given before
    sizes: Mapping[str, int]  # the largest message that each relay takes, of those reached in this drain
    unmakable: Sequence[tuple[Claim, str]]  # copies that cannot be made, and why; none of them was tried
    elapsed: float
    only: IssueName | None
    stalled: Collection[str] = ()  # relays whose shares the others do not wait for
    paced: Mapping[str, int] = field(default_factory=dict)  # how many copies relays with a pace may have at most
    paces: Mapping[str, SlowRelay | None] = field(default_factory=dict)  # what is to be kept; None: it is over
    closed: Collection[str] = ()  # relays that asked to slow down, and get single copies to try them
    taken_back: Sequence[int] = ()  # copies that were deferred for a trouble of their relay
    unsure: bool = False  # whether some of it may be in the ledger: the answer to the last turn was lost


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResult:
    """What the ledger gives: copies by relay, the mailings that go on, and its epoch.

    `judged`: the register has changed, and waiting copies were judged by it in this turn; others may wait for the next.
    """

    copies: Mapping[str, Sequence[OutgoingCopy]]
    going: frozenset[int]
    epoch: int
    judged: bool = False


def run_turn(
    connection: Connection, context: Context, settings: SendSettings, workbenches: Workbenches, request: TurnRequest
) -> TurnResult:
    """Record the results, then claim and mark further copies: all of it or nothing.

    Nothing is claimed while the disk has no room to write down what becomes of it.

    `workbenches` keeps those of mailings under way from turn to turn. Entitlement is checked again, in this
    transaction, with the register as it is now.
    """
    if any(request.room.values()) and (
        settings.limited or any(newsletter.schedule.canary for newsletter in context.newsletters.values())
    ):
        claims.lock_claims(connection)
    now = context.clock.now()
    for relay, put_down in request.results.items():
        results = without_recorded(connection, put_down) if request.unsure else put_down
        record(connection, context, settings, request.owner, relay, results, now)
    if request.taken_back:
        take_back(connection, request.taken_back, now)
    if request.paces:
        relay_paces.keep(connection, [pace for pace in request.paces.values() if pace is not None])
        relay_paces.forget(connection, [name for name, pace in request.paces.items() if pace is None])
    relays.keep_sizes(connection, request.sizes, now)
    for claim, why in request.unmakable:
        hold_unmakable(connection, context, claim, why)
    startable = startable_mailings(connection, context, now, request.only)
    if startable and any(request.room.values()) and not context.has_room():
        maillog.no_room()
        request = replace(request, room=dict.fromkeys(request.room, 0))
    copies, judged = _claim(connection, context, settings, workbenches, request, startable, now)
    epoch = claims.advance_epoch(connection) if any(copies.values()) else claims.ledger_epoch(connection)
    if any(copies.values()):
        note_work(connection, now)
    return TurnResult(copies=copies, going=frozenset(mailing.id for mailing in startable), epoch=epoch, judged=judged)


def startable_mailings(
    connection: Connection, context: Context, now: datetime, only: IssueName | None
) -> list[Mailing]:
    """The mailings whose copies may leave now: begun, past their undo time, within their newsletter's hours.

    None of a backup, which may have been put in place while the sender runs.
    """
    if backups.backup_at(connection) is not None:
        return []
    return [
        mailing
        for mailing in mailings.mailings_in(connection, [MailingState.SENDING])
        if (only is None or mailing.issue == str(only))
        and mailing.starts_at is not None
        and mailing.starts_at <= now
        and mailing.newsletter in context.newsletters
        and context.newsletters[mailing.newsletter].schedule.open_at(now)
    ]


def _claim(
    connection: Connection,
    context: Context,
    settings: SendSettings,
    workbenches: Workbenches,
    request: TurnRequest,
    startable: Sequence[Mailing],
    now: datetime,
) -> tuple[dict[str, list[OutgoingCopy]], bool]:
    """The copies claimed for each relay, and whether waiting copies were judged for it."""
    room = {
        relay: room_for_relay(
            connection, relay, settings.relays[relay], now, min(wanted, request.paced.get(relay, wanted))
        )
        for relay, wanted in request.room.items()
    }
    limited = [relay for relay, wanted in request.room.items() if wanted and not room[relay]]
    limited += request.stalled
    weights = {relay: settings.relays[relay].weight for relay in room}
    # What a closed relay would get goes through the others, also through one of weight 0.
    open_room = {relay: free for relay, free in room.items() if relay not in request.closed}
    share = room | shares(open_room, weights, request.carried, limited)
    copies: dict[str, list[OutgoingCopy]] = {relay: [] for relay in room}
    judged_for: set[int] = set()  # mailings
    if not any(share.values()):
        return copies, False
    until = request.elapsed + settings.lease.total_seconds()
    families = room_by_provider(connection, settings.families, now, sum(share.values()), settings.relays.keys())
    for mailing in startable:
        bench = _workbench(connection, context, workbenches, mailing)
        if bench is None or pause_too_large(connection, context, mailing, bench.largest, request.sizes):
            continue
        mailings.lock_plan(connection, mailing.id)
        rules = rules_of(connection, context, mailing)
        wave = room_in_canary_wave(connection, context, mailing, now)
        for relay, claimed in copies.items():
            if not takes(request.sizes.get(relay, 0), bench.largest):
                continue
            free = share[relay] - len(claimed)
            free = free if wave is None else min(free, wave)
            take = partial(_claim_for, connection, settings, request.owner, relay, mailing, rules, families, now=now)
            batch = take(free)
            # A chunk in a turn, when those judged already are too few: other writers wait for this transaction.
            wants = len(batch) < free and mailing.id not in judged_for
            if wants and recheck_entitlement(connection, context, mailing, rules, most=CHUNK):
                judged_for.add(mailing.id)
                batch += take(free - len(batch))
            wave = wave if wave is None else wave - len(batch)
            claimed.extend(_outgoing(context, bench, batch, until))
    return copies, bool(judged_for)


def _claim_for(
    connection: Connection,
    settings: SendSettings,
    owner: int,
    relay: str,
    mailing: Mailing,
    rules: str,
    families: dict[str, int],
    free: int,
    *,
    now: datetime,
) -> list[Claim]:
    """Claim up to `free` copies for one relay; `families` says how many each limited provider may still get."""
    claimed: list[Claim] = []
    # Limited providers first: copies to others would take all the room, and a slow trickle would begin only after them.
    rooms: list[tuple[str | None, int]] = [*((family, room) for family, room in families.items() if room), (None, free)]
    for family, room in rooms:
        limit = min(room, free - len(claimed))
        if limit <= 0:
            continue
        batch = claims.claim(
            connection,
            owner=owner,
            relay=relay,
            now=now,
            lease_until=now + settings.lease,
            limit=limit,
            mailing=mailing.id,
            judged_by=rules,
            family=family,
            without=families,
        )
        if family is not None:
            families[family] -= len(batch)
        claimed += batch
    return claimed


def _workbench(
    connection: Connection, context: Context, workbenches: Workbenches, mailing: Mailing
) -> Workbench | None:
    """The mailing's workbench; None, logged once, when it cannot be read: other mailings go on."""
    if mailing.id not in workbenches:
        try:
            workbenches[mailing.id] = workbench(connection, context, mailing)
        except DatabaseError:
            raise  # the database may answer in a moment
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one mailing, others go on)
            workbenches[mailing.id] = None
            maillog.failed(f"{mailing.issue} cannot be sent, SIGHUP tries it again: reading it", error)
    return workbenches[mailing.id]


def _outgoing(context: Context, bench: Workbench, claimed: Sequence[Claim], until: float) -> Iterator[OutgoingCopy]:
    sender = bench.letterhead.sender.address.wire
    for claim in claimed:
        # The Message-ID's token is the ENVID too: a report then names its delivery although the header was not returned.
        identity = claim.message_id.partition("@")[0].removeprefix("<")
        envelope = Envelope(context.return_path(claim.delivery) or sender, claim.copy.address.wire, identity)
        yield OutgoingCopy(claim=claim, bench=bench, envelope=envelope, until=until)
