"""Decides whether a person may have an issue: by which rule, and on what evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from mailer.domain.membership import FeeSchedule, Membership, MembershipKind, Pause, Payment, Period, Seat, figure


class EntitlementReason(StrEnum):
    """Why a person receives an issue, or does not."""

    HONORARY = "honorary"
    COMPLIMENTARY = "complimentary"
    PAID = "paid"
    GRACE = "grace"
    NOT_IN_CIRCULATION = "not_in_circulation"
    ENDED = "ended"
    NO_ADDRESS = "no_address"
    NO_SEAT = "no_seat"
    UNDERPAID = "underpaid"
    EXPIRED = "expired"
    NOT_YET_STARTED = "not_yet_started"
    UNPAID = "unpaid"
    PAUSED = "paused"
    ADDRESS_HELD = "address_held"
    NO_EDITION = "no_edition"


RECEIVES = frozenset(
    {EntitlementReason.HONORARY, EntitlementReason.COMPLIMENTARY, EntitlementReason.PAID, EntitlementReason.GRACE}
)


@dataclass(frozen=True, slots=True)
class EntitlementRule:
    """One of the twelve rules: what it says, and the reasons it can give."""

    text: str
    reasons: tuple[EntitlementReason, ...]


# In the order in which they apply. docs/entitlement.md explains them; a test compares the two.
RULES = {
    1: EntitlementRule(
        "the membership belongs to a circle that this newsletter does not go to",
        (EntitlementReason.NOT_IN_CIRCULATION,),
    ),
    2: EntitlementRule(
        "the membership or the seat ended on the issue's date or before",
        (EntitlementReason.ENDED,),
    ),
    3: EntitlementRule("the register has no e-mail address for the person", (EntitlementReason.NO_ADDRESS,)),
    4: EntitlementRule(
        "honorary and complimentary members receive it while their free time lasts",
        (EntitlementReason.HONORARY, EntitlementReason.COMPLIMENTARY, EntitlementReason.EXPIRED),
    ),
    5: EntitlementRule("the membership's seats are taken by others", (EntitlementReason.NO_SEAT,)),
    6: EntitlementRule("a fully paid period covers the issue's date", (EntitlementReason.PAID,)),
    7: EntitlementRule("the paid time ended, but within the newsletter's days of grace", (EntitlementReason.GRACE,)),
    8: EntitlementRule(
        "something was paid for a period that covers the issue's date, but not the whole fee",
        (EntitlementReason.UNDERPAID,),
    ),
    9: EntitlementRule(
        "no fully paid period covers the issue's date",
        (EntitlementReason.EXPIRED, EntitlementReason.NOT_YET_STARTED, EntitlementReason.UNPAID),
    ),
    10: EntitlementRule(
        "the person would receive it, but copies are paused on the issue's date", (EntitlementReason.PAUSED,)
    ),
    11: EntitlementRule("the person would receive it, but the address is held", (EntitlementReason.ADDRESS_HELD,)),
    12: EntitlementRule(
        "the person would receive it, but the issue has no edition in a language they read",
        (EntitlementReason.NO_EDITION,),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """What decides who may have an issue: its date, its circles, the days of grace, and its languages."""

    date: date
    circulations: tuple[str, ...]
    grace_days: int
    default_language: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One row of the register with everything that decides about it.

    `seated`: the person has one of the membership's seats on the issue's date. `address_held`: the address is held.
    `own_pause`: the dates of the issues that the person does not want.
    """

    membership: Membership
    seat: Seat
    payments: tuple[Payment, ...]
    seated: bool = True
    address_held: bool = False
    own_pause: Pause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """The computed answer. `rule` is the key of the rule that decided, `evidence` the facts, as text.

    `editions` are the languages of the copies, empty when excluded. `paid_until` is the last day of the unbroken run
    of fully paid periods (or the free time) that decided; `paid_ahead` says that it reaches the end of the next year.
    """

    reason: EntitlementReason
    rule: int
    evidence: tuple[str, ...]
    editions: tuple[str, ...] = ()
    paid_until: date | None = None
    paid_ahead: bool = False

    @property
    def receives(self) -> bool:
        """Whether the person is a recipient."""
        return self.reason in RECEIVES


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidPeriod:
    """A period with payments: whether they are the whole fee (`full`), or anything at all (`positive`)."""

    period: Period
    full: bool
    positive: bool
    sums: tuple[tuple[str, Decimal], ...]


def paid_periods(payments: Iterable[Payment], kind: MembershipKind, fees: FeeSchedule) -> tuple[PaidPeriod, ...]:
    """Every period with a payment, in order of its dates, with whether it is fully paid."""
    by_period: dict[Period, list[Payment]] = {}
    for payment in payments:
        by_period.setdefault(payment.period, []).append(payment)
    return tuple(_add_up(period, by_period[period], kind, fees) for period in sorted(by_period))


def _add_up(period: Period, payments: list[Payment], kind: MembershipKind, fees: FeeSchedule) -> PaidPeriod:
    sums: dict[str, Decimal] = {}
    for payment in payments:
        sums[payment.currency] = sums.get(payment.currency, Decimal(0)) + payment.amount
    by_fee = any(sums.get(currency, Decimal(0)) >= fee > 0 for fee, currency in fees.fees(kind, period))
    by_word = any(payment.in_full and sums[payment.currency] > 0 for payment in payments)
    return PaidPeriod(
        period=period,
        full=by_fee or by_word,
        positive=any(total > 0 for total in sums.values()),
        sums=tuple(sorted(sums.items())),
    )


