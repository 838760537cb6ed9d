"""What an import would do to the register: who comes, who changes, who leaves, what was paid, which rows are wrong."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailer.domain.circulation import Register
from mailer.domain.membership import Membership, Pause, Payment, Seat
from mailer.domain.register_payments import added_payments
from mailer.domain.register_rows import (
    BadRow,
    Cell,
    MemberRow,
    PaymentRow,
    RegisterTable,
    cell_text,
    membership_cells,
    seat_cells,
    told,
)
from mailer.domain.register_seats import Arrival, seated


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One cell of the register before and after, as the register's files write it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChange:
    """A membership before and after; `before` is None for a new one."""

    before: Membership | None
    after: Membership

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """What differs, by column; empty for a new one."""
        return _fields(membership_cells(self.before) if self.before else None, membership_cells(self.after))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatChange:
    """A person on a membership before and after; `before` is None for a new one."""

    before: Seat | None
    after: Seat

    @property
    def ends(self) -> bool:
        """Whether a place that had no end gets one."""
        return self.before is not None and self.before.ended_on is None and self.after.ended_on is not None

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """What differs, by column; empty for a new one."""
        return _fields(seat_cells(self.before) if self.before else None, seat_cells(self.after))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that an import does when it is applied. Bad rows do nothing: the rest is counted without them."""

    memberships: tuple[MembershipChange, ...] = ()
    seats: tuple[SeatChange, ...] = ()
    payments: tuple[Payment, ...] = ()
    bad: tuple[BadRow, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether the register stays as it is."""
        return not (self.memberships or self.seats or self.payments)

    @property
    def counts(self) -> dict[str, int]:
        """How much of everything there is; somebody who leaves counts as ended and not as changed."""
        people_added = sum(change.before is None for change in self.seats)
        people_ended = sum(change.ends for change in self.seats)
        memberships_added = sum(change.before is None for change in self.memberships)
        return {
            "memberships_added": memberships_added,
            "memberships_changed": len(self.memberships) - memberships_added,
            "people_added": people_added,
            "people_changed": len(self.seats) - people_added - people_ended,
            "people_ended": people_ended,
            "payments_added": len(self.payments),
            "bad_rows": len(self.bad),
        }


def difference(
    register: Register,
    members: RegisterTable[MemberRow] | None,
    payments: RegisterTable[PaymentRow] | None,
    *,
    end_missing: date | None = None,
) -> Difference:
    """What these tables change in the register; a table that was not given changes nothing.

    With `end_missing`, everybody whom the members table does not name gets that day as their `ended_on`, unless they
    have one. Who stands in a bad row is named; a bad row that does not say whose it is ends nobody at all.
    """
    memberships, seats, bad, warnings = list[MembershipChange](), list[SeatChange](), list[BadRow](), list[str]()
    known = set(register.memberships)
    if members is not None:
        named = {(row.membership, row.person) for row in members.rows} | {fault.key for fault in members.bad}
        if end_missing and None in named:
            warnings.append("Nobody was ended: a bad row does not say whose it is, so nobody is known to be missing.")
            end_missing = None
        bad.extend(members.bad)
        for settlement in _settlements(register, members.rows, lambda seat: _ended(seat, named, end_missing)):
            memberships.extend(settlement.memberships)
            seats.extend(settlement.seats)
            bad.extend(settlement.bad)
        known.update(change.after.id for change in memberships)
    added = list[Payment]()
    if payments is not None:
        ledger = added_payments(register.payments, known, payments.rows)
        added.extend(ledger.added)
        bad.extend((*payments.bad, *ledger.bad))
        warnings.extend(ledger.warnings)
    return Difference(
        memberships=tuple(memberships),
        seats=tuple(seats),
        payments=tuple(added),
        bad=tuple(sorted(bad, key=lambda fault: (fault.file, fault.row))),
        warnings=tuple(warnings),
    )


def _ended(seat: Seat, named: set[tuple[str, str] | None], day: date | None) -> Seat:
    if day is None or seat.ended_on is not None or (seat.membership, seat.person) in named:
        return seat
    return replace(seat, ended_on=day)


# --- one membership at a time -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settlement:
    memberships: tuple[MembershipChange, ...]
    seats: tuple[SeatChange, ...]
    bad: tuple[BadRow, ...]


def _settlements(register: Register, rows: Iterable[MemberRow], leave: Callable[[Seat], Seat]) -> Iterable[_Settlement]:
    said, sitting = defaultdict[str, list[MemberRow]](list), defaultdict[str, list[Seat]](list)
    for row in rows:
        said[row.membership].append(row)
    for seat in register.seats:
        sitting[seat.membership].append(seat)
    for membership in dict.fromkeys((*said, *sitting)):
        yield _settle(register.memberships.get(membership), sitting[membership], said[membership], leave)


def _settle(
    before: Membership | None, seats: Sequence[Seat], rows: Sequence[MemberRow], leave: Callable[[Seat], Seat]
) -> _Settlement:
    """Take the rows in; leave out the faulty ones, whose people stay as they were, and try the others again."""
    bad = list[BadRow]()
    while True:
        after, seats_after, faults = _attempt(before, seats, rows, leave)
        if not faults:
            break
        bad.extend(faults)
        faulty = {fault.row for fault in faults}
        rows = [row for row in rows if row.row not in faulty]
    known = {seat.person: seat for seat in seats}
    changes = (SeatChange(before=known.get(seat.person), after=seat) for seat in seats_after)
    return _Settlement(
        memberships=(MembershipChange(before=before, after=after),) if after and after != before else (),
        seats=tuple(change for change in changes if change.before != change.after),
        bad=tuple(bad),
    )


def _attempt(
    before: Membership | None, seats: Sequence[Seat], rows: Sequence[MemberRow], leave: Callable[[Seat], Seat]
) -> tuple[Membership | None, list[Seat], list[BadRow]]:
    known = {seat.person: seat for seat in seats}
    named = {row.person for row in rows}
    staying = [leave(seat) for seat in seats if seat.person not in named]
    if not rows:
        return before, staying, []
    faults = _named_twice(rows) or _pauses_backwards(known, rows) or _disagreeing(before, staying, rows)
    if faults:
        return before, [], faults
    after = _membership(before, rows[0])
    arrivals = [Arrival(row=row, seat=_seat(known.get(row.person), row), before=known.get(row.person)) for row in rows]
    seats_after, faults = seated(after.id, after.kind, staying, arrivals)
    return after, seats_after, faults


def _named_twice(rows: Sequence[MemberRow]) -> list[BadRow]:
    """Every row of a person who has more than one: nobody knows which of them is right."""
    said = defaultdict[str, list[MemberRow]](list)
    for row in rows:
        said[row.person].append(row)
    return [
        row.bad(
            "person",
            f"{row.person} is on {row.membership} in row {(first if row is not first else second).row} too; "
            "keep one of the two",
        )
        for first, second, *more in (same for same in said.values() if len(same) > 1)
        for row in (first, second, *more)
    ]


def _pauses_backwards(seats: Mapping[str, Seat], rows: Sequence[MemberRow]) -> list[BadRow]:
    return [
        row.bad("pause_until", f"{pause.last} is before {pause.first}; mend one of the two dates")
        for row in rows
        for pause in [_seat(seats.get(row.person), row).pause]
        if (row.pause_first or row.pause_last) and pause.first and pause.last and pause.last < pause.first
    ]


def _disagreeing(before: Membership | None, staying: Sequence[Seat], rows: Sequence[MemberRow]) -> list[BadRow]:
    """All rows of a membership when they say different things about it, those of the register included.

    Who stays without a row in this file speaks for what the register says; who has left has no say.
    """
    others = [seat.person for seat in staying if seat.ended_on is None]
    said = [(f"row {row.row}", membership_cells(_membership(before, row))) for row in rows]
    if before is not None and others:
        said.append((f"the register for {others[0]}", membership_cells(before)))
    where, cells = said[0]
    for other, differing in said[1:]:
        for column in ("kind", "organisation", "circulation", "free_until"):
            if cells[column] != differing[column]:
                one, two = (cell_text(cell) or "nothing" for cell in (cells[column], differing[column]))
                reason = f"{rows[0].membership} has {one} in {where} and {two} in {other}; make them the same"
                return [row.bad(column, reason) for row in rows]
    return []


def _membership(before: Membership | None, row: MemberRow) -> Membership:
    known = before or Membership(id=row.membership, kind=row.kind)
    return replace(
        known,
        kind=row.kind,
        organisation=told(row.organisation, known.organisation),
        circle=told(row.circle, known.circle),
        free_until=told(row.free_until, known.free_until),
    )


def _seat(before: Seat | None, row: MemberRow) -> Seat:
    known = before or Seat(membership=row.membership, person=row.person, names={}, salutations={})
    return replace(
        known,
        names=_texts(known.names, row.names),
        salutations=_texts(known.salutations, row.salutations),
        address=told(row.address, known.address),
        languages=told(row.languages, known.languages),
        ended_on=told(row.ended_on, known.ended_on),
        pause=Pause(first=told(row.pause_first, known.pause.first), last=told(row.pause_last, known.pause.last)),
    )


def _texts(known: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, text in {**known, **said}.items() if text}


def _fields(before: Mapping[str, Cell] | None, after: Mapping[str, Cell]) -> tuple[FieldChange, ...]:
    if before is None:
        return ()
    texts = [
        (column, cell_text(before.get(column)), cell_text(after.get(column)))
        for column in dict.fromkeys((*before, *after))
    ]
    return tuple(FieldChange(field=column, before=old, after=new) for column, old, new in texts if old != new)
