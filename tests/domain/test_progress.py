"""When something of a mailing can be done now, and when a wait for it would be in vain."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from mailer.domain.delivery import State
from mailer.domain.newsletter import Schedule, Window
from tests.mailing_under_way import LATER, NOW, SENDING, throttle

ALWAYS = Schedule(cron="0 9 * * thu", timezone="UTC", between=None, not_after_hours=72, undo_minutes=10)
AFTERNOON = replace(ALWAYS, between=Window(opens=time(13), closes=time(18)))


def test_a_copy_that_is_due_can_be_sent() -> None:
    assert SENDING.can_continue(ALWAYS, NOW)
    assert replace(SENDING, at_once=False, next_at=NOW).can_continue(ALWAYS, NOW)


def test_a_copy_that_is_being_sent_is_waited_for() -> None:
    counts = SENDING.counts | {State.SENDING: 1}
    assert replace(SENDING, at_once=False, counts=counts).can_continue(ALWAYS, NOW)


@pytest.mark.parametrize(
    "changes",
    [{"under_way": 0}, {"at_once": False}, {"at_once": False, "next_at": LATER}, {"rest_at": LATER}],
    ids=["nothing left", "time unknown", "deferred", "behind a canary wave"],
)
def test_nothing_can_be_done_now(changes: dict[str, object]) -> None:
    assert not replace(SENDING, **changes).can_continue(ALWAYS, NOW)


def test_nothing_leaves_outside_of_the_hours() -> None:
    assert not SENDING.can_continue(AFTERNOON, NOW)
    assert SENDING.can_continue(AFTERNOON, NOW.replace(hour=14))


@pytest.mark.parametrize(
    ("until", "waited_for"), [(NOW + timedelta(seconds=60), True), (LATER, False), (None, False)], ids=str
)
def test_only_a_short_rest_of_a_provider_is_waited_for(until: datetime | None, waited_for: bool) -> None:
    throttled = replace(SENDING, at_once=False, throttled=(throttle(until),))
    assert throttled.can_continue(ALWAYS, NOW) is waited_for
