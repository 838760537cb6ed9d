"""Rows of the register's tables as values, and back.

A plan reads a million of each: a column that is taken by its place costs a tenth of one taken by its name.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from mailer.domain.address import Address
from mailer.domain.membership import Membership, MembershipKind, Pause, Payment, Period, Seat
from mailer.domain.register_search import search_words, sort_key
from mailer.store.schema import memberships, payments, seats

# The columns that a value is made from, in the order in which it takes them.
MEMBERSHIP = tuple(memberships.c[name] for name in ("id", "kind", "organisation", "circle", "free_until"))
SEAT = tuple(
    seats.c[name]
    for name in (
        *("membership", "person", "number", "names", "salutations", "address"),
        *("phone", "languages", "ended_on", "pause_from", "pause_until"),
    )
)
PAYMENT = tuple(
    payments.c[name]
    for name in ("membership", "period_from", "period_to", "amount", "currency", "paid_on", "in_full", "reference")
)

# What thousands of rows have in common is made once.
_KINDS = {str(kind): kind for kind in MembershipKind}
_NO_PAUSE = Pause()


@lru_cache(maxsize=1024)
def _period(first: date, last: date) -> Period:
    return Period(first=first, last=last)


@lru_cache(maxsize=1024)
def amount_of(hundredths: int) -> Decimal:
    """The amount that is stored in hundredths of its currency."""
    return Decimal(hundredths) / 100


def membership_of(row: Sequence[Any]) -> Membership:
    """The membership of a row of `MEMBERSHIP`."""
    identity, kind, organisation, circle, free_until = row
    return Membership(id=identity, kind=_KINDS[kind], organisation=organisation, circle=circle, free_until=free_until)


def membership_row(membership: Membership) -> dict[str, object]:
    """The row of a membership."""
    return {
        "id": membership.id,
        "kind": membership.kind.value,
        "organisation": membership.organisation,
        "circle": membership.circle,
        "free_until": membership.free_until,
    }


def seat_of(row: Sequence[Any]) -> Seat:
    """The seat of a row of `SEAT`."""
    membership, person, number, names, salutations, address, phone, languages, ended_on, first, last = row
    return Seat(
        membership=membership,
        person=person,
        number=number,
        names=names,
        salutations=salutations,
        address=Address.from_wire(address) if address else None,
        phone=phone,
        languages=tuple(languages),
        ended_on=ended_on,
        pause=Pause(first=first, last=last) if first or last else _NO_PAUSE,
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


def payment_of(row: Sequence[Any]) -> Payment:
    """The payment of a row of `PAYMENT`."""
    membership, first, last, amount, currency, paid_on, in_full, reference = row
    return Payment(
        membership=membership,
        period=_period(first, last),
        amount=amount_of(amount),
        currency=currency,
        paid_on=paid_on,
        in_full=in_full,
        reference=reference,
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
