"""When a planned mailing leaves by itself: by its schedule, its approval, its hours and the time it may be late."""

from datetime import UTC, datetime, time

import pytest

from mailer.app.installation import App
from mailer.domain.departure import Departure
from mailer.domain.newsletter import Window
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.departure import departures
from mailer.pipeline.mailings.schedule import begin_if_due, scheduled_mailings
from mailer.pipeline.mailings.send import send_mailing
from tests.club import ISSUE
from tests.doubles import FrozenClock
from tests.pipeline.mailings.planned import planned, with_newsletter, with_schedule

# The club sends at ten on working days, London time, and planned on a Thursday afternoon.
FRIDAY = datetime(2018, 7, 13, 9, 0, tzinfo=UTC)
MONDAY = datetime(2018, 7, 16, 9, 0, tzinfo=UTC)


def departure(app: App, **changes: object) -> Departure | None:
    return departures(with_schedule(app.context, **changes) if changes else app.context).get(str(ISSUE))


def test_a_planned_mailing_would_leave_once_approved_and_an_approved_one_leaves(app: App, clock: FrozenClock) -> None:
    planned(app)
    assert departure(app) == Departure(at=FRIDAY, timezone="Europe/London", unapproved=True)
    clock.advance(days=1)  # approved only now, it is a working day later
    assert departure(app) == Departure(at=MONDAY, timezone="Europe/London", unapproved=True)
    approve_mailing(app.context, ISSUE)
    assert departure(app) == Departure(at=MONDAY, timezone="Europe/London")


def test_without_an_approval_the_time_is_the_first_after_the_pull(app: App) -> None:
    planned(app)
    open_to_all = with_newsletter(app.context, approval_required=False)
    assert departures(open_to_all)[str(ISSUE)].unapproved  # the plan was made while an approval was required


def test_outside_of_its_hours_it_waits_for_them(app: App) -> None:
    planned(app)
    approve_mailing(app.context, ISSUE)
    afternoon = Window(opens=time(14), closes=time(16))
    assert departure(app, between=afternoon).at == datetime(2018, 7, 13, 13, 0, tzinfo=UTC)
    early = Window(opens=time(6), closes=time(8))
    assert departure(app, between=early).at == datetime(2018, 7, 14, 5, 0, tzinfo=UTC)
    night = Window(opens=time(22), closes=time(11))
    assert departure(app, between=night).at == FRIDAY


@pytest.mark.parametrize("settled", [True, False])
def test_what_became_ready_while_the_clock_was_ahead_leaves_at_the_next_time_once_it_is_right(
    app: App, clock: FrozenClock, settled: bool
) -> None:
    clock.jump(days=365)
    planned(app)
    approve_mailing(app.context, ISSUE)
    [mailing] = scheduled_mailings(app.context)
    if settled:
        assert not begin_if_due(app.context, mailing)
    clock.jump(days=-365)
    app.context.believe_clock("accepted as right")  # what the daemon notes when it sees the jump, and `accept-clock`
    assert departure(app) == Departure(at=FRIDAY, timezone="Europe/London")
    [mailing] = scheduled_mailings(app.context)
    assert not begin_if_due(app.context, mailing)
    [mailing] = scheduled_mailings(app.context)
    assert mailing.due_at == FRIDAY
    clock.set(FRIDAY)
    assert begin_if_due(app.context, mailing)


@pytest.mark.parametrize(("hours", "missed"), [(20, False), (90, False), (93, True)])
def test_a_time_that_passed_too_long_ago_is_missed(app: App, clock: FrozenClock, hours: int, missed: bool) -> None:
    planned(app)
    approve_mailing(app.context, ISSUE)
    clock.advance(hours=hours)
    found = departure(app)
    assert found.missed is missed
    assert found.at == max(FRIDAY, clock.now())


def test_what_is_under_way_has_no_departure(app: App) -> None:
    planned(app)
    approve_mailing(app.context, ISSUE)
    send_mailing(app.context, ISSUE)
    assert departures(app.context) == {}
