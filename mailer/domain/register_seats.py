"""Who sits where on a membership after an import: two seats on a corporate one, one on an individual one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailer.domain.membership import MembershipKind, Seat
from mailer.domain.register_rows import BadRow, MemberRow, told

_NUMBERS = (1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A row of the file with the seat it makes, not numbered yet, and the seat its person had before."""

    row: MemberRow
    seat: Seat
    before: Seat | None

    @property
    def wanted(self) -> int | None:
        """The seat number that the row asks for."""
        return told(self.row.number, None)

    @property
    def rank(self) -> tuple[bool, int]:
        """Who already has a living seat comes first, then the order of the file."""
        return self.before is None or self.before.ended_on is not None, self.row.row


def seated(
    membership: str, kind: MembershipKind, staying: Sequence[Seat], arrivals: Sequence[Arrival]
) -> tuple[list[Seat], list[BadRow]]:
    """The seats of the membership, numbered, and the rows for which there is no place (then the seats do not count).

    Those staying keep their numbers. A seat with `ended_on` is free for somebody else. A number that a row asks for
    goes before one that it had, and that before the next free one.
    """
    living = sorted((one for one in arrivals if one.seat.ended_on is None), key=lambda one: one.rank)
    sitting = [seat for seat in staying if seat.ended_on is None]
    if bad := _over_full(membership, kind, sitting, living):
        return [], bad
    if kind is not MembershipKind.CORPORATE:
        reason = f"only a corporate membership has numbered seats, and {membership} is {kind}; leave the cell empty"
        bad = [one.row.bad("seat", reason) for one in arrivals if one.wanted is not None]
        return [replace(seat, number=None) for seat in (*staying, *(one.seat for one in arrivals))], bad
    return _numbered(staying, living, [one for one in arrivals if one.seat.ended_on is not None])


def _over_full(membership: str, kind: MembershipKind, sitting: list[Seat], living: list[Arrival]) -> list[BadRow]:
    if kind.seats is None:
        return []
    room = max(kind.seats - len(sitting), 0)
    holders = " and ".join([*(seat.person for seat in sitting), *(one.seat.person for one in living[:room])])
    places = "one seat" if kind.seats == 1 else "two seats"
    reason = f"{membership} has {places}, taken by {holders}; end one first with ended_on"
    return [one.row.bad("person", reason) for one in living[room:]]


def _numbered(staying: Sequence[Seat], living: list[Arrival], ended: list[Arrival]) -> tuple[list[Seat], list[BadRow]]:
    kept = [replace(seat, number=seat.number or 1) for seat in staying]
    taken = {seat.number: seat.person for seat in kept if seat.ended_on is None}
    seats, bad = list(kept), list[BadRow]()
    for one in (one for one in living if one.wanted is not None):
        if one.wanted in taken:
            reason = f"seat {one.wanted} is taken by {taken[one.wanted]}; end that one first with ended_on"
            bad.append(one.row.bad("seat", reason))
            continue
        taken[one.wanted] = one.seat.person
        seats.append(replace(one.seat, number=one.wanted))
    if bad:
        return [], bad
    for one in (one for one in living if one.wanted is None):
        number = _own_or_free(one, taken)
        taken[number] = one.seat.person
        seats.append(replace(one.seat, number=number))
    for one in ended:
        number = one.wanted or (one.before and one.before.number) or _own_or_free(one, taken)
        taken.setdefault(number, one.seat.person)
        seats.append(replace(one.seat, number=number))
    return seats, []


def _own_or_free(one: Arrival, taken: dict[int | None, str]) -> int:
    own = one.before.number if one.before else None
    if own is not None and own not in taken:
        return own
    # Somebody who has left needs no place of their own.
    return next((number for number in _NUMBERS if number not in taken), _NUMBERS[0])
