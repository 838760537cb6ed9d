"""A relay that refuses our account pauses what is under way, once, with nothing lost; the operator learns its words."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import State
from mailer.domain.mailing import MailingState
from mailer.pipeline.bounces import breaker
from mailer.pipeline.mailings.pause import resume_mailing
from mailer.pipeline.mailings.report import issue_progress
from mailer.store import letters
from tests.club import ISSUE, Club, begin, members, states
from tests.doubles import FrozenClock
from tests.pipeline.relayed import deliver, the_mailings

SAID = "“554 5.7.1 Your account is suspended”"


@pytest.fixture
def app(club: Club, clock: FrozenClock) -> Iterator[App]:
    with club.opened(clock) as opened:
        yield opened


def refused(app: App) -> None:
    context = replace(app.context, operator="operator@club.example")
    every = [mailing.id for mailing in the_mailings(app)]
    with app.store.transaction() as connection:
        breaker.pause_refused_by_relay(connection, context, every * 2, SAID)


def alarms(app: App) -> list[str]:
    with app.store.reading() as connection:
        return [str(letter.facts["said"]) for letter in letters.waiting(connection, app.context.clock.now())]


def test_a_refused_account_pauses_once_and_loses_nothing(app: App) -> None:
    begin(app, members(3))
    refused(app)
    refused(app)
    progress = issue_progress(app.context, ISSUE)
    assert (progress.state, progress.counts[State.PENDING]) == (MailingState.PAUSED, 3)
    assert SAID in progress.pause_reason
    assert alarms(app) == [SAID]
    resume_mailing(app.context, ISSUE)
    deliver(app)
    assert states(app) == {"accepted": 3}


def test_what_does_not_send_is_left_alone(app: App) -> None:
    begin(app, members(1))
    deliver(app)
    refused(app)
    assert the_mailings(app)[0].state is MailingState.CLOSED
    assert alarms(app) == []
