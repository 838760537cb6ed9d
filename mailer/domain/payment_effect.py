"""What a payment changes once it is entered: whose it is, what its period has then, and until when that is paid."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mailer.domain.circulation import Register
from mailer.domain.entitlement import PaidPeriod, paid_periods, paid_until
from mailer.domain.membership import FeeSchedule, Membership, Payment, Seat, owner_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEffect:
    """A payment with its membership and people, its period afterwards, the paid-until dates, and what looks wrong.

    `fees` are the fees of this kind for this period, with their currencies; empty where the fee schedule does not have it.
    """

    payment: Payment
    membership: Membership
    seats: tuple[Seat, ...]
    period: PaidPeriod
    fees: tuple[tuple[Decimal, str], ...]
    paid_until_before: date | None
    paid_until_after: date | None
    warnings: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """Whose the membership is."""
        return owner_of(self.membership, self.seats)


def payment_effect(register: Register, payment: Payment, fees: FeeSchedule, today: date) -> PaymentEffect:
    """The effect of a payment that is not in this register yet, on a membership that is."""
    membership = register.memberships[payment.membership]
    before = [other for other in register.payments if other.membership == payment.membership]
    periods_before = paid_periods(before, membership.kind, fees)
    periods = paid_periods((*before, payment), membership.kind, fees)
    return PaymentEffect(
        payment=payment,
        membership=membership,
        seats=tuple(seat for seat in register.seats if seat.membership == membership.id),
        period=next(paid for paid in periods if paid.period == payment.period),
        fees=tuple(fees.fees(membership.kind, payment.period)),
        paid_until_before=_latest(periods_before, today),
        paid_until_after=_latest(periods, today),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidMembership:
    """A membership with its people and payments, and until when the present time is paid."""

    membership: Membership
    seats: tuple[Seat, ...]
    payments: tuple[Payment, ...]
    paid_until: date | None

    @property
    def owner(self) -> str:
        """Whose it is."""
        return owner_of(self.membership, self.seats)


def paid_membership(register: Register, membership: str, fees: FeeSchedule, today: date) -> PaidMembership:
    """A membership of this register with what was paid for it."""
    paid = tuple(payment for payment in register.payments if payment.membership == membership)
    contract = register.memberships[membership]
    return PaidMembership(
        membership=contract,
        seats=tuple(seat for seat in register.seats if seat.membership == membership),
        payments=paid,
        paid_until=_latest(paid_periods(paid, contract.kind, fees), today),
    )


def _latest(periods: tuple[PaidPeriod, ...], today: date) -> date | None:
    """Until when the present time is paid, or else the day on which the last paid time ended."""
    ended = (paid.period.last for paid in periods if paid.full and paid.period.last < today)
    return paid_until(periods, today) or max(ended, default=None)


def reversal_of(payment: Payment, number: int, today: date) -> Payment:
    """The entry that takes a payment back, with a reference to it; `number` is its place among its membership's."""
    return Payment(
        membership=payment.membership,
        period=payment.period,
        amount=-payment.amount,
        currency=payment.currency,
        paid_on=today,
        reference=f"reversal of {payment.reference or number}",
    )
