"""A made-up person's case: any decision about an issue, with copies in any state."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from mailer.domain.address import Address
from mailer.domain.bounce import FailureReason
from mailer.domain.circulation import Copy, Judged
from mailer.domain.delivery import Delivery, State
from mailer.domain.departure import Departure
from mailer.domain.edition import NO_INSERT
from mailer.domain.entitlement import Audience, Candidate, EntitlementReason, entitlement, paid_periods
from mailer.domain.explanation import CopyFate, Explanation, find_shortfalls
from mailer.domain.hold import Failure
from mailer.domain.mailing import MailingState
from mailer.domain.membership import (
    FeeOption,
    FeeSchedule,
    Membership,
    MembershipKind,
    Pause,
    Payment,
    Period,
    Season,
    Seat,
)

DAY = date(2026, 7, 9)
ZONE = "Europe/Moscow"
LEFT = datetime(2026, 7, 9, 11, 2, tzinfo=UTC)
BACK = datetime(2026, 7, 9, 13, 10, tzinfo=UTC)
ADDRESS = Address(local="petr", domain="members.example")
YEAR = Period(first=date(2026, 1, 1), last=date(2026, 12, 31))
OPTION = FeeOption(period=YEAR, years=1, individual=Decimal(50000), corporate=Decimal(80000))
FEES = FeeSchedule(seasons=(Season(year=2026, currency="RUB", options=(OPTION,)),))
AUDIENCE = Audience(date=DAY, circulations=("club",), grace_days=30, default_language="en", languages=("en", "ru"))
MEMBERSHIP = Membership(id="M4", kind=MembershipKind.INDIVIDUAL, circle="club")
SEAT = Seat(
    membership="M4",
    person="P004",
    names={"en": "Peter Novak"},
    salutations={"en": "Dear Peter"},
    address=ADDRESS,
    languages=("en",),
)


def payment(amount: int = 50000, first: str = "2026-01-01", last: str = "2026-12-31", currency: str = "RUB") -> Payment:
    period = Period(first=date.fromisoformat(first), last=date.fromisoformat(last))
    return Payment(membership="M4", period=period, amount=Decimal(amount), currency=currency)


def candidate(*payments: Payment, seat: Seat = SEAT, membership: Membership = MEMBERSHIP, **more: object) -> Candidate:
    return Candidate(membership=membership, seat=seat, payments=payments, **more)


def free(kind: MembershipKind, until: date | None = None) -> Membership:
    return replace(MEMBERSHIP, kind=kind, free_until=until)


PAID = candidate(payment())
CASES: dict[str, tuple[EntitlementReason, Candidate]] = {
    "paid": (EntitlementReason.PAID, PAID),
    "grace": (
        EntitlementReason.GRACE,
        candidate(replace(payment(first="2025-07-01", last="2026-06-30"), in_full=True)),
    ),
    "honorary": (EntitlementReason.HONORARY, candidate(membership=free(MembershipKind.HONORARY))),
    "complimentary": (
        EntitlementReason.COMPLIMENTARY,
        candidate(membership=free(MembershipKind.COMPLIMENTARY, date(2027, 3, 31))),
    ),
    "another circle": (
        EntitlementReason.NOT_IN_CIRCULATION,
        candidate(membership=replace(MEMBERSHIP, circle="centre")),
    ),
    "no circle": (EntitlementReason.NOT_IN_CIRCULATION, candidate(membership=replace(MEMBERSHIP, circle=""))),
    "ended": (EntitlementReason.ENDED, candidate(seat=replace(SEAT, ended_on=date(2026, 6, 30)))),
    "no address": (EntitlementReason.NO_ADDRESS, candidate(seat=replace(SEAT, address=None))),
    "no address, paid": (EntitlementReason.NO_ADDRESS, candidate(payment(), seat=replace(SEAT, address=None))),
    "no seat": (
        EntitlementReason.NO_SEAT,
        candidate(payment(), membership=replace(MEMBERSHIP, kind=MembershipKind.CORPORATE), seated=False),
    ),
    "underpaid": (EntitlementReason.UNDERPAID, candidate(payment(20000))),
    "in another currency": (EntitlementReason.UNDERPAID, candidate(payment(500, currency="EUR"))),
    "for another period": (EntitlementReason.UNDERPAID, candidate(payment(30000, "2026-03-01", "2026-08-31"))),
    "expired": (
        EntitlementReason.EXPIRED,
        candidate(replace(payment(first="2025-01-01", last="2025-12-31"), in_full=True)),
    ),
    "free time expired": (
        EntitlementReason.EXPIRED,
        candidate(membership=free(MembershipKind.COMPLIMENTARY, date(2026, 3, 31))),
    ),
    "not yet started": (
        EntitlementReason.NOT_YET_STARTED,
        candidate(replace(payment(first="2027-01-01", last="2027-12-31"), in_full=True)),
    ),
    "unpaid": (EntitlementReason.UNPAID, candidate()),
    "paid back": (EntitlementReason.UNPAID, candidate(payment(), payment(-50000))),
    "paused": (EntitlementReason.PAUSED, candidate(payment(), seat=replace(SEAT, pause=Pause(first=date(2026, 7, 1))))),
    "paused until": (
        EntitlementReason.PAUSED,
        candidate(payment(), seat=replace(SEAT, pause=Pause(last=date(2026, 8, 31)))),
    ),
    "unsubscribed": (EntitlementReason.PAUSED, candidate(payment(), own_pause=Pause(first=date(2026, 5, 1)))),
    "paused by the reader": (
        EntitlementReason.PAUSED,
        candidate(payment(), own_pause=Pause(first=date(2026, 5, 1), last=date(2026, 8, 31))),
    ),
    "address held": (EntitlementReason.ADDRESS_HELD, candidate(payment(), address_held=True)),
    "no edition": (EntitlementReason.NO_EDITION, candidate(payment(), seat=replace(SEAT, languages=("de", "fr")))),
}


def fate(state: State, language: str = "en", number: int = 7, **changes: object) -> CopyFate:
    """A copy in this state, as it would be in a mailing that is under way."""
    copy = Copy(
        person="P004",
        language=language,
        variant=NO_INSERT,
        copy_number=number,
        address=ADDRESS,
        name="Peter Novak",
        salutation="Dear Peter",
        paid_until=None,
    )
    of_copy = {name: changes.pop(name) for name in ("held_reason", "next_attempt_at", "last_text") if name in changes}
    delivery = Delivery(
        **(
            dict.fromkeys(("held_reason", "next_attempt_at", "owner", "marked_at", "last_code", "last_status"))
            | {"last_text": "", "attempts": 0, "epoch": 0}
            | {"id": 100 + number, "mailing": 1, "copy": copy, "message_id": "<m@club.example>", "state": state}
            | of_copy
        )
    )
    failed = {State.BOUNCED: False, State.REJECTED: True}.get(state)
    refusal = Failure(
        issue="russia-confidential/253",
        reason=FailureReason.USER_UNKNOWN,
        hard=True,
        refused=bool(failed),
        forwarded=False,
        at=BACK,
        words="550 5.1.1 no such user",
    )
    usual = {
        "mailing": MailingState.SENDING,
        "supplement": 0,
        "replaced": False,
        "accepted_at": LEFT if state in {State.ACCEPTED, State.BOUNCED} else None,
        "tried_at": None if state is State.PENDING else LEFT,
        "failure": refusal if failed is not None else None,
        "departure": None,
    }
    return CopyFate(copy=delivery, **(usual | changes))


FATES: dict[str, CopyFate] = {
    "accepted": fate(State.ACCEPTED),
    "settled": fate(State.ACCEPTED, accepted_at=None),
    "came back": fate(State.BOUNCED),
    "came back, sent again": fate(State.BOUNCED, replaced=True),
    "refused": fate(State.REJECTED),
    "uncertain": fate(State.UNCERTAIN),
    "uncertain, cancelled": fate(State.UNCERTAIN, mailing=MailingState.CANCELLED),
    "sending": fate(State.SENDING),
    **{
        f"held, {reason}": fate(State.HELD, held_reason=reason)
        for reason in ("unpaid", "address_changed", "cannot_render")
    },
    "cancelled": fate(State.CANCELLED, mailing=MailingState.CANCELLED),
    "cancelled with a supplement": fate(State.CANCELLED, mailing=MailingState.CANCELLED, supplement=1),
    "replaced by a supplement": fate(State.CANCELLED, mailing=MailingState.CLOSED, replaced=True),
    "on its way": fate(State.PENDING),
    "deferred": fate(State.PENDING, next_attempt_at=BACK, last_text="4.7.1 Greylisted"),
    "paused": fate(State.PENDING, mailing=MailingState.PAUSED),
    "mailing held": fate(State.PENDING, mailing=MailingState.HELD),
    "approved": fate(State.PENDING, mailing=MailingState.APPROVED, departure=Departure(at=BACK, timezone=ZONE)),
    "planned": fate(
        State.PENDING, mailing=MailingState.PLANNED, departure=Departure(at=BACK, timezone=ZONE, unapproved=True)
    ),
    "in a supplement": fate(State.ACCEPTED, supplement=1),
}


def explained(candidate: Candidate, *fates: CopyFate) -> Explanation:
    """The case of this candidate, with these copies."""
    kind = candidate.membership.kind
    periods = paid_periods(candidate.payments, kind, FEES) if kind.pays else ()
    answer = entitlement(candidate, AUDIENCE, FEES)
    return Explanation(
        person="P004",
        name="Peter Novak",
        issue="russia-confidential/253",
        date=DAY,
        timezone=ZONE,
        now=Judged(person="P004", candidate=candidate, entitlement=answer),
        frozen=None,
        fates=fates,
        periods=periods,
        shortfalls=find_shortfalls(periods, kind, FEES, DAY),
    )


def every_case() -> Iterator[tuple[str, Explanation]]:
    """Every decision without a copy and beside each fate of a copy."""
    for name, (_, case) in CASES.items():
        yield name, explained(case)
        for fate_name, one in FATES.items():
            yield f"{name}; {fate_name}", explained(case, one)
