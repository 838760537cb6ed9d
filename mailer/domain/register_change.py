"""Works out what an import changes in the register: people added, changed and ended, payments, bad rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailer.domain.circulation import Register
from mailer.domain.membership import Membership, Payment, Seat, owner_of
from mailer.domain.register_columns import cell_text, cells_of, with_cells
from mailer.domain.register_difference import Difference, MembershipChange, SeatChange
from mailer.domain.register_payments import new_payments
from mailer.domain.register_rows import BadRow, MemberRow, PaymentRow, RegisterTable
from mailer.domain.register_seats import SeatRequest, assign_seats


def difference(
    register: Register,
    members: RegisterTable[MemberRow] | None,
    payments: RegisterTable[PaymentRow] | None,
    *,
    end_missing: date | None = None,
) -> Difference:
    """What these tables change in the register; None changes nothing.

    With `end_missing`, people who are not in the members table get that day as `ended_on`, unless they have one. A bad
    row counts as its person's row; if a bad row does not show whose it is, no person is ended.
    """
    memberships, seats, bad, warnings = list[MembershipChange](), list[SeatChange](), list[BadRow](), list[str]()
    absent: tuple[Seat, ...] = ()
    ids = set(register.memberships)
    if members is not None:
        listed = {(row.membership, row.person) for row in members.rows} | {fault.key for fault in members.bad}
        if end_missing and None in listed:
            warnings.append(
                "No person was ended: a bad row does not show whose it is, so it may be a missing person's."
            )
            end_missing = None
        absent = tuple(seat for seat in register.seats if _is_missing(seat, listed))
        bad.extend(members.bad)
        warnings.extend(members.warnings)
        for outcome in _outcomes(register, members.rows, lambda seat: _ended_if_missing(seat, listed, end_missing)):
            memberships.extend(outcome.memberships)
            seats.extend(outcome.seats)
            bad.extend(outcome.bad)
        ids.update(change.after.id for change in memberships)
    added = list[Payment]()
    if payments is not None:
        refused = {fault.key[0]: fault for fault in reversed(bad) if fault.key is not None}
        ledger = new_payments(register.payments, ids, payments.rows, refused)
        added.extend(ledger.added)
        bad.extend((*payments.bad, *ledger.bad))
        warnings.extend((*payments.warnings, *ledger.warnings))
    changed = {*(change.after.id for change in memberships), *(payment.membership for payment in added)}
    return Difference(
        memberships=tuple(memberships),
        seats=tuple(seats),
        payments=tuple(added),
        bad=tuple(sorted(bad, key=lambda fault: (fault.file, fault.row))),
        warnings=tuple(warnings),
        remarks=(*(members.remarks if members else ()), *(payments.remarks if payments else ())),
        absent=absent,
        owners=_owners(changed, register, memberships, seats),
        version=register.version,
    )


def _owners(
    ids: set[str], register: Register, memberships: Iterable[MembershipChange], seats: Iterable[SeatChange]
) -> dict[str, str]:
    """Whose these memberships are after the import."""
    people = {identity: dict[str, Seat]() for identity in ids}
    for seat in (*register.seats, *(change.after for change in seats)):
        if seat.membership in people:
            people[seat.membership][seat.person] = seat
    after = {**register.memberships, **{change.after.id: change.after for change in memberships}}
    return {identity: owner_of(after[identity], seated.values()) for identity, seated in people.items()}


def _is_missing(seat: Seat, listed: set[tuple[str, str] | None]) -> bool:
    return seat.ended_on is None and (seat.membership, seat.person) not in listed


def _ended_if_missing(seat: Seat, listed: set[tuple[str, str] | None], day: date | None) -> Seat:
    return replace(seat, ended_on=day) if day is not None and _is_missing(seat, listed) else seat


# --- one membership at a time -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _MembershipOutcome:
    memberships: tuple[MembershipChange, ...]
    seats: tuple[SeatChange, ...]
    bad: tuple[BadRow, ...]


def _outcomes(
    register: Register, rows: Iterable[MemberRow], leave: Callable[[Seat], Seat]
) -> Iterable[_MembershipOutcome]:
    rows_of, seats_of = defaultdict[str, list[MemberRow]](list), defaultdict[str, list[Seat]](list)
    for row in rows:
        rows_of[row.membership].append(row)
    for seat in register.seats:
        seats_of[seat.membership].append(seat)
    for membership in dict.fromkeys((*rows_of, *seats_of)):
        yield _outcome(register.memberships.get(membership), seats_of[membership], rows_of[membership], leave)


def _outcome(
    before: Membership | None, seats: Sequence[Seat], rows: Sequence[MemberRow], leave: Callable[[Seat], Seat]
) -> _MembershipOutcome:
    """Apply the rows; leave out bad rows, whose people stay as they were, and try again without them."""
    bad = list[BadRow]()
    while True:
        after, seats_after, faults = _apply(before, seats, rows, leave)
        if not faults:
            break
        bad.extend(faults)
        faulty = {fault.row for fault in faults}
        rows = [row for row in rows if row.row not in faulty]
    seat_of = {seat.person: seat for seat in seats}
    changes = (SeatChange(before=seat_of.get(seat.person), after=seat) for seat in seats_after)
    return _MembershipOutcome(
        memberships=(MembershipChange(before=before, after=after),) if after and after != before else (),
        seats=tuple(change for change in changes if change.before != change.after),
        bad=tuple(bad),
    )


def _apply(
    before: Membership | None, seats: Sequence[Seat], rows: Sequence[MemberRow], leave: Callable[[Seat], Seat]
) -> tuple[Membership | None, list[Seat], list[BadRow]]:
    seat_of = {seat.person: seat for seat in seats}
    listed = {row.person for row in rows}
    staying = [leave(seat) for seat in seats if seat.person not in listed]
    if not rows:
        return before, staying, []
    requests = [
        SeatRequest(row=row, seat=_seat(seat_of.get(row.person), row), before=seat_of.get(row.person)) for row in rows
    ]
    faults = _duplicates(rows) or _reversed_pauses(requests) or _contradictions(before, staying, rows)
    if faults:
        return before, [], faults
    after = _membership(before, rows[0])
    seats_after, faults = assign_seats(after.id, after.kind, staying, requests)
    return after, seats_after, faults


def _duplicates(rows: Sequence[MemberRow]) -> list[BadRow]:
    """All rows of a person who has more than one, since any of them may be the right one."""
    rows_of = defaultdict[str, list[MemberRow]](list)
    for row in rows:
        rows_of[row.person].append(row)
    if len(rows_of) == len(rows):
        return []
    return [
        row.bad(
            "person",
            f"{row.person} is on {row.membership} in row {(first if row is not first else second).row} too; "
            "keep one of the two",
        )
        for first, second, *more in (same for same in rows_of.values() if len(same) > 1)
        for row in (first, second, *more)
    ]


def _reversed_pauses(requests: Iterable[SeatRequest]) -> list[BadRow]:
    """The rows that set a pause that ends before it begins."""
    return [
        request.row.bad("pause_until", f"{pause.last} is before {pause.first}; correct one of the two")
        for request in requests
        for pause in [request.seat.pause]
        if {"pause_from", "pause_until"} & request.row.cells.keys()
        and pause.first
        and pause.last
        and pause.last < pause.first
    ]


def _contradictions(before: Membership | None, staying: Sequence[Seat], rows: Sequence[MemberRow]) -> list[BadRow]:
    """All rows of a membership if they differ about it, from each other or from the register.

    The register counts only while a person who is not in the file stays on the membership.
    """
    others = [seat.person for seat in staying if seat.ended_on is None]
    sources = [(f"row {row.row}", _membership(before, row)) for row in rows]
    if before is not None and others:
        sources.append((f"the register for {others[0]}", before))
    place, first = sources[0]
    for other_place, other in sources[1:]:
        if other == first:
            continue
        cells, other_cells = cells_of(first), cells_of(other)
        for column in cells:
            if cells[column] != other_cells[column]:
                text, otherwise = (cell_text(cell) or "nothing" for cell in (cells[column], other_cells[column]))
                reason = (
                    f"{rows[0].membership} has {text} in {place} and {otherwise} in {other_place}; make them the same"
                )
                return [row.bad(column, reason) for row in rows]
    return []


def _membership(before: Membership | None, row: MemberRow) -> Membership:
    return with_cells(before or Membership(id=row.membership, kind=row.kind), row.cells)


def _seat(before: Seat | None, row: MemberRow) -> Seat:
    """The seat as the row has it; its number is assigned later."""
    seat = before or Seat(membership=row.membership, person=row.person, names={}, salutations={})
    return with_cells(seat, {column: value for column, value in row.cells.items() if column != "seat"})