def paid_until(periods: Iterable[PaidPeriod], day: date) -> date | None:
    """The last day of the unbroken run of fully paid periods that covers the day; None when none covers it."""
    full = sorted(period.period for period in periods if period.full)
    run = [period for period in full if period.covers(day)]
    if not run:
        return None
    last = max(period.last for period in run)
    for period in full:
        if period.first <= last + timedelta(days=1) and period.last > last:
            last = period.last
    return last


def is_ahead(until: date | None, day: date) -> bool:
    """Whether what is paid or free until that day reaches the end of the year after the issue's."""
    return until is not None and until >= date(day.year + 1, 12, 31)


def entitlement(candidate: Candidate, audience: Audience, fees: FeeSchedule) -> Entitlement:
    """Judge one row of the register for one issue, by the rules in their order."""
    answer = _by_membership(candidate, audience, fees)
    return _unless_withheld(answer, candidate, audience) if answer.receives else answer


def _by_membership(candidate: Candidate, audience: Audience, fees: FeeSchedule) -> Entitlement:
    membership, seat, day = candidate.membership, candidate.seat, audience.date
    if membership.circle not in audience.circulations:
        return _no(EntitlementReason.NOT_IN_CIRCULATION, 1, f"circulation {membership.circle or '(none)'}")
    if seat.ended_on is not None and seat.ended_on <= day:
        return _no(EntitlementReason.ENDED, 2, f"ended on {seat.ended_on}")
    if seat.address is None:
        return _no(EntitlementReason.NO_ADDRESS, 3, "the register has no e-mail address")
    if not membership.kind.pays:
        return _free(membership, day)
    if not candidate.seated:
        return _no(
            EntitlementReason.NO_SEAT,
            5,
            f"membership {membership.id} has {membership.kind.seats} seats, taken by others",
        )
    return _by_payments(paid_periods(candidate.payments, membership.kind, fees), audience)


def _free(membership: Membership, day: date) -> Entitlement:
    until = membership.free_until
    if until is not None and until < day:
        return _no(EntitlementReason.EXPIRED, 4, f"{membership.kind}, free until {until}")
    reason = (
        EntitlementReason.HONORARY if membership.kind is MembershipKind.HONORARY else EntitlementReason.COMPLIMENTARY
    )
    evidence = f"{membership.kind}, free until {until}" if until else f"{membership.kind}, without an end"
    return Entitlement(reason=reason, rule=4, evidence=(evidence,), paid_until=until)


def _by_payments(periods: tuple[PaidPeriod, ...], audience: Audience) -> Entitlement:
    day = audience.date
    until = paid_until(periods, day)
    if until is not None:
        evidence = tuple(_in_words(period) for period in periods if period.full and period.period.last >= day)
        return Entitlement(
            reason=EntitlementReason.PAID, rule=6, evidence=evidence, paid_until=until, paid_ahead=is_ahead(until, day)
        )
    ended = [period for period in periods if period.full and period.period.last < day]
    if ended:
        latest = max(ended, key=lambda period: period.period.last)
        last = latest.period.last
        if day - last <= timedelta(days=audience.grace_days):
            evidence = (_in_words(latest), f"{(day - last).days} of {audience.grace_days} days of grace")
            return Entitlement(reason=EntitlementReason.GRACE, rule=7, evidence=evidence, paid_until=last)
    short = [period for period in periods if period.period.covers(day) and period.positive]
    if short:
        return _no(EntitlementReason.UNDERPAID, 8, *map(_in_words, short))
    if ended:
        return _no(EntitlementReason.EXPIRED, 9, *map(_in_words, ended))
    begins = [period for period in periods if period.full and period.period.first > day]
    if begins:
        return _no(EntitlementReason.NOT_YET_STARTED, 9, *map(_in_words, begins))
    return _no(EntitlementReason.UNPAID, 9, *(map(_in_words, periods) if periods else ("no payment",)))


def _unless_withheld(answer: Entitlement, candidate: Candidate, audience: Audience) -> Entitlement:
    seat = candidate.seat
    if seat.pause.covers(audience.date):
        return _no(
            EntitlementReason.PAUSED,
            10,
            f"paused {seat.pause.first or '…'} to {seat.pause.last or '…'}",
            *answer.evidence,
        )
    if candidate.own_pause is not None and candidate.own_pause.covers(audience.date):
        return _no(EntitlementReason.PAUSED, 10, _own_pause_in_words(candidate.own_pause), *answer.evidence)
    if candidate.address_held:
        return _no(EntitlementReason.ADDRESS_HELD, 11, "the address is held", *answer.evidence)
    wanted = seat.languages or (audience.default_language,)
    editions = tuple(language for language in wanted if language in audience.languages)
    if not editions:
        has = ", ".join(audience.languages)
        return _no(
            EntitlementReason.NO_EDITION, 12, f"reads {', '.join(wanted)}; the issue is in {has}", *answer.evidence
        )
    return Entitlement(
        reason=answer.reason,
        rule=answer.rule,
        evidence=answer.evidence,
        editions=editions,
        paid_until=answer.paid_until,
        paid_ahead=answer.paid_ahead,
    )


def _own_pause_in_words(pause: Pause) -> str:
    return f"paused by the reader, from {pause.first}" + (f" to {pause.last}" if pause.last else "")


def _no(reason: EntitlementReason, rule: int, *evidence: str) -> Entitlement:
    return Entitlement(reason=reason, rule=rule, evidence=evidence)


def _in_words(paid: PaidPeriod) -> str:
    sums = " + ".join(figure(total, currency) for currency, total in paid.sums)
    return f"{paid.period.first} to {paid.period.last}: {sums}, {'paid in full' if paid.full else 'not paid in full'}"
