"""The countdown between "send" and the first copy is paused, resumed and stopped; whatever is unclear, nothing leaves."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest

from mailer.app.installation import App
from mailer.domain.errors import Refused
from mailer.domain.mailing import MailingState
from mailer.domain.month import Stage, StageOfIssue, WaitsFor
from mailer.domain.next_step import NextStep
from mailer.domain.remedy import Action
from mailer.domain.to_do import ToDoKind
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.countdown import find_stoppable, stop_countdown
from mailer.pipeline.mailings.departure import departures
from mailer.pipeline.mailings.pause import cancel_mailing, pause_mailing, resume_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import issue_progress
from mailer.pipeline.mailings.schedule import begin_if_due, scheduled_mailings
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.mailings.standings import issue_standing
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.pipeline.overview.overview import overview
from mailer.pipeline.overview.to_do import to_do
from mailer.pipeline.sending.turn import TurnRequest, run_turn
from mailer.store.ledger import owners
from mailer.views.progress import departure_shortly
from tests.club import ISSUE, begin, import_register, make_ready, members, states
from tests.doubles import FrozenClock
from tests.pipeline.mailings.planned import PEOPLE, history_of, planned, state, with_newsletter
from tests.pipeline.relayed import RELAY, SETTINGS, claim, deliver, the_mailings

TEN = timedelta(minutes=10)


@pytest.fixture
def counting(app: App) -> App:
    """The club with an undo time of ten minutes, and a mailing in its countdown."""
    app = replace(app, context=with_newsletter(app.context, undo_minutes=10))
    make_ready(app, PEOPLE)
    send_mailing(app.context, ISSUE)
    return app


def test_a_stopped_countdown_brings_the_mailing_back_to_its_approval(counting: App, clock: FrozenClock) -> None:
    expected = find_stoppable(counting.context, ISSUE)
    assert stop_countdown(counting.context, ISSUE) == expected
    assert (expected.state, expected.copies) == (MailingState.APPROVED, 3)
    clock.advance(minutes=100)
    assert (state(counting), deliver(counting), states(counting)) == ("approved", [], {"pending": 3})
    assert history_of(counting, "stop") == [("secretary", "stop", "3 copies")]
    send_mailing(counting.context, ISSUE)  # the approval still counts
    clock.advance(minutes=10)
    assert len(deliver(counting)) == 3


def test_a_mailing_without_an_approval_is_planned_again_afterwards(app: App) -> None:
    app = replace(app, context=with_newsletter(app.context, undo_minutes=10, approval_required=False))
    planned(app)
    send_mailing(app.context, ISSUE)
    assert stop_countdown(app.context, ISSUE).state is MailingState.PLANNED
    assert (state(app), deliver(app)) == ("planned", [])


def test_every_list_says_that_a_person_must_send_it(counting: App, clock: FrozenClock) -> None:
    stop_countdown(counting.context, ISSUE)
    for hours in (0, 200):  # before its time by the schedule, and long after it
        clock.advance(hours=hours)
        [item] = to_do(counting.context)
        assert (item.kind, item.number, item.remedies) == (ToDoKind.STOPPED, 3, (Action.SEND.of(ISSUE),))
        assert issue_standing(counting.context, ISSUE).step is NextStep.SEND
        club = overview(counting.context)
        assert club.month[0].next == StageOfIssue(stage=Stage.SENT, waits_for=WaitsFor.SECRETARY)
        [departure] = [upcoming.departure for upcoming in club.upcoming]
        assert departure_shortly(departure) == "stopped by a person"
    withdraw_approval(counting.context, ISSUE)
    assert [item.kind for item in to_do(counting.context)] == [ToDoKind.APPROVAL]
    assert issue_standing(counting.context, ISSUE).step is NextStep.APPROVE


def test_its_schedule_does_not_begin_it_again_until_a_person_does(counting: App, clock: FrozenClock) -> None:
    stop_countdown(counting.context, ISSUE)
    clock.advance(hours=30)  # its time by the schedule has come
    assert scheduled_mailings(counting.context) == []
    departure = departures(counting.context)[str(ISSUE)]
    assert (departure.stopped, departure.by_itself) == (True, False)
    plan_mailing(counting.context, ISSUE)
    assert the_mailings(counting)[0].stopped_at is not None, "another plan does not make it leave by itself"
    approve_mailing(counting.context, ISSUE)  # a person has decided anew that it may go
    [mailing] = scheduled_mailings(counting.context)
    assert not begin_if_due(counting.context, mailing)
    clock.advance(days=3)
    assert begin_if_due(counting.context, mailing)


def test_it_is_refused_once_a_copy_is_in_hand_or_has_left(counting: App, clock: FrozenClock) -> None:
    clock.advance(minutes=10)
    assert claim(counting)
    with pytest.raises(Refused, match="has left, or is leaving at this moment") as refused:
        stop_countdown(counting.context, ISSUE)
    assert refused.value.remedies == (Action.PAUSE.of(ISSUE),)
    assert state(counting) == "sending"


def test_it_is_refused_where_no_countdown_is(app: App) -> None:
    make_ready(app, PEOPLE)
    with pytest.raises(Refused, match="is approved: no countdown is running"):
        stop_countdown(app.context, ISSUE)
    send_mailing(app.context, ISSUE)
    deliver(app)
    with pytest.raises(Refused, match="is closed: no countdown is running"):
        stop_countdown(app.context, ISSUE)


def test_a_cancelled_mailing_has_no_countdown(counting: App) -> None:
    cancel_mailing(counting.context, ISSUE)
    with pytest.raises(Refused, match="is cancelled, which is final"):
        stop_countdown(counting.context, ISSUE)


def test_a_countdown_resumed_begins_anew_however_long_the_pause(counting: App, clock: FrozenClock) -> None:
    clock.advance(minutes=5)
    pause_mailing(counting.context, ISSUE)
    assert the_mailings(counting)[0].starts_at is None
    clock.advance(minutes=100)
    assert deliver(counting) == []
    resume_mailing(counting.context, ISSUE)
    progress = issue_progress(counting.context, ISSUE)
    assert progress.starts_at == clock.now() + TEN
    assert progress.counts_down(clock.now())
    assert progress.stoppable
    assert deliver(counting) == []
    clock.advance(minutes=10)
    assert len(deliver(counting)) == 3


def test_a_paused_countdown_can_be_stopped(counting: App) -> None:
    pause_mailing(counting.context, ISSUE)
    assert issue_progress(counting.context, ISSUE).stoppable
    stop_countdown(counting.context, ISSUE)
    assert state(counting) == "approved"
    withdraw_approval(counting.context, ISSUE)


def test_a_pause_after_the_countdown_goes_on_at_once(counting: App, clock: FrozenClock) -> None:
    clock.advance(minutes=10)
    pause_mailing(counting.context, ISSUE)
    resume_mailing(counting.context, ISSUE)
    assert len(deliver(counting)) == 3


def test_a_stopped_supplement_is_cancelled_and_its_people_stay_owed(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app)
    import_register(app, [*PEOPLE, *members(1, first=4)])
    slow = replace(app, context=with_newsletter(app.context, undo_minutes=10))
    send_supplement(slow.context, ISSUE)
    stopped = stop_countdown(slow.context, ISSUE)
    assert (stopped.state, stopped.copies, stopped.supplements) == (MailingState.CANCELLED, 1, (1,))
    assert [mailing.state.value for mailing in the_mailings(app)] == ["closed", "cancelled"]
    assert [judged.person for judged in find_missing_copies(app.context, ISSUE).people] == ["P004"]


def test_a_sender_that_claims_at_that_moment_comes_first(counting: App, clock: FrozenClock) -> None:
    clock.advance(minutes=10)
    refusals: list[Refused] = []

    def stop() -> None:
        try:
            stop_countdown(counting.context, ISSUE)
        except Refused as error:
            refusals.append(error)

    stopping = Thread(target=stop)
    with counting.store.transaction() as connection:
        now = clock.now()
        owner = owners.add_owner(connection, host="host", boot_id="boot", pid=1, lock="mailer-1", now=now)
        request = TurnRequest(
            owner=owner.id, results={}, room={RELAY: 1}, carried={}, sizes={}, unmakable=(), elapsed=0.0, only=None
        )
        assert len(run_turn(connection, counting.context, SETTINGS, {}, request).copies[RELAY]) == 1
        stopping.start()  # it waits for the rows of the mailing
    stopping.join()
    assert ["is leaving at this moment" in str(refusal) for refusal in refusals] == [True]
    assert (state(counting), states(counting)) == ("sending", {"pending": 2, "sending": 1})
