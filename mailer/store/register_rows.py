"""Rows of the register's tables as values, and back."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from mailer.domain.address import Address
from mailer.domain.membership import Membership, MembershipKind, Pause, Payment, Period, Seat
from mailer.domain.register_search import search_words, sort_key

# What thousands of rows have in common is made once.
_KINDS = {str(kind): kind for kind in MembershipKind}
_NO_PAUSE = Pause()


@lru_cache(maxsize=1024)
def _period(first: date, last: date) -> Period:
    return Period(first=first, last=last)


@lru_cache(maxsize=1024)
def _amount(hundredths: int) -> Decimal:
    return Decimal(hundredths) / 100


def membership_of(row: Any) -> Membership:
    """The membership of a row."""
    return Membership(
        id=row.id, kind=_KINDS[row.kind], organisation=row.organisation, circle=row.circle, free_until=row.free_until
    )


def membership_row(membership: Membership) -> dict[str, object]:
    """The row of a membership."""
    return {
        "id": membership.id,
        "kind": membership.kind.value,
        "organisation": membership.organisation,
        "circle": membership.circle,
        "free_until": membership.free_until,
    }


def seat_of(row: Any) -> Seat:
    """The seat of a row."""
    return Seat(
        membership=row.membership,
        person=row.person,
        number=row.number,
        names=row.names,
        salutations=row.salutations,
        address=Address.from_wire(row.address) if row.address else None,
        phone=row.phone,
        languages=tuple(row.languages),
        ended_on=row.ended_on,
        pause=Pause(first=row.pause_from, last=row.pause_until) if row.pause_from or row.pause_until else _NO_PAUSE,
    )


def seat_row(seat: Seat, membership: Membership) -> dict[str, object]:
    """The row of a seat on this membership."""
    return {
        "kind": membership.kind.value,
        "sorted_by": sort_key(seat),
        "searched": search_words(seat, membership),
        "membership": seat.membership,
        "person": seat.person,
        "number": seat.number,
        "names": seat.names,
        "salutations": seat.salutations,
        "address": seat.address.wire if seat.address else None,
        "mailbox": seat.address.normal if seat.address else None,
        "phone": seat.phone,
        "languages": list(seat.languages),
        "ended_on": seat.ended_on,
        "pause_from": seat.pause.first,
        "pause_until": seat.pause.last,
    }


def payment_of(row: Any) -> Payment:
    """The payment of a row."""
    return Payment(
        membership=row.membership,
        period=_period(row.period_from, row.period_to),
        amount=_amount(row.amount),
        currency=row.currency,
        paid_on=row.paid_on,
        in_full=row.in_full,
        reference=row.reference,
    )


def payment_row(payment: Payment) -> dict[str, object]:
    """The row of a payment."""
    return {
        "membership": payment.membership,
        "period_from": payment.period.first,
        "period_to": payment.period.last,
        "amount": int(payment.amount * 100),  # hundredths
        "currency": payment.currency,
        "paid_on": payment.paid_on,
        "in_full": payment.in_full,
        "reference": payment.reference,
    }
