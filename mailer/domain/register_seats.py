"""Assigns seats after an import: two numbered seats on a corporate membership, one on an individual one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from mailer.domain.membership import MembershipKind, Seat
from mailer.domain.register_rows import BadRow, MemberRow

_NUMBERS = (1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRequest:
    """A row of the file, the seat it makes, not numbered yet, and the person's seat before the import."""

    row: MemberRow
    seat: Seat
    before: Seat | None

    @property
    def rank(self) -> tuple[bool, int]:
        """People who already have a current seat come first, then the order of the file counts."""
        return self.before is None or self.before.ended_on is not None, self.row.row


def assign_seats(
    membership: str, kind: MembershipKind, staying: Sequence[Seat], requests: Sequence[SeatRequest]
) -> tuple[list[Seat], list[BadRow]]:
    """The numbered seats of a membership, and the rows without a place; with such rows, the seats mean nothing.

    People who are not in the file keep their numbers; a seat with `ended_on` is free again. The number that a row asks
    for comes first, then the person's former number, then the next free one.
    """
    current = sorted((request for request in requests if request.seat.ended_on is None), key=attrgetter("rank"))
    occupied = [seat for seat in staying if seat.ended_on is None]
    if bad := _too_many(membership, kind, occupied, current):
        return [], bad
    if kind is not MembershipKind.CORPORATE:
        reason = f"only a corporate membership has numbered seats, and {membership} is {kind}; leave the cell empty"
        bad = [request.row.bad("seat", reason) for request in requests if request.row.seat_number is not None]
        return [_with_number(seat, None) for seat in (*staying, *(request.seat for request in requests))], bad
    return _numbered(staying, current, [request for request in requests if request.seat.ended_on is not None])


def _too_many(membership: str, kind: MembershipKind, occupied: list[Seat], current: list[SeatRequest]) -> list[BadRow]:
    if kind.seats is None:
        return []
    free = max(kind.seats - len(occupied), 0)
    holders = [*(seat.label for seat in occupied), *(request.seat.label for request in current[:free])]
    places = "one seat" if kind.seats == 1 else "two seats"
    reason = f"{membership} has {places}, taken by {' and '.join(holders)}; end one first with ended_on"
    return [request.row.bad("person", reason) for request in current[free:]]


def _numbered(
    staying: Sequence[Seat], current: list[SeatRequest], ended: list[SeatRequest]
) -> tuple[list[Seat], list[BadRow]]:
    seats = [_with_number(seat, seat.number or 1) for seat in staying]
    holder_of = {seat.number: seat.label for seat in seats if seat.ended_on is None}
    bad = list[BadRow]()
    for request in current:
        number = request.row.seat_number
        if number is None:
            continue
        if number in holder_of:
            reason = f"seat {number} is taken by {holder_of[number]}; end that one first with ended_on"
            bad.append(request.row.bad("seat", reason))
            continue
        holder_of[number] = request.seat.label
        seats.append(_with_number(request.seat, number))
    if bad:
        return [], bad
    for request in current:
        if request.row.seat_number is None:
            number = _former_or_free(request, holder_of)
            holder_of[number] = request.seat.label
            seats.append(_with_number(request.seat, number))
    for request in ended:
        former = request.before.number if request.before else None
        number = request.row.seat_number or former or _former_or_free(request, holder_of)
        holder_of.setdefault(number, request.seat.label)
        seats.append(_with_number(request.seat, number))
    return seats, []


def _with_number(seat: Seat, number: int | None) -> Seat:
    return seat if seat.number == number else replace(seat, number=number)


def _former_or_free(request: SeatRequest, holder_of: dict[int | None, str]) -> int:
    former = request.before.number if request.before else None
    if former is not None and former not in holder_of:
        return former
    # A person whose seat has ended needs no free number.
    return next((number for number in _NUMBERS if number not in holder_of), _NUMBERS[0])
