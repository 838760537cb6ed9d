"""Looks people up in the register, with what they paid, which copies they got, and what stands in the way of more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from shlex import quote

from mailer.domain.bounce import FailureReason, ReportKind
from mailer.domain.errors import NotFound
from mailer.domain.hold import HoldReason
from mailer.domain.membership import Membership, Seat
from mailer.domain.register_columns import cells_of
from mailer.domain.remedy import Action
from mailer.domain.report import Report
from mailer.pipeline.context import Context
from mailer.store import Connection, holds, reports
from mailer.store.copies import deliveries, readers
from mailer.store.members import load_register, register_of
from mailer.views.plain_words import FAILURES, HOLDS

Document = dict[str, object]
# Kinds of report of which the reason says more than the kind.
_WITH_REASON = frozenset({ReportKind.BOUNCE, ReportKind.COMPLAINT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Who a report is about, as the register has them now: `addresses` are normal forms. Else the copy's name."""

    name: str = ""
    in_register: bool = False
    addresses: frozenset[str] = frozenset()


def about(context: Context, found: Sequence[Report]) -> dict[int, Known]:
    """What is known of the people that these reports are about, by the report's id."""
    with context.store.reading() as connection:
        seats: dict[str, list[Seat]] = {}
        for seat in register_of(connection, {one.person for one in found if one.person}).seats:
            seats.setdefault(seat.person, []).append(seat)
        copies = deliveries.deliveries_with(connection, [one.delivery for one in found if one.delivery is not None])
    return {
        one.id: Known(
            name=next((name for seat in seats.get(one.person, []) if (name := _name(seat))), "")
            or (copies[one.delivery].copy.name if one.delivery is not None else ""),
            in_register=one.person in seats,
            addresses=frozenset(seat.address.normal for seat in seats.get(one.person, []) if seat.address),
        )
        for one in found
    }


def listing(context: Context) -> list[Document]:
    """Every row of the register, by person and membership."""
    with context.store.reading() as connection:
        register = load_register(connection)
    rows = sorted(register.seats, key=lambda seat: (seat.person, seat.membership))
    return [_row(seat, register.memberships[seat.membership]) for seat in rows]


def show(context: Context, person: str) -> Document:
    """A person with every membership, its payments, and every copy; NotFound for who is not in the register."""
    with context.store.reading() as connection:
        register = load_register(connection)
        copies = readers.of_person(connection, person)
        seats = [seat for seat in register.seats if seat.person == person]
        if not seats:
            raise NotFound(f"there is no person {person!r} in the register", Action.LIST_PEOPLE.of())
        obstacles = _obstacles(connection, person, seats)
    paid = {seat.membership for seat in seats}
    return {
        "person": person,
        "memberships": [
            {**_row(seat, register.memberships[seat.membership]), **_filled(cells_of(seat).items())} for seat in seats
        ],
        "payments": [_filled(cells_of(one).items()) for one in register.payments if one.membership in paid],
        "copies": [
            {
                "id": copy.id,
                "issue": issue,
                "language": copy.language,
                "copy_number": copy.copy_number,
                "state": copy.state.value,
            }
            for issue, copy in copies
        ],
        **obstacles,
    }


def _obstacles(connection: Connection, person: str, seats: Sequence[Seat]) -> Document:
    """What keeps copies from the person beside the register, and what came back of theirs that nobody has settled."""
    pause = holds.pauses(connection, [person]).get(person)
    held = [holds.hold_on(connection, one) for one in sorted({seat.address.normal for seat in seats if seat.address})]
    unsettled = [one for one in reports.listing(connection, unsettled=True) if one.person == person]
    return {
        "unsubscribed_at": pause.since if pause else None,
        "held": [{"address": one.address, "reason": one.reason, "since": one.since} for one in held if one],
        "reports": [
            {"report": one.id, "arrived_at": one.arrived_at, "matter": one.matter, "kind": one.kind}
            | {"reason": one.reason, "issue": one.issue}
            for one in unsettled
        ],
    }


def lines(found: Document) -> list[str]:
    """The same for people: a block for each membership, a line for each payment and copy."""
    return [
        f"person {found['person']}",
        *(line for entry in _entries(found, "memberships") for line in _block(entry)),
        *_headed("payments", map(_payment, _entries(found, "payments"))),
        *_headed("copies", map(_copy, _entries(found, "copies"))),
        *(f"  {line}" for line in _said_of_obstacles(found)),
    ]


def _said_of_obstacles(found: Document) -> Iterable[str]:
    since, person = found["unsubscribed_at"], found["person"]
    if isinstance(since, datetime):
        yield f"unsubscribed on {since:%Y-%m-%d}; `mailer person resume {quote(str(person))}` when they want copies again"
    for one in _entries(found, "held"):
        yield f"nothing is written to {one['address']}: {HOLDS['en'][HoldReason(str(one['reason']))]}; `mailer hold list`"
    for one in _entries(found, "reports"):
        of = f" of {one['issue']}" if one["issue"] else ", perhaps about them"
        why = f": {FAILURES['en'][FailureReason(str(one['reason']))]}" if one["kind"] in _WITH_REASON else ""
        yield f"report {one['report']}{of}, {one['matter']}{why}; `mailer bounce show {one['report']}`"


def _entries(found: Document, name: str) -> list[Document]:
    entries = found[name]
    assert isinstance(entries, list), "a document of `show`"
    return entries


def _block(entry: Document) -> list[str]:
    # The columns for each language say all of it; `name` is one of them.
    facts = {key: value for key, value in entry.items() if value and key not in {"person", "membership", "name"}}
    return [f"  on membership {entry['membership']}", *(f"    {key}: {value}" for key, value in facts.items())]


def _payment(entry: Document) -> str:
    said = (
        f"{entry['membership']}, {entry['period_from']} to {entry['period_to']}: {entry['amount']} {entry['currency']}"
    )
    more = [f"{key} {entry[key]}" for key in ("paid_on", "in_full", "reference") if key in entry]
    return ", ".join([said, *more])


def _copy(entry: Document) -> str:
    return f"{entry['issue']}: copy No. {entry['copy_number']} ({entry['language']}) {entry['state']}, delivery {entry['id']}"


def _headed(head: str, listed: Iterable[str]) -> list[str]:
    said = [f"    {line}" for line in listed]
    return [f"  {head}", *said] if said else [f"  no {head}"]


def _row(seat: Seat, membership: Membership) -> Document:
    return {
        "person": seat.person,
        "membership": seat.membership,
        "kind": membership.kind.value,
        "organisation": membership.organisation,
        "circulation": membership.circle,
        "seat": seat.number,
        "name": _name(seat),
        "email": str(seat.address) if seat.address else "",
        "languages": "+".join(seat.languages),
        "ended_on": seat.ended_on.isoformat() if seat.ended_on else None,
    }


def _name(seat: Seat) -> str:
    return next((name for name in seat.names.values() if name), "")


def _filled(cells: Iterable[tuple[str, object]]) -> Document:
    return {column: str(value) for column, value in cells if value not in {None, ""}}
