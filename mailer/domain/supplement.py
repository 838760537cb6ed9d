"""Which copies of an issue are missing, and which of them a supplement may send."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.bounce import SENDER_SCOPES, FailureReason
from mailer.domain.circulation import Judged
from mailer.domain.delivery import BLOCKING, Delivery, State
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.hold import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingCopies:
    """The people who are entitled now and have no copy, each with the editions that are missing.

    `stuck` lack a copy too, but theirs failed at the address that the register still has: a person must correct that first.
    `circulation_known` is False for an issue that was sent after the backup that this ledger comes from: who has it is
    not known, and no copy of it counts as missing. `restored_at` is when a backup was restored that cannot know of a
    supplement sent just before, so that these people may have their copies; None once a person has said that none was.
    `cancelled_whole`: the issue was cancelled before a copy had left, so that no supplement follows it.
    """

    issue: str
    people: tuple[Judged, ...]
    stuck: tuple[Judged, ...] = ()
    circulation_known: bool = True
    restored_at: datetime | None = None
    cancelled_whole: bool = False

    @property
    def copies(self) -> int:
        """How many copies a supplement would have."""
        return sum(len(judged.entitlement.editions) for judged in self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """What was corrected after copies of an issue had failed.

    `failures` are the last ones, by delivery. `lifts` say when a person declared an address (normal form) right.
    `stops` say, by mailing, when the breaker stopped it, and what the copies shared that had failed alike.
    """

    failures: Mapping[int, Failure]
    lifts: Mapping[str, datetime]
    stops: Mapping[int, tuple[datetime, str]]

    def allow_again(self, delivery: Delivery) -> bool:
        """Whether a failed copy may go to the same address once more.

        Either a person has declared the address right since; or it failed since we sent too much in a time, which is
        over now; or the breaker stopped the mailing, and the copy failed before that, or later through a fault of the
        sender's or like those that stopped it.
        """
        failure, lifted_at = self.failures.get(delivery.id), self.lifts.get(delivery.copy.address.normal)
        if lifted_at is not None and (failure is None or failure.at <= lifted_at):
            return True
        if failure is not None and failure.reason is FailureReason.RATE:
            return True
        stop = self.stops.get(delivery.mailing)
        if stop is None or failure is None:
            return False
        stopped_at, shared = stop
        is_like = bool(shared) and shared in {failure.reply, failure.wording}
        return failure.at <= stopped_at or failure.scope in SENDER_SCOPES or is_like

    def owed_among(self, deliveries: Iterable[Delivery]) -> frozenset[int]:
        """The failed copies among these that may go to the same address once more."""
        return frozenset(copy.id for copy in deliveries if copy.state.failed and self.allow_again(copy))


def missing_editions(
    judged: Judged, copies: Mapping[str, Sequence[Delivery]], corrections: Corrections
) -> tuple[tuple[str, ...], bool]:
    """The editions that a supplement may send to a person with these copies, by language; and whether others are stuck."""
    missing = [language for language in judged.entitlement.editions if not has_copy(copies.get(language, []))]
    stuck = [
        language for language in missing if has_failed(copies.get(language, []), present_address(judged), corrections)
    ]
    return tuple(language for language in missing if language not in stuck), bool(stuck)


def has_copy(copies: Iterable[Delivery]) -> bool:
    """Whether one of a person's copies arrived, or may still leave.

    A copy that was held with its address, or for a pause, does not count: people entitled now are free of both.
    """
    return any(copy.state in BLOCKING and not was_withheld(copy) for copy in copies)


def was_withheld(delivery: Delivery) -> bool:
    """Whether a copy was held with its address, or because the person had paused."""
    reasons = {EntitlementReason.ADDRESS_HELD, EntitlementReason.PAUSED}
    return delivery.state is State.HELD and delivery.held_reason in reasons


def has_failed(copies: Iterable[Delivery], address: str, corrections: Corrections) -> bool:
    """Whether a copy failed at this address (wire form), without a correction since."""
    return any(copy.state.failed and copy.address == address and not corrections.allow_again(copy) for copy in copies)


def present_address(judged: Judged) -> str:
    """The address that the register has for a person now, in its wire form; empty without one."""
    address = judged.candidate.seat.address
    return address.wire if address else ""
