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
    with press.store.transaction() as connection:
        register = load_register(connection)
    rows = sorted(register.seats, key=lambda seat: (seat.person, seat.membership))
    return [_row(seat, register.memberships[seat.membership]) for seat in rows]


def show(press: Press, person: str) -> Document:
    """A person with every membership, its payments, and every copy; NotFound for who is not in the register."""
    with press.store.transaction() as connection:
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
    """The same for people."""
    said = [f"person {found['person']}"]
    for head in ("memberships", "payments", "copies"):
        entries = found[head]
        assert isinstance(entries, list), "a document of `show`"
        said.append(f"{head}:" if entries else f"{head}: none")
        said += ["  " + ", ".join(f"{key} {value}" for key, value in entry.items() if value) for entry in entries]
    return said


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
