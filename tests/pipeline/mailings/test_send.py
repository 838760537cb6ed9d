"""A mailing is sent with the approval it needs, to as many people as were confirmed, after the time to undo."""

import pytest

from mailer.app.installation import App
from mailer.domain.errors import Refused
from mailer.domain.remedy import Action
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from mailer.store import mailings, tests_sent
from tests.club import (
    ISSUE,
    LETTER,
    THURSDAY,
    import_register,
    make_ready,
    pull_issues,
)
from tests.pipeline.mailings.planned import PEOPLE, history_of, planned, state, with_newsletter
from tests.pipeline.relayed import deliver


def test_nothing_is_sent_without_an_approval(app: App) -> None:
    planned(app)
    with pytest.raises(Refused, match="is not approved: test it first") as refused:
        send_mailing(app.context, ISSUE)
    assert refused.value.remedies == (Action.APPROVE.of(ISSUE),)
    approve_mailing(app.context, ISSUE)
    withdraw_approval(app.context, ISSUE)
    with pytest.raises(Refused, match="is not approved"):
        send_mailing(app.context, ISSUE)
    assert (state(app), deliver(app)) == ("planned", [])


def test_nobody_is_told_to_test_what_was_tested(app: App) -> None:
    planned(app)
    with app.store.transaction() as connection:
        [mailing] = mailings.mailings_of(connection, LETTER, 41)
        hashes = {"content_hash": mailing.content_hash, "editions_hash": mailing.editions_hash}
        tests_sent.record_test(connection, newsletter=LETTER, serial=41, now=THURSDAY, messages=1, **hashes)
    with pytest.raises(Refused, match=f"{ISSUE} is not approved$"):
        send_mailing(app.context, ISSUE)


def test_where_no_approval_is_required_none_is_needed(app: App) -> None:
    context = with_newsletter(app.context, approval_required=False)
    import_register(app, PEOPLE)
    pull_issues(app)
    plan_mailing(context, ISSUE)
    assert send_mailing(context, ISSUE).copies == 3
    assert len(deliver(app)) == 3


def test_an_approval_that_today_is_required_is_needed_whatever_the_plan_said(app: App) -> None:
    import_register(app, PEOPLE)
    pull_issues(app)
    plan_mailing(with_newsletter(app.context, approval_required=False), ISSUE)
    with pytest.raises(Refused, match="is not approved"):
        send_mailing(app.context, ISSUE)


def test_the_first_message_leaves_after_the_time_to_undo(app: App, clock) -> None:
    context = with_newsletter(app.context, undo_minutes=10)
    planned(app)
    approve_mailing(context, ISSUE)
    begun = send_mailing(context, ISSUE)
    assert (begun.starts_at - THURSDAY).total_seconds() == 600
    assert deliver(app) == []
    # Sent once more, it goes on and starts no later.
    clock.advance(minutes=5)
    assert send_mailing(context, ISSUE) == begun
    clock.advance(minutes=5)
    assert len(deliver(app)) == 3
    assert send_mailing(context, ISSUE) == begun
    assert history_of(app, "send") == [("secretary", "send", "3 copies from 2018-07-12 13:10:00 UTC")]


def test_as_many_copies_are_sent_as_a_person_confirmed(app: App) -> None:
    make_ready(app, PEOPLE)
    with pytest.raises(Refused, match="harbour-letter/41 has 3 copies by now, not 2; look at it and send it again"):
        send_mailing(app.context, ISSUE, copies=2)
    assert state(app) == "approved"
    assert send_mailing(app.context, ISSUE, copies=3).copies == 3
