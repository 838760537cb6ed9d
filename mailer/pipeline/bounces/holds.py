"""Holds an address when enough has failed there, keeps waiting copies from it, and lifts that when a person says so."""

from collections.abc import Collection, Sequence
from datetime import datetime

from mailer.domain.address import Address
from mailer.domain.bounce import FailureReason
from mailer.domain.dead_address import counting, reason_of, why_hold
from mailer.domain.delivery import Delivery, Event
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.errors import NotFound
from mailer.domain.hold import Failure, Hold, HoldReason
from mailer.domain.membership import Seat
from mailer.domain.remedy import Action
from mailer.formats.address import parse
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.store import Connection, failures, history, holds
from mailer.store.copies import deliveries, waiting
from mailer.store.members import lock_register, seated_at, seated_at_each


def hold_dead(connection: Connection, context: Context, copies: Sequence[Delivery]) -> None:
    """Hold each address of these copies at which enough has failed by now, and the copies that wait for it."""
    by_address = {Address.from_wire(copy.address).normal: copy for copy in copies}
    for address, copy in by_address.items():
        counted = _counting(connection, address, context.clock.now())
        reason = why_hold(counted)
        if reason is not None:
            _hold(connection, context, address, reason, [one for one in counted if reason_of(one) is reason], copy)


def hold_for_complaint(
    connection: Connection, context: Context, copy: Delivery, *, issue: str, said: str, at: datetime
) -> None:
    """The address of this copy is held at once: somebody there called it spam at that instant.

    Not when a person has said since that the address is right.
    """
    address = Address.from_wire(copy.address).normal
    lifted_at = holds.lifted_at(connection, address)
    if lifted_at is not None and lifted_at >= at:
        return
    one = Failure(
        issue=issue, reason=FailureReason.COMPLAINT, hard=False, refused=False, forwarded=False, at=at, said=said
    )
    found = holds.hold_on(connection, address)
    if found is None:
        _hold(connection, context, address, HoldReason.COMPLAINT, [one], copy)
    elif one not in found.evidence:
        holds.confirm(connection, found, HoldReason.COMPLAINT, [one])


def reconsider(connection: Connection, context: Context, mailing: int) -> None:
    """What failed of this mailing counts no more: holds that rested on it are withdrawn, their copies go on waiting."""
    for address in sorted(failures.addresses_of(connection, mailing)):
        found = holds.hold_on(connection, address)
        if found is None or found.reason is HoldReason.COMPLAINT:
            continue
        if why_hold(_counting(connection, address, context.clock.now())) is None:
            lock_register(connection)
            holds.withdraw(connection, address)
            _note(connection, context, "lift", found.delivery, "what failed was nobody's fault but ours")
            maillog.hold_withdrawn(found.delivery)
            for copy in waiting.withheld(
                connection, failures.wires_of(connection, address), EntitlementReason.ADDRESS_HELD
            ):
                deliveries.move(connection, copy, Event.RELEASED, judged_by="")


def listing(context: Context, *, lifted: bool = False) -> list[tuple[Hold, list[Seat]]]:
    """The holds, the oldest first, each with those in the register who use the address; with `lifted` old ones too."""
    with context.store.reading() as connection:
        found = holds.listing(connection, lifted=lifted)
        seated = seated_at_each(connection, {one.address for one in found})
        return [(one, seated.get(one.address, [])) for one in found]


def lift(context: Context, address: str) -> bool:
    """A person says that the address is right: it is written to again, and what failed there so far counts no more.

    False when it was not held, but copies had failed there: these are owed again. NotFound when nothing ever failed there.
    """
    normal = parse(address).normal
    now = context.clock.now()
    with context.store.transaction() as connection:
        held, wires = holds.hold_on(connection, normal), failures.wires_of(connection, normal)
        if held is None and not wires:
            raise NotFound(f"{address} is not held, and nothing failed there", Action.LIST_HOLDS.of())
        lock_register(connection)
        holds.lift(connection, normal, by=context.who, now=now)
        # A complaint is no failure of the copy, so the hold itself remembers which one it was.
        for copy in {*failures.copies_at(connection, normal), *([held.delivery] if held is not None else [])}:
            _note(connection, context, "lift", copy, "its address is right")
    return held is not None


def _counting(connection: Connection, address: str, now: datetime) -> list[Failure]:
    return counting(
        failures.of_address(connection, address),
        accepted=failures.accepted_at(connection, failures.wires_of(connection, address)),
        lifted_at=holds.lifted_at(connection, address),
        now=now,
    )


def _hold(
    connection: Connection,
    context: Context,
    address: str,
    reason: HoldReason,
    evidence: Collection[Failure],
    copy: Delivery,
) -> None:
    now = context.clock.now()
    # Nobody judges anybody until this is over: who is asked about later is judged with the hold.
    lock_register(connection)
    if not holds.set_hold(connection, address, reason, evidence, delivery=copy.id, by=context.who, now=now):
        return
    # Copies have their addresses from the register, however it writes them.
    written = {one.address.wire for one in seated_at(connection, address) if one.address is not None}
    wires = failures.wires_of(connection, address) | written | {copy.address}
    waiting.withhold(connection, EntitlementReason.ADDRESS_HELD, addresses=wires)
    _note(connection, context, "hold", copy.id, f"its address: {reason}")
    maillog.address_held(copy.id, reason)


def _note(connection: Connection, context: Context, verb: str, copy: int | None, detail: str) -> None:
    if copy is not None:
        now = context.clock.now()
        history.record(connection, at=now, who=context.who, verb=verb, subject=f"delivery {copy}", detail=detail)
