"""A pause by one click or by choice: of one newsletter, from the next issue on, said in two letters, and undone."""

from datetime import date, timedelta

import pytest

from mailer.app.installation import App
from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.membership import Pause
from mailer.domain.wish import UNDO_FOR
from mailer.formats.token import Keyring, Purpose
from mailer.pipeline import members
from mailer.pipeline.bounces import preferences
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.why import explain_entitlement
from mailer.pipeline.members import Choice, Details
from mailer.pipeline.register import erase
from mailer.store.members import register_of
from tests.club import ISSUE, LETTER, Club, import_register, pull_issues
from tests.club import members as people
from tests.doubles import FrozenClock
from tests.photographed import photograph
from tests.pipeline.members.conftest import PEOPLE
from tests.pipeline.members.linked import link_in, pauses, recorded, seats, token, waiting

MEMBER, SECRETARY = PEOPLE[0].email, "secretary@club.example"
NEXT = date(2018, 7, 13)


def click(app: App, person: str = "P001") -> None:
    members.one_click(app.context, token(app, Purpose.ONE_CLICK, person))


def choose(app: App, choice: Choice, **details: object) -> None:
    members.choose(app.context, Purpose.PREFERENCES, token(app, Purpose.PREFERENCES), choice, Details(**details))


def undo(app: App) -> None:
    members.undo(app.context, link_in(app, "wish-done"))


def test_one_click_pauses_this_newsletter_from_the_next_issue_on_and_writes_two_letters(app: App) -> None:
    before = photograph(app)
    click(app)
    (pause,) = pauses(app)
    assert (pause.newsletter, pause.days) == (LETTER, Pause(first=NEXT))
    assert pause.has_unsubscribed
    assert waiting(app) == [("wish-done", MEMBER), ("member-wish", SECRETARY)]
    assert recorded(app)[-1] == ("the reader", "pause")
    after = photograph(app)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"own_pauses", "wishes", "letters", "history", "register_state"}
    assert explain_entitlement(app.context, "P001", ISSUE).now.entitlement.reason == "paid"


def test_the_next_issue_leaves_them_out_and_no_one_else(app: App, club: Club) -> None:
    click(app)
    club.write_issue("en", serial=42, number=8, day="2018-08-12")
    pull_issues(app)
    plan = plan_mailing(app.context, IssueName(newsletter=LETTER, serial=42))
    assert {reason: number for reason, number in plan.excluded.items() if number} == {"paused": 1}


def test_a_hundred_clicks_write_once(app: App, clock: FrozenClock) -> None:
    click(app)
    before = photograph(app, without=())
    for _ in range(100):
        clock.advance(minutes=7)
        click(app)
    assert photograph(app, without=()) == before


def test_another_newsletter_is_not_paused(app: App) -> None:
    click(app)
    with app.store.reading() as connection:
        register = register_of(connection, ["P001"])
    assert register.own_pause("P001", LETTER, NEXT) == Pause(first=NEXT)
    assert register.own_pause("P001", "another", NEXT) is None


def test_an_import_does_not_end_it_and_the_secretary_does(app: App) -> None:
    click(app)
    import_register(app, PEOPLE)
    assert pauses(app)
    preferences.resume(app.context, "P001")
    assert pauses(app) == ()


def test_undo_brings_the_copies_back_and_a_second_time_changes_nothing(app: App) -> None:
    click(app)
    undo(app)
    assert pauses(app) == ()
    assert waiting(app)[2:] == [("member-wish", SECRETARY)]
    before = photograph(app, without=())
    undo(app)
    assert photograph(app, without=()) == before
    assert recorded(app)[-1] == ("the reader", "undo")


def test_after_an_undo_another_click_counts_again(app: App) -> None:
    click(app)
    undo(app)
    click(app)
    assert len(pauses(app)) == 1
    assert len(waiting(app)) == 5


def test_undo_puts_back_the_pause_that_was_there_before(app: App) -> None:
    choose(app, Choice.UNTIL, until=date(2018, 9, 30))
    choose(app, Choice.STOP)
    undo(app)
    (pause,) = pauses(app)
    assert pause.days == Pause(first=NEXT, last=date(2018, 9, 30))


def test_a_pause_that_was_changed_since_stays(app: App) -> None:
    click(app)
    preferences.resume(app.context, "P001")
    preferences.pause_for(app.context, "P001", Pause(first=date(2018, 8, 1)))
    undo(app)
    assert [pause.days for pause in pauses(app)] == [Pause(first=date(2018, 8, 1))]


def test_only_the_last_choice_can_be_undone(app: App) -> None:
    click(app)
    first = link_in(app, "wish-done")
    choose(app, Choice.UNTIL, until=date(2018, 9, 30))
    with pytest.raises(NotFound):
        members.undo(app.context, first)
    undo(app)
    assert [pause.days for pause in pauses(app)] == [Pause(first=NEXT)]


