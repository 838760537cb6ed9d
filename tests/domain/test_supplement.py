"""Which copies are missing, which of them a supplement may send, and which wait for a correction."""

from datetime import UTC, datetime, timedelta

import pytest

from mailer.domain.bounce import FailureReason
from mailer.domain.circulation import Copy, Judged
from mailer.domain.delivery import BLOCKING, Delivery, State
from mailer.domain.edition import NO_INSERT
from mailer.domain.entitlement import Candidate, Entitlement, EntitlementReason
from mailer.domain.hold import Failure
from mailer.domain.supplement import Corrections, MissingCopies, has_copy, missing_editions, present_address
from tests.builders import a_membership, a_seat

SEAT = a_seat()
NOON = datetime(2018, 7, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ELSEWHERE = a_seat(person="P002").address


def a_delivery(state: State, language: str = "en", address=SEAT.address, held_reason: str | None = None) -> Delivery:
    copy = Copy(
        person="P001",
        language=language,
        variant=NO_INSERT,
        copy_number=1,
        address=address,
        name="",
        salutation="",
        paid_until=None,
    )
    empty = dict.fromkeys(("next_attempt_at", "owner", "marked_at", "last_code", "last_status", "last_text"))
    return Delivery(
        id=7, mailing=1, copy=copy, message_id="", state=state, held_reason=held_reason, epoch=0, attempts=1, **empty
    )


def judged(*editions: str, seat=SEAT) -> Judged:
    answer = Entitlement(reason=EntitlementReason.PAID, rule=6, evidence=(), editions=editions)
    candidate = Candidate(membership=a_membership(), seat=seat, payments=())
    return Judged(person="P001", candidate=candidate, entitlement=answer)


def corrections(
    reason: FailureReason = FailureReason.USER_UNKNOWN,
    *,
    lifted_at=None,
    stopped_at=None,
    shared="",
    known: bool = True,
) -> Corrections:
    failure = Failure(
        issue="letter/41",
        reason=reason,
        hard=True,
        refused=True,
        forwarded=False,
        at=NOON,
        reply="550 5.1.1",
        wording="User unknown",
    )
    return Corrections(
        failures={7: failure} if known else {},
        lifts={SEAT.address.normal: lifted_at} if lifted_at else {},
        stops={1: (stopped_at, shared)} if stopped_at else {},
    )


@pytest.mark.parametrize("state", State)
def test_a_copy_counts_while_it_may_arrive(state):
    assert has_copy([a_delivery(state)]) == (state in BLOCKING)


@pytest.mark.parametrize(
    ("reason", "counts"), [("address_held", False), ("paused", False), ("address_changed", True), ("unpaid", True)]
)
def test_a_copy_held_with_its_address_or_for_a_pause_does_not_count(reason, counts):
    assert has_copy([a_delivery(State.HELD, held_reason=reason)]) is counts


def test_only_the_missing_editions_are_sent():
    copies = {"en": [a_delivery(State.ACCEPTED)]}
    assert missing_editions(judged("en", "ru"), copies, corrections()) == (("ru",), False)
    assert missing_editions(judged("en"), copies, corrections()) == ((), False)


FAILED = {"en": [a_delivery(State.BOUNCED)]}


@pytest.mark.parametrize(
    ("correction", "sent"),
    [
        (corrections(), False),
        (corrections(lifted_at=NOON - HOUR), False),
        (corrections(lifted_at=NOON + HOUR), True),
        (corrections(lifted_at=NOON + HOUR, known=False), True),
        (corrections(FailureReason.RATE), True),
        (corrections(stopped_at=NOON - HOUR), False),
        (corrections(FailureReason.SPAM, stopped_at=NOON - HOUR), True),
        (corrections(stopped_at=NOON - HOUR, shared="550 5.1.1"), True),
        (corrections(stopped_at=NOON - HOUR, shared="User unknown"), True),
        (corrections(stopped_at=NOON - HOUR, shared="550 5.7.1"), False),
        (corrections(stopped_at=NOON + HOUR), True),
        (corrections(stopped_at=NOON + HOUR, known=False), False),
    ],
)
def test_a_copy_that_failed_at_the_present_address_waits_for_a_correction(correction, sent):
    assert missing_editions(judged("en"), FAILED, correction) == ((("en",), False) if sent else ((), True))


def test_a_copy_that_failed_at_an_old_address_is_sent_to_the_new_one():
    copies = {"en": [a_delivery(State.REJECTED, address=ELSEWHERE)]}
    assert missing_editions(judged("en"), copies, corrections()) == (("en",), False)


def test_the_present_address_is_the_registers():
    assert present_address(judged("en")) == SEAT.address.wire
    assert present_address(judged("en", seat=a_seat(address=None))) == ""


def test_copies_are_counted_by_edition():
    assert MissingCopies(issue="letter/41", people=(judged("en", "ru"), judged("ru"))).copies == 3
