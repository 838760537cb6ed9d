"""Memberships, their seats and payments, and what membership costs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from mailer.domain.address import Address
from mailer.domain.names import any_name, label


class MembershipKind(StrEnum):
    """The contract with the club."""

    INDIVIDUAL = "individual"
    CORPORATE = "corporate"
    HONORARY = "honorary"
    COMPLIMENTARY = "complimentary"

    @property
    def seats(self) -> int | None:
        """How many people a membership admits: two on a corporate one (the 1+1 arrangement); None is no limit."""
        return _SEATS.get(self)

    @property
    def pays(self) -> bool:
        """Whether entitlement comes from payments."""
        return self in {MembershipKind.INDIVIDUAL, MembershipKind.CORPORATE}


_SEATS = {MembershipKind.INDIVIDUAL: 1, MembershipKind.CORPORATE: 2}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Period:
    """The dates that a payment is for, both included."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Whether the day is in the period."""
        return self.first <= day <= self.last

    @property
    def is_whole_years(self) -> bool:
        """Whether it begins on January 1 and ends on December 31, of the same year or a later one."""
        return (self.first.month, self.first.day, self.last.month, self.last.day) == (1, 1, 12, 31)

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


def figure(amount: Decimal, currency: str) -> str:
    """A sum as files and tables have it: `50000 RUB`."""
    return f"{amount.normalize():f} {currency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money received for one period of a membership; a negative amount was paid back."""

    membership: str
    period: Period
    amount: Decimal
    currency: str
    paid_on: date | None = None
    in_full: bool = False
    reference: str = ""

    @property
    def figure(self) -> str:
        """The amount with its currency and reference, as in `50000 RUB (INV-2018-001)`."""
        reference = f" ({self.reference})" if self.reference else ""
        return f"{figure(self.amount, self.currency)}{reference}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The contract with the club. `free_until` is for honorary and complimentary ones; None is without end."""

    id: str
    kind: MembershipKind
    organisation: str = ""
    circle: str = ""
    free_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Dates without copies, open where an end is None; both None is no pause."""

    first: date | None = None
    last: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day is in the pause."""
        if self.first is None and self.last is None:
            return False
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A person's place on a membership: one row of the members table.

    `number` is 1 or 2 on a corporate membership, None elsewhere. `names` and `salutations` map languages to texts.
    """

    membership: str
    person: str
    number: int | None = None
    names: dict[str, str]
    salutations: dict[str, str]
    address: Address | None = None
    phone: str = ""
    languages: tuple[str, ...] = ()
    ended_on: date | None = None
    pause: Pause = Pause()

    @property
    def any_name(self) -> str:
        """The person's name in the first language that has one; may be empty."""
        return any_name(self.names)

    @property
    def label(self) -> str:
        """The person's id with the name beside it."""
        return label(self.person, self.any_name)


def owner_of(membership: Membership, seats: Collection[Seat]) -> str:
    """Whose a membership is: the organisation's name, else those of the people who have its seats, or else had them."""
    current = [seat for seat in seats if seat.ended_on is None]
    return membership.organisation or ", ".join(seat.any_name for seat in current or seats if seat.any_name)


# --- the fee schedule -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeOption:
    """One row of the fee schedule: a period, its length in years, and the fees for it."""

    period: Period
    years: int
    individual: Decimal
    corporate: Decimal

    def fee(self, kind: MembershipKind) -> Decimal:
        """The fee for this kind; complimentary and honorary people see the individual fee."""
        return self.corporate if kind is MembershipKind.CORPORATE else self.individual


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """The options of one year, in one currency."""

    year: int
    currency: str
    options: tuple[FeeOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSchedule:
    """What each kind of membership costs for which period, by season."""

    seasons: tuple[Season, ...]

    def season(self, year: int) -> Season | None:
        """The season of a year, if there is one."""
        return next((season for season in self.seasons if season.year == year), None)

    def fees(self, kind: MembershipKind, period: Period) -> tuple[tuple[Decimal, str], ...]:
        """Every (fee, currency) for this period and kind, over all seasons; empty if no season has it."""
        return tuple(
            (option.fee(kind), season.currency)
            for season in self.seasons
            for option in season.options
            if option.period == period
        )
