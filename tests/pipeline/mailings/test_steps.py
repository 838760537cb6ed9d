"""A mailing moves only from the state in which it was read, and one held for its missed time may still be sent."""

import pytest

from mailer.app.installation import App
from mailer.domain.errors import Refused
from mailer.domain.mailing import MailingState
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.schedule import hold_missed
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.mailings.steps import first_mailing
from tests.club import (
    ISSUE,
    make_ready,
)
from tests.pipeline.mailings.planned import PEOPLE, planned
from tests.pipeline.relayed import deliver, the_mailings


def miss(app: App) -> None:
    with app.store.transaction() as connection:
        hold_missed(connection, app.context, first_mailing(connection, ISSUE))


def test_a_mailing_that_missed_its_time_is_held_and_a_person_may_send_it(app: App) -> None:
    make_ready(app, PEOPLE)
    miss(app)
    [found] = the_mailings(app)
    assert (found.state, found.held_reason) == (MailingState.HELD, "missed_window")
    assert deliver(app) == []
    assert send_mailing(app.context, ISSUE).copies == 3
    assert the_mailings(app)[0].held_reason is None
    assert len(deliver(app)) == 3


def test_somebody_who_was_quicker_is_noticed(app: App) -> None:
    planned(app)
    with app.store.transaction() as connection:
        stale = first_mailing(connection, ISSUE)
    approve_mailing(app.context, ISSUE)
    with (
        pytest.raises(Refused, match="has just been changed by another person or process"),
        app.store.transaction() as connection,
    ):
        hold_missed(connection, app.context, stale)
