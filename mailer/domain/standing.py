"""How a person stands today on one membership: the rules of entitlement, without any one newsletter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mailer.domain.circulation import Judged, Register, candidates
from mailer.domain.entitlement import Audience, Candidate, Entitlement, EntitlementReason, entitlement
from mailer.domain.membership import FeeSchedule, Membership, Seat

# What the register can be filtered by; the others follow from a newsletter and its issue.
STANDINGS = (
    EntitlementReason.PAID,
    EntitlementReason.HONORARY,
    EntitlementReason.COMPLIMENTARY,
    EntitlementReason.EXPIRED,
    EntitlementReason.UNPAID,
    EntitlementReason.UNDERPAID,
    EntitlementReason.NOT_YET_STARTED,
    EntitlementReason.PAUSED,
    EntitlementReason.ADDRESS_HELD,
    EntitlementReason.NO_ADDRESS,
    EntitlementReason.ENDED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person on a membership, and the answer of the rules for a day."""

    candidate: Candidate
    entitlement: Entitlement

    @property
    def seat(self) -> Seat:
        """The person's place."""
        return self.candidate.seat

    @property
    def membership(self) -> Membership:
        """Whose place it is."""
        return self.candidate.membership

    @property
    def judged(self) -> Judged:
        """The answer as a decision about the person."""
        return Judged(person=self.seat.person, candidate=self.candidate, entitlement=self.entitlement)

    @property
    def reason(self) -> EntitlementReason:
        """The answer in a word."""
        return self.entitlement.reason


def standings(register: Register, day: date, fees: FeeSchedule) -> Mapping[tuple[str, str], Standing]:
    """The standing of every row of the register on that day, by membership and person."""
    return {
        (candidate.seat.membership, candidate.seat.person): Standing(
            candidate=candidate,
            entitlement=entitlement(candidate, _audience_of(candidate, day), fees),
        )
        for candidate in candidates(register, day)
    }


def _audience_of(candidate: Candidate, day: date) -> Audience:
    """An audience to which this person's circle and languages belong."""
    languages = candidate.seat.languages or ("en",)
    return Audience(
        date=day,
        circulations=(candidate.membership.circle,),
        grace_days=0,
        default_language=languages[0],
        languages=languages,
    )
