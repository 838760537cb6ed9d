"""A person as the register, the ledger and the reports have them."""

from dataclasses import dataclass
from datetime import datetime

from mailer.domain.delivery import Delivery
from mailer.domain.hold import Hold, OwnPause
from mailer.domain.membership import Membership, Payment, Seat
from mailer.domain.names import label
from mailer.domain.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """A seat with its membership: one row of the members table; and the person's own pauses, of all newsletters first."""

    seat: Seat
    membership: Membership
    own_pauses: tuple[OwnPause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """One person: seats, payments of their memberships, copies with their issue's name, and what prevents new copies.

    `own_pauses` are those of a person who has unsubscribed or paused, that of all newsletters first; `reports` are those about the person not settled yet.
    """

    person: str
    entries: tuple[RegisterEntry, ...]
    payments: tuple[Payment, ...]
    copies: tuple[tuple[str, Delivery], ...]
    own_pauses: tuple[OwnPause, ...]
    holds: tuple[Hold, ...]
    reports: tuple[Report, ...]

    @property
    def unsubscribed_at(self) -> datetime | None:
        """When the person unsubscribed from a newsletter."""
        return next((pause.since for pause in self.own_pauses if pause.has_unsubscribed), None)

    @property
    def own_pause(self) -> OwnPause | None:
        """The first of the person's own pauses."""
        return next(iter(self.own_pauses), None)

    @property
    def name(self) -> str:
        """The first name that the register has."""
        return next((entry.seat.any_name for entry in self.entries if entry.seat.any_name), "")

    @property
    def label(self) -> str:
        """The id with the name beside it."""
        return label(self.person, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSubject:
    """The person whom a report is about, as in the register now; outside the register, the name on the copy.

    `addresses` are normal forms. `owed`: the copy came back for what stopped its mailing, and may go once more.
    """

    name: str = ""
    in_register: bool = False
    addresses: frozenset[str] = frozenset()
    owed: bool = False