def test_an_undo_link_ends_after_two_weeks(app: App, clock: FrozenClock) -> None:
    click(app)
    clock.advance(seconds=UNDO_FOR.total_seconds() + 1)
    with pytest.raises(NotFound, match="not valid"):
        undo(app)
    assert pauses(app)


def test_one_click_never_expires(app: App, clock: FrozenClock) -> None:
    clock.advance(days=2000)
    click(app)
    assert pauses(app)


def test_a_person_who_was_erased_or_has_left_changes_nothing_or_only_the_pause(app: App) -> None:
    link = token(app, Purpose.ONE_CLICK, "P002")
    erase.erase(app.context, "P002")
    before = photograph(app, without=())
    members.one_click(app.context, link)
    assert photograph(app, without=()) == before
    left = people(1, first=3, more={"ended_on": "2018-07-20"})
    import_register(app, [PEOPLE[0], *left, PEOPLE[3]])
    click(app, "P003")
    assert [seat.ended_on for seat in seats(app, "P003")] == [date(2018, 7, 20)]


def test_erasing_takes_wishes_and_letters_along(app: App) -> None:
    click(app)
    erase.erase(app.context, "P001")
    seen = str(photograph(app, without={"history"}))
    assert MEMBER not in seen
    assert photograph(app)["wishes"] == []


@pytest.mark.parametrize("wrong", ["", "sample", "o" * 26, "ю", "../../etc", "%00", "pabcdefghijklmnopqrstuvwxyz"])
def test_what_is_no_token_changes_nothing(app: App, wrong: str) -> None:
    before = photograph(app, without=())
    members.one_click(app.context, wrong)
    for purpose in (Purpose.ONE_CLICK, Purpose.PREFERENCES):
        with pytest.raises(NotFound, match="not valid"):
            members.choose(app.context, purpose, wrong, Choice.STOP, Details())
    assert photograph(app, without=()) == before


def test_no_purpose_is_taken_for_another(app: App) -> None:
    before = photograph(app, without=())
    for signed in Purpose:
        link = token(app, signed)
        if signed is not Purpose.ONE_CLICK:
            members.one_click(app.context, link)
        for wanted, ask in (
            (Purpose.PREFERENCES, lambda link: members.page_of_copy(app.context, Purpose.PREFERENCES, link)),
            (Purpose.WEB_COPY, lambda link: members.offered_copy(app.context, link)),
            (Purpose.WEB_COPY, lambda link: members.open_copy(app.context, link)),
            (Purpose.UNDO, lambda link: members.undo(app.context, link)),
            (Purpose.CONFIRM, lambda link: members.confirm(app.context, link)),
        ):
            if signed is not wanted or wanted in {Purpose.UNDO, Purpose.CONFIRM}:  # these name wishes
                with pytest.raises(NotFound, match="not valid"):
                    ask(link)
    assert photograph(app, without=()) == before


def test_the_tokens_of_a_revoked_key_and_of_a_number_that_is_not_there_are_not_valid(app: App) -> None:
    before = photograph(app, without=())
    stranger = Keyring(keys=(b"another key" * 3,))
    for link in (stranger.sign(Purpose.ONE_CLICK, 1), app.context.keys.sign(Purpose.ONE_CLICK, 10_000_000)):
        members.one_click(app.context, link)
    assert photograph(app, without=()) == before


def test_a_pause_has_an_end_that_is_neither_over_nor_far_away(app: App) -> None:
    for day in (date(2018, 7, 11), date(2031, 1, 1), None):
        with pytest.raises(BadInput):
            choose(app, Choice.UNTIL, until=day)
    assert pauses(app) == ()
    choose(app, Choice.UNTIL, until=date(2018, 12, 31))
    (pause,) = pauses(app)
    assert pause.days == Pause(first=NEXT, last=date(2018, 12, 31))
    assert not pause.has_unsubscribed


def test_the_same_choice_again_changes_nothing(app: App) -> None:
    for _ in range(3):
        choose(app, Choice.UNTIL, until=date(2018, 12, 31))
    assert len(waiting(app)) == 2


def test_what_only_a_program_would_do_is_refused_but_one_click_never_is(app: App, clock: FrozenClock) -> None:
    for number in range(10):
        choose(app, Choice.UNTIL, until=date(2018, 9, 1) + timedelta(days=number))
    with pytest.raises(Refused, match="write to the secretary"):
        choose(app, Choice.STOP)
    click(app)
    assert pauses(app)[0].days == Pause(first=NEXT)
    clock.advance(days=1, minutes=1)
    choose(app, Choice.UNTIL, until=date(2018, 11, 1))
    assert pauses(app)[0].days.last == date(2018, 11, 1)
