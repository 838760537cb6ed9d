"""Names what looks like a slip in the payments that an import adds: sums, fees, periods, dates, and reversals."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

from mailer.domain.circulation import Register
from mailer.domain.entitlement import paid_periods
from mailer.domain.member_doubts import Usage, in_short
from mailer.domain.membership import Membership, MembershipKind, Payment, Period, figure
from mailer.domain.names import label
from mailer.domain.register_difference import Difference

# A payment for a time further away than this was entered with a wrong year.
FAR = timedelta(days=3 * 366)
LONGEST = timedelta(days=6 * 366)
# From so many times the fee on, an amount has a digit too many rather than another year's fee in it.
TOO_MANY_TIMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """A membership with all its payments after the import, the added ones among them."""

    membership: Membership
    owner: str
    payments: tuple[Payment, ...]
    added: tuple[Payment, ...]
    purposes: Mapping[tuple[Period, str], "_Purpose"]

    def place(self, period: Period) -> str:
        """Where a note's payment is: the membership, whose it is, and the period."""
        return f"{label(self.membership.id, self.owner)}, {period}"

    def purpose(self, payment: Payment) -> "_Purpose":
        """The payments for the same period in the same currency, this one among them."""
        return self.purposes[payment.period, payment.currency]


class _Purpose:
    """The payments of a membership for one period in one currency, in the order of entry, added up once."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        self.times = Counter[Decimal]()  # by amount
        self.paid = Decimal(0)  # without what was paid back
        self._paid_until = dict[int, Decimal]()  # the same with each payment, by its identity
        self._earlier = dict[int, int]()  # how many of the same amount came before each payment
        self._first = dict[tuple[Decimal, date | None], tuple[int, Payment]]()  # by amount and day
        self._first_of = dict[Decimal, Payment]()

    def add(self, payment: Payment) -> None:
        """Count the next payment."""
        self._earlier.setdefault(id(payment), self.times[payment.amount])
        self._first_of.setdefault(payment.amount, payment)
        self._first.setdefault((payment.amount, payment.paid_on), (self.times[payment.amount], payment))
        self.times[payment.amount] += 1
        self.total += payment.amount
        self.paid += max(payment.amount, Decimal(0))
        self._paid_until.setdefault(id(payment), self.paid)

    def total_with(self, payment: Payment) -> Decimal:
        """What was paid with this payment and without later ones; whatever was reversed counts as reversed."""
        return self.total - (self.paid - self._paid_until[id(payment)])

    def earlier(self, payment: Payment) -> int:
        """How many payments of the same amount came before this one."""
        return self._earlier[id(payment)]

    def first(self, payment: Payment, *, same_day: bool) -> Payment | None:
        """The first payment of the same amount before this one; of the same day, or of no known one, with `same_day`."""
        if not self.earlier(payment):
            return None
        if not same_day or payment.paid_on is None:
            return self._first_of[payment.amount]
        entries = (self._first.get((payment.amount, day)) for day in (payment.paid_on, None))
        place, other = min(filter(None, entries), key=lambda entry: entry[0])
        return other if place < self.earlier(payment) else None


def payment_doubts(register: Register, difference: Difference, usage: Usage) -> Iterator[str]:
    """A note for each added payment that looks wrong beside the others, the fees and the calendar."""
    by_reference = {payment.reference: payment for payment in register.payments if payment.reference}
    unpriced = defaultdict[tuple[MembershipKind, Period], list[str]](list)
    for account in _accounts(register, difference):
        notes = list[str]()
        for payment in account.added:
            if payment.amount <= 0:
                notes.extend(_reversal_doubts(account, payment, by_reference))
            elif account.membership.kind.pays and _is_unpriced(payment, account.membership.kind, usage):
                unpriced[account.membership.kind, payment.period].append(label(account.membership.id, account.owner))
                notes.extend(_repetition_doubts(account, payment, fee=None))
            else:
                notes.extend(_amount_doubts(account, payment, usage))
            notes.extend(_date_doubts(account, payment, usage.day))
        yield from dict.fromkeys((*notes, *_overlap_doubts(account, usage)))
    for (_, period), memberships in unpriced.items():
        near = _nearest_period(period, usage)
        yield (
            f"{period} is not in the fee schedule, so a payment for it counts only when it is marked in_full: "
            f"{in_short(memberships)}; the nearest period there is {near}"
        )


def _accounts(register: Register, difference: Difference) -> Iterable[_Account]:
    payments = {payment.membership: list[Payment]() for payment in difference.payments}
    for payment in (*register.payments, *difference.payments):
        if payment.membership in payments:
            payments[payment.membership].append(payment)
    added = defaultdict[str, list[Payment]](list)
    for payment in difference.payments:
        added[payment.membership].append(payment)
    memberships = {**register.memberships, **{change.after.id: change.after for change in difference.memberships}}
    for identity, entries in payments.items():
        purposes = defaultdict[tuple[Period, str], _Purpose](_Purpose)
        for payment in entries:
            purposes[payment.period, payment.currency].add(payment)
        yield _Account(
            membership=memberships[identity],
            owner=difference.owners[identity],
            payments=tuple(entries),
            added=tuple(added[identity]),
            purposes=purposes,
        )


# --- reversals --------------------------------------------------------------------------------------------------------


def _reversal_doubts(account: _Account, payment: Payment, by_reference: Mapping[str, Payment]) -> Iterator[str]:
    place = f"{account.place(payment.period)}: {payment.figure}"
    if payment.amount == 0:
        yield f"{place} pays nothing"
        return
    purpose = account.purpose(payment)
    total = purpose.total
    if total < 0:
        wrong = f"{place} leaves {figure(total, payment.currency)} for this period"
    elif -payment.amount not in purpose.times and -payment.amount != purpose.paid:
        balance = figure(total, payment.currency)
        wrong = f"{place} is the reversal of no payment for this period, which keeps {balance}"
    else:
        return
    near = _nearest_payment(account, payment, by_reference)
    if near is None:
        yield f"{wrong}; {payment.membership} has paid nothing"
    elif near.membership == payment.membership:
        yield f"{wrong}; the nearest payment is {near.figure} for {near.period}"
    else:
        yield f"{wrong}; the nearest payment is {near.figure} for {near.period} on {near.membership}"


def _nearest_payment(account: _Account, payment: Payment, by_reference: Mapping[str, Payment]) -> Payment | None:
    """The payment that a reversal may mean: by the beginning of its reference, else by what the two have in common."""
    stems = (payment.reference[:length] for length in range(len(payment.reference), 3, -1))
    stem = next((by_reference[text] for text in stems if text in by_reference), None)
    if stem is not None and stem.amount > 0:
        return stem
    paid = [other for other in account.payments if other.amount > 0]
    return max(paid, key=lambda other: _resemblance(other, payment), default=None)


def _resemblance(other: Payment, payment: Payment) -> tuple[int, int]:
    same = (
        other.amount == -payment.amount,
        other.period == payment.period,
        other.currency == payment.currency,
    )
    return sum(same), -abs((other.period.first - payment.period.first).days)


# --- amounts ----------------------------------------------------------------------------------------------------------


def _is_unpriced(payment: Payment, kind: MembershipKind, usage: Usage) -> bool:
    """Whether the fees cover this time, but have no such period; time before the first season is history."""
    begins = min((option.period.first for season in usage.fees.seasons for option in season.options), default=date.max)
    return not payment.in_full and payment.period.last >= begins and not usage.fees.fees(kind, payment.period)


def _nearest_period(period: Period, usage: Usage) -> Period:
    periods = (option.period for season in usage.fees.seasons for option in season.options)
    return min(periods, key=lambda other: abs(other.first - period.first) + abs(other.last - period.last))


def _amount_doubts(account: _Account, payment: Payment, usage: Usage) -> Iterator[str]:
    place = f"{account.place(payment.period)}: {payment.figure}"
    all_fees = usage.fees.fees(account.membership.kind, payment.period) if account.membership.kind.pays else ()
    fees = [fee for fee, currency in all_fees if currency == payment.currency and fee > 0]
    if all_fees and not fees:
        if not payment.in_full:
            price = " or ".join(figure(fee, currency) for fee, currency in all_fees)
            yield f"{place} counts only when it is marked in_full, since the fee is {price}"
        return
    fee = max(fees) if fees else None
    if fee is not None and payment.amount >= TOO_MANY_TIMES * fee:
        times = f"{payment.amount / fee:.1f}".removesuffix(".0")
        yield f"{place} is {times} times the fee of {figure(fee, payment.currency)}"
    elif fee is not None and not payment.in_full and any(payment.amount * factor in fees for factor in (10, 100, 1000)):
        yield f"{place} is a small part of the fee, {figure(fee, payment.currency)}; is a digit missing?"
    else:
        repeated = list(_repetition_doubts(account, payment, fee=fee))
        yield from repeated
        total = account.purpose(payment).total_with(payment)
        if not repeated and fee is not None and total > fee and not payment.in_full:
            sums = f"{total.normalize():f} of {figure(fee, payment.currency)}"
            yield f"{account.place(payment.period)}: more is paid than the fee, {sums}"


def _repetition_doubts(account: _Account, payment: Payment, fee: Decimal | None) -> Iterator[str]:
    """An earlier payment of the same amount for the same period; two instalments on two days, within the fee, are none."""
    purpose = account.purpose(payment)
    if purpose.earlier(payment) <= purpose.times[-payment.amount]:
        return  # the other payment was reversed, and this one stands in its place
    may_be_instalment = not payment.in_full and (fee is None or purpose.total_with(payment) <= fee)
    if other := purpose.first(payment, same_day=may_be_instalment):
        alike = f"{account.place(payment.period)}: {payment.figure} looks like {other.figure}"
        alike = f"{alike}, paid on {other.paid_on}" if other.paid_on else alike
        yield f"{alike}; is it the same payment?"


def _overlap_doubts(account: _Account, usage: Usage) -> Iterator[str]:
    """The periods that are paid by two payments, of which one is new: a year and two years that begin with it."""
    if not account.membership.kind.pays:
        return
    new = {payment.period for payment in account.added if payment.amount > 0}
    full = [paid.period for paid in paid_periods(account.payments, account.membership.kind, usage.fees) if paid.full]
    for index, period in enumerate(full):
        for other in islice(full, index + 1, None):
            if other.first > period.last:
                break
            if not new.isdisjoint((period, other)):
                yield f"{account.place(other)}: the time from {other.first} is paid twice, also by {period}"


# --- dates ------------------------------------------------------------------------------------------------------------


def _date_doubts(account: _Account, payment: Payment, today: date) -> Iterator[str]:
    period, paid_on = payment.period, payment.paid_on
    place = f"{account.place(period)}: {payment.figure}"
    if paid_on is not None and paid_on > today:
        yield f"{place} is dated {paid_on}, in the future"
    elif paid_on is not None and (paid_on < period.first - FAR or paid_on > period.last + FAR):
        yield f"{place} is dated {paid_on}, years away from the period"
    if period.first - today > FAR or period.last - period.first > LONGEST:
        yield f"{place} is for a time that is far away; is the year right?"
