"""Holds an address at which enough has failed, with the copies that wait for it, and lifts the hold for a person."""

from collections.abc import Collection, Sequence
from datetime import datetime

from mailer.domain.address import Address
from mailer.domain.bounce import FailureReason
from mailer.domain.dead_address import failures_that_count, reason_of, why_hold
from mailer.domain.delivery import Delivery, Event
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.errors import NotFound, Refused
from mailer.domain.hold import Failure, Hold, HoldReason
from mailer.domain.membership import Seat
from mailer.domain.remedy import Action
from mailer.formats.address import parse
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.store import Connection, failures, holds
from mailer.store.copies import deliveries, waiting
from mailer.store.members import lock_register, raise_version, seated_at, seated_at_each


def hold_dead(connection: Connection, context: Context, copies: Sequence[Delivery]) -> None:
    """Hold each address of these copies at which enough has failed by now, and the copies that wait for it."""
    by_address = {Address.from_wire(copy.address).normal: copy for copy in copies}
    for address, copy in by_address.items():
        counted = _failures_that_count(connection, address, context.clock.now())
        reason = why_hold(counted)
        if reason is not None:
            evidence = [failure for failure in counted if reason_of(failure) is reason]
            _hold(connection, context, address, reason, evidence, copy)


def hold_for_complaint(
    connection: Connection, context: Context, copy: Delivery, *, issue: str, words: str, at: datetime
) -> None:
    """Hold the address of this copy at once, since its reader called it spam at that time.

    Not when a person has said since then that the address is right. `words` are the report's.
    """
    address = Address.from_wire(copy.address).normal
    lifted_at = holds.lifted_at(connection, address)
    if lifted_at is not None and lifted_at >= at:
        return
    complaint = Failure(
        issue=issue, reason=FailureReason.COMPLAINT, hard=False, refused=False, forwarded=False, at=at, words=words
    )
    hold = holds.hold_on(connection, address)
    if hold is None:
        _hold(connection, context, address, HoldReason.COMPLAINT, [complaint], copy)
    elif complaint not in hold.evidence:
        holds.confirm(connection, hold, HoldReason.COMPLAINT, [complaint])


def reconsider(connection: Connection, context: Context, mailing: int) -> None:
    """Withdraw the holds that rested on failures of this mailing, which count no more; their copies are pending again."""
    for address in sorted(failures.addresses_of(connection, mailing)):
        hold = holds.hold_on(connection, address)
        if hold is None or hold.reason in {HoldReason.COMPLAINT, HoldReason.BY_HAND}:
            continue
        if why_hold(_failures_that_count(connection, address, context.clock.now())) is None:
            lock_register(connection)
            holds.withdraw(connection, address)
            _record(connection, context, "lift", hold.delivery, "the failures were the sender's fault")
            maillog.hold_withdrawn(hold.delivery)
            for copy in waiting.withheld(
                connection, failures.wires_of(connection, address), EntitlementReason.ADDRESS_HELD
            ):
                deliveries.move(connection, copy, Event.RELEASED, judged_by="")


def listing(context: Context, *, lifted: bool = False) -> list[tuple[Hold, list[Seat]]]:
    """The holds, oldest first, each with the seats of the register that use the address; `lifted`: old ones, too."""
    with context.store.reading() as connection:
        listed = holds.listing(connection, lifted=lifted)
        seats = seated_at_each(connection, {hold.address for hold in listed})
        return [(hold, seats.get(hold.address, [])) for hold in listed]


def hold_by_hand(context: Context, address: str, why: str) -> list[Seat]:
    """Hold an address because a person says so, with the copies that wait for it; returns the seats that have it.

    Raises NotFound for an address that no member has, and Refused for one that is held already.
    """
    normal, now = parse(address).normal, context.clock.now()
    with context.store.transaction() as connection:
        lock_register(connection)
        seats = seated_at(connection, normal)
        if not seats:
            raise NotFound(f"no member has the address {address}", Action.LIST_PEOPLE.of())
        if not holds.set_hold(
            connection, normal, HoldReason.BY_HAND, [], delivery=None, by=context.who, now=now, why=why
        ):
            raise Refused(f"{address} is held already", Action.LIST_HOLDS.of())
        _withhold(connection, normal)
        raise_version(connection)
        for seat in seats:
            context.record(connection, "hold", seat.person, "the address, by hand")
    return seats


def find_hold(context: Context, identity: int) -> tuple[Hold, list[Seat]]:
    """One hold, lifted or not, with the seats that have its address now; NotFound for an unknown one."""
    with context.store.reading() as connection:
        hold = holds.hold(connection, identity)
        if hold is None:
            raise NotFound(f"there is no hold {identity}", Action.LIST_HOLDS.of())
        return hold, seated_at(connection, hold.address)


def lift(context: Context, address: str, why: str = "") -> bool:
    """Write to an address again, which a person calls right; what failed there so far counts no more.

    The history keeps `why`, in the person's words.

    False when it was not held, but copies had failed there: these are owed again. Nothing changes if none has failed since it
    was last called right. NotFound when nothing failed there.
    """
    normal = parse(address).normal
    now = context.clock.now()
    with context.store.transaction() as connection:
        lock_register(connection)
        hold = holds.hold_on(connection, normal)
        if hold is None:
            failed_at, called_right_at = failures.last_at(connection, normal), holds.lifted_at(connection, normal)
            if failed_at is None:
                raise NotFound(f"{address} is not held, and nothing failed there", Action.LIST_HOLDS.of())
            if called_right_at is not None and failed_at <= called_right_at:
                return False
        holds.lift(connection, normal, by=context.who, now=now)
        if hold is not None:
            raise_version(connection)
        # A complaint is no failure of a copy, so the hold itself names the copy.
        for copy in {*failures.copies_at(connection, normal), *([hold.delivery] if hold is not None else [])}:
            _record(connection, context, "lift", copy, _with("its address is right", why))
        if hold is not None and hold.reason is HoldReason.BY_HAND:
            for seat in seated_at(connection, normal):
                context.record(connection, "lift", seat.person, _with("the address, held by hand", why))
    return hold is not None


def _with(detail: str, why: str) -> str:
    return f"{detail}: “{why}”" if why else detail


def _failures_that_count(connection: Connection, address: str, now: datetime) -> list[Failure]:
    return failures_that_count(
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
    # Lock the register, so that every entitlement is judged either before the hold or with it.
    lock_register(connection)
    if not holds.set_hold(connection, address, reason, evidence, delivery=copy.id, by=context.who, now=now):
        return
    _withhold(connection, address, copy.address)
    _record(connection, context, "hold", copy.id, f"its address: {reason}")
    maillog.address_held(copy.id, reason)


def _withhold(connection: Connection, address: str, *wires: str) -> None:
    """Hold the copies that wait for an address; a copy has it as the register writes it, or as it was written before."""
    in_register = {seat.address.wire for seat in seated_at(connection, address) if seat.address is not None}
    every = failures.wires_of(connection, address) | in_register | set(wires)
    waiting.withhold(connection, EntitlementReason.ADDRESS_HELD, addresses=every)


def _record(connection: Connection, context: Context, verb: str, copy: int | None, detail: str) -> None:
    if copy is not None:
        context.record(connection, verb, f"delivery {copy}", detail)
