"""A circulation: for each person either copies or an exclusion, by the register at one moment."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from mailer.domain.address import Address
from mailer.domain.edition import Variant
from mailer.domain.entitlement import Audience, Candidate, Entitlement, EntitlementReason, entitlement
from mailer.domain.insert import Inserts
from mailer.domain.judge import Judge
from mailer.domain.membership import FeeSchedule, Membership, MembershipKind, Pause, Payment, Seat
from mailer.domain.names import label

# Why a copy is held although its reader is still entitled: the register has another address now.
ADDRESS_CHANGED = "address_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The register at one moment. `version` grows with every change.

    An import never changes the last two: the `held` addresses (normal forms), and for each person who has unsubscribed or
    paused the dates without copies, by newsletter; an empty one stands for all.
    """

    memberships: Mapping[str, Membership]
    seats: tuple[Seat, ...]
    payments: tuple[Payment, ...]
    version: int = 0
    held: frozenset[str] = frozenset()
    own_pauses: Mapping[tuple[str, str], Pause] = field(default_factory=dict)

    def holds(self, seat: Seat) -> bool:
        """Whether the address of this seat is held."""
        return bool(self.held) and seat.address is not None and seat.address.normal in self.held

    def own_pause(self, person: str, newsletter: str, day: date) -> Pause | None:
        """The person's own pause of the newsletter, that which covers the day before others."""
        if not self.own_pauses:
            return None
        pauses = [self.own_pauses[key] for key in ((person, newsletter), (person, "")) if key in self.own_pauses]
        return next((pause for pause in pauses if pause.covers(day)), pauses[0] if pauses else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A person's decision, with the row of the register that it rests on."""

    person: str
    candidate: Candidate
    entitlement: Entitlement

    @property
    def name(self) -> str:
        """The name that the register has."""
        return self.candidate.seat.any_name

    @property
    def label(self) -> str:
        """The person's id with the name beside it."""
        return self.candidate.seat.label


class Copy(NamedTuple):
    """The one numbered message for one person in one language: what is filled into the edition, and where it goes."""

    person: str
    language: str
    variant: Variant
    copy_number: int
    address: Address
    name: str
    salutation: str
    paid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was frozen about one person in one mailing: `recipient` with the editions due, or `excluded`; and why.

    `name` is what the register has now; it is not frozen.
    """

    person: str
    decision: str
    reason: str
    rule: int
    evidence: tuple[str, ...]
    editions: tuple[str, ...]
    paid_until: date | None = None
    name: str = ""

    @property
    def label(self) -> str:
        """The person's id with the name beside it."""
        return label(self.person, self.name)


def candidates(register: Register, day: date, newsletter: str = "") -> list[Candidate]:
    """Every row of the register with all that decides about it on that day, for that newsletter."""
    payments: dict[str, list[Payment]] = defaultdict(list)
    for payment in register.payments:
        payments[payment.membership].append(payment)
    rows: dict[str, list[Seat]] = defaultdict(list)
    for seat in register.seats:
        rows[seat.membership].append(seat)
    every: list[Candidate] = []
    for identity, seats in rows.items():
        membership, paid = register.memberships[identity], tuple(payments[identity])
        seated = _seated(seats, membership.kind, day)
        every += [
            Candidate(
                membership=membership,
                seat=seat,
                payments=paid,
                seated=seat in seated,
                address_held=register.holds(seat),
                own_pause=register.own_pause(seat.person, newsletter, day),
            )
            for seat in seats
        ]
    return every


def _seated(seats: list[Seat], kind: MembershipKind, day: date) -> list[Seat]:
    """The people who have the membership's seats on that day.

    Of two people on one seat, the one who leaves keeps it until the day they leave; the successor has it afterwards.
    """
    live = [seat for seat in seats if seat.ended_on is None or seat.ended_on > day]
    if len(live) <= 1:
        return live  # as almost everywhere
    room = len(live) if kind.seats is None else kind.seats
    live.sort(key=lambda seat: (seat.ended_on or date.max, seat.number or room + 1, seat.person))
    taken: set[int] = set()
    seated: list[Seat] = []
    for seat in live:
        if len(seated) < room and seat.number not in taken:
            seated.append(seat)
            if seat.number is not None:
                taken.add(seat.number)
    return seated


def judge(candidates: Iterable[Candidate], audience: Audience, fees: FeeSchedule) -> dict[str, Judged]:
    """The decision about each person, by the best row: a recipient first, then the lowest rule, then the first membership."""
    best: dict[str, tuple[tuple[bool, int, str], Judged]] = {}
    judge = Judge(audience, fees)
    for candidate in candidates:
        answer = judge.entitlement(candidate)
        person = candidate.seat.person
        rank = (not answer.receives, answer.rule, candidate.membership.id)
        if person not in best or rank < best[person][0]:
            best[person] = (rank, Judged(person=person, candidate=candidate, entitlement=answer))
    return {person: best[person][1] for person in sorted(best)}


def lacks_only_address(candidates: Iterable[Candidate], audience: Audience, fees: FeeSchedule) -> dict[str, str]:
    """The people who would receive the issue if the register had an address for them, with their names."""
    anywhere = Address(local="somewhere", domain="members.example")
    return {
        candidate.seat.person: candidate.seat.any_name
        for candidate in candidates
        if candidate.seat.address is None
        and entitlement(replace(candidate, seat=replace(candidate.seat, address=anywhere)), audience, fees).receives
    }


def why_lost(judged: Judged | None, language: str, addresses: Collection[str]) -> str | None:
    """Why a planned copy, in this language and to one of these addresses, may not leave now; None when it may.

    The rule's reason when the person is not entitled any more, else `ADDRESS_CHANGED` when the register has another address.
    """
    if judged is None:
        return EntitlementReason.UNPAID  # no longer in the register at all
    answer = judged.entitlement
    if not answer.receives:
        return answer.reason
    if language not in answer.editions:
        return EntitlementReason.NO_EDITION
    address = judged.candidate.seat.address
    if address is None or address.wire not in addresses:
        return ADDRESS_CHANGED
    return None


def copies_for(judged: Iterable[Judged], *, inserts: Inserts, first_number: int) -> list[Copy]:
    """A copy of each edition due, numbered from `first_number` in the order of the people."""
    planned: list[Copy] = []
    for person in judged:
        seat = person.candidate.seat
        variant = inserts.variant_of(person.candidate, person.entitlement)
        for language in person.entitlement.editions:
            assert seat.address is not None, "rule 3 excludes people without an address"
            planned.append(
                Copy(
                    person=person.person,
                    language=language,
                    variant=variant,
                    copy_number=first_number + len(planned),
                    address=seat.address,
                    name=seat.names.get(language, ""),
                    salutation=seat.salutations.get(language, ""),
                    paid_until=person.entitlement.paid_until,
                )
            )
    return planned


class CirculationHash:
    """One hash over each person's decision and each copy's number, language, variant, address and words.

    People and copies are hashed apart, a line for each in the order in which they are frozen, and then the two hashes
    together. So the size of the chunks does not change the result.
    """

    def __init__(self) -> None:
        """Begin with an empty circulation."""
        self._people, self._copies = hashlib.sha256(), hashlib.sha256()

    def add(self, people: Iterable[Judged], copies: Iterable[Copy]) -> None:
        """Add the next people and their copies."""
        decisions = [
            f"{(judged.person, judged.entitlement.reason.value, judged.entitlement.rule)!r}\n" for judged in people
        ]
        self._people.update("".join(decisions).encode())
        lines = []
        for copy in copies:
            words = (copy.address.wire, copy.name, copy.salutation, str(copy.paid_until))
            line = (copy.copy_number, copy.person, copy.language, copy.variant.name, *words)
            lines.append(f"{line!r}\n")
        self._copies.update("".join(lines).encode())

    def hexdigest(self) -> str:
        """The hash of everything added so far."""
        both = f"{self._people.hexdigest()}\n{self._copies.hexdigest()}"
        return hashlib.sha256(both.encode()).hexdigest()
