"""Which renewal insert goes with a person's copies: whose terms, in which wording, and what it offers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from mailer.domain.edition import ALL_VARIANTS, NO_INSERT, Terms, Variant, Wording
from mailer.domain.entitlement import Candidate, Entitlement, EntitlementReason, is_ahead, paid_periods
from mailer.domain.membership import FeeSchedule, MembershipKind, Period
from mailer.domain.newsletter import InsertShow
from mailer.domain.offer import every_offer, fees_on_offer, offer

_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """How a newsletter shows its insert."""

    show: InsertShow
    due_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inserts:
    """Chooses the insert of each person's copies of one issue.

    `compiled` are the variants that the issue's editions have; None where each can still be compiled.
    """

    day: date
    renewal: Renewal
    fees: FeeSchedule
    compiled: Collection[Variant] | None = None
    # What each kind can pay for, and what was chosen before: thousands of people are alike.
    _periods: dict[Terms, tuple[Period, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _chosen: dict[tuple[Variant, date | None], Variant] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _usual: dict[tuple[object, ...], Variant] = field(default_factory=dict, init=False, repr=False, compare=False)

    def variant_of(self, candidate: Candidate, answer: Entitlement) -> Variant:
        """The variant of a person's copies; without a table of fees where the one needed was not compiled."""
        return self.available(self.needed(candidate, answer))

    def available(self, variant: Variant) -> Variant:
        """The variant if it was compiled, else the same without a table of fees."""
        return variant if self.compiled is None or variant in self.compiled else variant.plain

    def needed(self, candidate: Candidate, answer: Entitlement) -> Variant:
        """The variant that shows what the person has still to pay."""
        kind, until = candidate.membership.kind, answer.paid_until
        # Up to that day everything is paid; what is paid besides lies after a gap.
        if any(until is None or payment.period.last > until for payment in candidate.payments):
            variant = variant_for(candidate, answer, self.day, self.renewal)
            paid = paid_periods(candidate.payments, kind, self.fees)
            return self._with_offer(variant, until, [each.period for each in paid if each.full])
        alike = (kind, answer.reason, until, answer.paid_ahead)
        usual = self._usual.get(alike)
        if usual is None:
            variant = variant_for(candidate, answer, self.day, self.renewal)
            usual = self._usual[alike] = self.with_offer(variant, until)
        return usual

    def with_offer(self, variant: Variant, until: date | None) -> Variant:
        """The variant with what it offers to a person who has paid until that day, and for nothing later."""
        if (variant, until) not in self._chosen:
            self._chosen[variant, until] = self._with_offer(variant, until, ())
        return self._chosen[variant, until]

    def lacks_season(self, needed: Variant, until: date | None) -> bool:
        """Whether this insert asks to pay, but the fee schedule has nothing that is still to be paid."""
        is_asked = needed.terms is not None and needed.wording is not Wording.AHEAD
        return is_asked and not needed.offer and not is_ahead(until, self.day)

    def _with_offer(self, variant: Variant, until: date | None, paid: Collection[Period]) -> Variant:
        if variant.terms is None or variant.wording is Wording.AHEAD:
            return variant
        if variant.terms not in self._periods:
            self._periods[variant.terms] = _periods(variant.terms, self.fees, self.day)
        return replace(variant, offer=offer(self._periods[variant.terms], day=self.day, until=until, paid=paid))


def variant_for(candidate: Candidate, answer: Entitlement, day: date, renewal: Renewal) -> Variant:
    """In whose terms a person's insert is, and in which wording; without what it offers. Honorary members see none."""
    kind, until = candidate.membership.kind, answer.paid_until
    if kind is MembershipKind.HONORARY or renewal.show is InsertShow.NEVER:
        return NO_INSERT
    if renewal.show is InsertShow.WHEN_DUE and (until is None or (until - day).days > renewal.due_days):
        return NO_INSERT
    if answer.reason is EntitlementReason.COMPLIMENTARY:
        return Variant(terms=Terms.COMPLIMENTARY, wording=Wording.RENEW if until else Wording.OPEN)
    terms = Terms.CORPORATE if kind is MembershipKind.CORPORATE else Terms.INDIVIDUAL
    if answer.reason is EntitlementReason.GRACE:
        return Variant(terms=terms, wording=Wording.GRACE)
    return Variant(terms=terms, wording=Wording.AHEAD if answer.paid_ahead else Wording.RENEW)


def usual_variants(fees: FeeSchedule, day: date, grace_days: int) -> tuple[Variant, ...]:
    """Every variant that copies of an issue of this day can have, but for people who have paid for periods after a gap.

    Their number depends on the fee schedule alone, however many people there are.
    """
    return tuple(dict.fromkeys(each for plain in ALL_VARIANTS for each in _usual(plain, fees, day, grace_days)))


def _usual(plain: Variant, fees: FeeSchedule, day: date, grace_days: int) -> Iterable[Variant]:
    yield plain
    if plain.terms is None or plain.wording is Wording.AHEAD:
        return
    periods = _periods(plain.terms, fees, day)
    if plain.wording is Wording.OPEN:
        offers = {offer(periods, day=day, until=None)}
    else:
        first, last = day, max([day, *(period.last for period in periods)])
        if plain.wording is Wording.GRACE:
            first, last = day - max(timedelta(days=grace_days), _MONTH), day - timedelta(days=1)
        elif plain.terms is not Terms.COMPLIMENTARY:
            last = date(day.year + 1, 12, 30)  # who has paid longer is ahead
        offers = every_offer(periods, day=day, first=first, last=last)
    yield from (replace(plain, offer=each) for each in sorted(offers))


def _periods(terms: Terms, fees: FeeSchedule, day: date) -> tuple[Period, ...]:
    return tuple(each.period for each in fees_on_offer(fees, kind_of(terms), day.year))


def kind_of(terms: Terms) -> MembershipKind:
    """Whose fees these terms show: complimentary people see the individual ones."""
    return MembershipKind.CORPORATE if terms is Terms.CORPORATE else MembershipKind.INDIVIDUAL
