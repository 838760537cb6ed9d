"""What comes next for an issue follows from its plan, its departure and the time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mailer.domain.departure import Departure
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.next_step import NextStep, standing_of
from mailer.domain.shelf import Revision

NOW = datetime(2018, 7, 12, 13, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
REVISION = Revision(
    newsletter="harbour-letter",
    number=7,
    serial=41,
    volume=17,
    year=2018,
    date=date(2018, 7, 12),
    content_hash="new",
    revision=1,
    languages=("en",),
    title="The lamp",
    folder="2018-07",
    pulled_at=NOW,
)


def a_mailing(state, **fields):
    hashes = dict.fromkeys(("circulation_hash", "editions_hash", "inputs_hash", "seal"), "x")
    usual = {"id": 1, "newsletter": "harbour-letter", "serial": 41, "supplement": 0, "content_hash": "new"}
    return Mailing(**{**usual, **hashes, "approval_required": True, "planned_at": NOW, "state": state} | fields)


@pytest.mark.parametrize(
    ("mailing", "departure", "step", "at"),
    [
        (None, None, NextStep.PLAN, None),
        (a_mailing(MailingState.PLANNED, content_hash="old"), None, NextStep.PLAN_AGAIN, None),
        (a_mailing(MailingState.PLANNED), {"unapproved": True}, NextStep.APPROVE, LATER),
        (a_mailing(MailingState.APPROVED), {}, NextStep.LEAVE, LATER),
        (a_mailing(MailingState.APPROVED), {"missed": True}, NextStep.DECIDE, None),
        (a_mailing(MailingState.APPROVED), {"stopped": True}, NextStep.SEND, None),
        (a_mailing(MailingState.HELD), None, NextStep.DECIDE, None),
        (a_mailing(MailingState.PAUSED), None, NextStep.RESUME, None),
        (a_mailing(MailingState.SENDING, starts_at=LATER), None, NextStep.BEGIN, LATER),
        (a_mailing(MailingState.SENDING, starts_at=NOW), None, NextStep.GO_ON, None),
        (a_mailing(MailingState.CLOSED, closed_at=NOW), None, NextStep.NOTHING, NOW),
        (a_mailing(MailingState.CANCELLED), None, NextStep.NOTHING, None),
    ],
)
def test_what_comes_next(mailing, departure, step, at):
    leaves = Departure(at=LATER, timezone="UTC", **departure) if departure is not None else None
    standing = standing_of(REVISION, mailing, leaves, NOW)
    assert (standing.step, standing.at) == (step, at)
    assert standing.state == ("pulled" if mailing is None else mailing.state)
