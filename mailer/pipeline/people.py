"""Looks people up in the register, with what they paid and which copies they got."""

from collections.abc import Iterable

from mailer.domain.errors import NotFound
from mailer.domain.membership import Membership, Seat
from mailer.domain.register_rows import payment_cells, seat_cells
from mailer.pipeline.press import Press
from mailer.store import deliveries
from mailer.store.members import load_register

Document = dict[str, object]


def listing(press: Press) -> list[Document]:
    """Every row of the register, by person and membership."""
    with press.store.reading() as connection:
        register = load_register(connection)
    rows = sorted(register.seats, key=lambda seat: (seat.person, seat.membership))
    return [_row(seat, register.memberships[seat.membership]) for seat in rows]


def show(press: Press, person: str) -> Document:
    """A person with every membership, its payments, and every copy; NotFound for who is not in the register."""
    with press.store.reading() as connection:
        register = load_register(connection)
        copies = deliveries.of_person(connection, person)
    seats = [seat for seat in register.seats if seat.person == person]
    if not seats:
        raise NotFound(f"there is no person {person!r} in the register; `mailer person list` shows them")
    paid = {seat.membership for seat in seats}
    return {
        "person": person,
        "memberships": [
            {**_row(seat, register.memberships[seat.membership]), **_filled(seat_cells(seat).items())} for seat in seats
        ],
        "payments": [_filled(payment_cells(one).items()) for one in register.payments if one.membership in paid],
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
    }


def lines(found: Document) -> list[str]:
    """The same for people: a block for each membership, a line for each payment and copy."""
    return [
        f"person {found['person']}",
        *(line for entry in _entries(found, "memberships") for line in _block(entry)),
        *_headed("payments", map(_payment, _entries(found, "payments"))),
        *_headed("copies", map(_copy, _entries(found, "copies"))),
    ]


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
        "name": next((name for name in seat.names.values() if name), ""),
        "email": str(seat.address) if seat.address else "",
        "languages": "+".join(seat.languages),
        "ended_on": seat.ended_on.isoformat() if seat.ended_on else None,
    }


def _filled(cells: Iterable[tuple[str, object]]) -> Document:
    return {column: str(value) for column, value in cells if value not in {None, ""}}
