"""The distribution report of an issue: its balance, the decision about each person, and what is still open."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mailer.domain.circulation import Decision, Judged
from mailer.domain.delivery import Delivery
from mailer.domain.explanation import Shortfall
from mailer.domain.hold import Failure
from mailer.domain.mailing import MailingState
from mailer.domain.names import label


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The account of an issue, computed from its rows: every person considered is a recipient or excluded."""

    considered: int
    recipients: int
    copies: int
    excluded: Mapping[str, int]
    deliveries: Mapping[str, int]

    @property
    def balanced(self) -> bool:
        """Considered = recipients + Σ excluded, and copies = Σ deliveries."""
        people = self.recipients + sum(self.excluded.values())
        return self.considered == people and self.copies == sum(self.deliveries.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class PartlyPaid:
    """A person who has paid a part of the fee, and what is missing."""

    person: str
    name: str
    shortfall: Shortfall


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionReport:
    """The account of an issue: the balance, all decisions, the copies that are still open, and who gained since.

    `failures` says why copies did not arrive, by delivery; those of them that are `owed` may go to the same address once
    more. `gained` are people entitled now who have no copy,
    `unreachable` those who would be entitled if the register had an address for them, with their names. `partly_paid` are
    those excluded as underpaid who are so still. `needing_a_person` counts the copies that need attention, as `status`
    does. `cancelled_supplements` are the numbers of supplements that were cancelled, while the issue itself was not.
    `circulation_known` is False when it was sent after the backup that this ledger comes from.
    """

    issue: str
    state: MailingState
    balance: Balance
    decisions: tuple[Decision, ...]
    open_copies: tuple[Delivery, ...]
    failures: Mapping[int, Failure]
    gained: tuple[Judged, ...]
    partly_paid: tuple[PartlyPaid, ...] = ()
    unreachable: Mapping[str, str] = field(default_factory=dict)
    needing_a_person: int = 0
    cancelled_supplements: tuple[int, ...] = ()
    circulation_known: bool = True
    owed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenMailing:
    """The rows of one mailing: its recipients with their editions, its exclusions, its copies."""

    recipients: Mapping[str, tuple[str, ...]]
    excluded: tuple[str, ...]
    copies: tuple[tuple[str, str], ...]


def count_reasons(reasons: Iterable[str]) -> dict[str, int]:
    """How many exclusions there are for each reason, in the order of the reasons' names."""
    return dict(sorted(Counter(reasons).items()))


def faults(mailing: FrozenMailing, names: Mapping[str, str]) -> list[str]:
    """Each contradiction in the rows of a mailing, in words; empty when it balances. `names` are those of the people."""
    due = Counter((person, language) for person, languages in mailing.recipients.items() for language in languages)
    written = Counter(mailing.copies)
    both = sorted(set(mailing.excluded) & mailing.recipients.keys())
    return [
        *(f"{label(person, names.get(person, ''))} is a recipient and excluded" for person in both),
        *(
            f"{label(person, names.get(person, ''))} should have a copy in {language} and has none"
            for person, language in sorted(due - written)
        ),
        *(
            f"{label(person, names.get(person, ''))} has a copy in {language} without a decision"
            for person, language in sorted(written - due)
        ),
    ]
