"""A member changes language or address: the register follows, the secretary sees both, and it can be undone."""

import pytest

from mailer.app.installation import App
from mailer.domain.errors import BadInput, NotFound
from mailer.domain.wish import CONFIRM_FOR
from mailer.formats.token import Purpose
from mailer.pipeline import members
from mailer.pipeline.bounces import holds
from mailer.pipeline.members import Choice, Details
from tests.club import import_register
from tests.club import members as people
from tests.doubles import FrozenClock
from tests.photographed import photograph
from tests.pipeline.members.conftest import PEOPLE
from tests.pipeline.members.linked import facts, link_in, recorded, seats, token, waiting

MEMBER, SECRETARY, NEW = PEOPLE[0].email, "secretary@club.example", "anna@new.example"


def choose(app: App, choice: Choice, **details: object) -> None:
    members.choose(app.context, Purpose.PREFERENCES, token(app, Purpose.PREFERENCES), choice, Details(**details))


def address(app: App) -> str:
    (seat,) = seats(app)
    return str(seat.address)


def confirm(app: App) -> None:
    members.confirm(app.context, link_in(app, "confirm-address"))


def undo(app: App) -> None:
    members.undo(app.context, link_in(app, "wish-done"))


@pytest.mark.parametrize("languages", [("ru",), ("en", "ru")])
def test_another_language_is_in_force_at_once_and_can_be_undone(app: App, languages: tuple[str, ...]) -> None:
    choose(app, Choice.LANGUAGE, languages=languages)
    assert seats(app)[0].languages == languages
    assert waiting(app) == [("wish-done", MEMBER), ("member-wish", SECRETARY)]
    choose(app, Choice.LANGUAGE, languages=languages)
    assert len(waiting(app)) == 2
    undo(app)
    assert seats(app)[0].languages == ("en",)


def test_a_language_without_a_salutation_waits_for_the_secretary_and_stops_no_mailing(app: App) -> None:
    import_register(app, [*people(1, more={"salutation_ru": ""}), *PEOPLE[1:]])
    for _ in range(2):
        choose(app, Choice.LANGUAGE, languages=("ru",))
    assert seats(app)[0].languages == ("en",)
    assert waiting(app) == [("member-wish", SECRETARY)]
    assert facts(app, "member-wish")["is_done"] is False


@pytest.mark.parametrize("languages", [(), ("de",), ("en", "de"), ("en+ru",)])
def test_a_language_that_the_newsletter_has_not_is_refused(app: App, languages: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match="choose a language"):
        choose(app, Choice.LANGUAGE, languages=languages)


def test_a_new_address_is_asked_first_and_the_old_one_is_told(app: App) -> None:
    choose(app, Choice.ADDRESS, address=f" {NEW} ")
    assert address(app) == MEMBER
    assert sorted(waiting(app)) == [("confirm-address", NEW), ("member-wish", SECRETARY)]
    confirm(app)
    assert address(app) == NEW
    assert waiting(app)[2:] == [("wish-done", MEMBER), ("member-wish", SECRETARY)]
    before = photograph(app, without=())
    confirm(app)
    assert photograph(app, without=()) == before
    undo(app)
    assert address(app) == MEMBER
    assert [verb for who, verb in recorded(app) if who == "the reader"] == ["change", "change", "undo"]


def test_the_history_has_ids_and_no_address(app: App) -> None:
    choose(app, Choice.ADDRESS, address=NEW)
    confirm(app)
    assert NEW not in str(photograph(app)["history"])
    assert MEMBER not in str(photograph(app)["history"])


def test_asking_twice_writes_once(app: App) -> None:
    choose(app, Choice.ADDRESS, address=NEW)
    before = photograph(app, without=())
    choose(app, Choice.ADDRESS, address=NEW)
    assert photograph(app, without=()) == before


@pytest.mark.parametrize(
    "typed",
    ["", "anna", "anna@", "a@b@c", "anna@new.example\r\nBcc: all@club.example", "Anna <anna@new.example>", MEMBER],
)
def test_what_is_no_new_address_changes_nothing(app: App, typed: str) -> None:
    before = photograph(app, without=())
    with pytest.raises(BadInput):
        choose(app, Choice.ADDRESS, address=typed)
    assert photograph(app, without=()) == before


def test_a_confirmation_ends_after_a_week_and_when_the_register_has_changed(app: App, clock: FrozenClock) -> None:
    choose(app, Choice.ADDRESS, address=NEW)
    import_register(app, [*people(1, address="other@members.example"), *PEOPLE[1:]])
    with pytest.raises(NotFound, match="not valid"):
        confirm(app)
    assert address(app) == "other@members.example"
    choose(app, Choice.ADDRESS, address=NEW)
    clock.advance(seconds=CONFIRM_FOR.total_seconds() + 1)
    with pytest.raises(NotFound, match="not valid"):
        confirm(app)


def test_only_the_last_address_asked_for_can_be_confirmed(app: App) -> None:
    choose(app, Choice.ADDRESS, address=NEW)
    first = link_in(app, "confirm-address")
    choose(app, Choice.ADDRESS, address="second@new.example")
    with pytest.raises(NotFound):
        members.confirm(app.context, first)
    confirm(app)
    assert address(app) == "second@new.example"


def test_no_hold_is_lifted_by_a_new_address_and_the_secretary_reads_of_it(app: App) -> None:
    import_register(app, [PEOPLE[0], *people(1, first=2, address=NEW), *PEOPLE[2:]])  # two people may share an address
    for held in (MEMBER, NEW):
        holds.hold_by_hand(app.context, held, "the person died")
    choose(app, Choice.ADDRESS, address=NEW)
    confirm(app)
    assert facts(app, "member-wish")["held"] == sorted([MEMBER, NEW])
    assert {hold.address for hold, _ in holds.listing(app.context)} == {MEMBER, NEW}


def test_a_forwarded_copy_is_noted_once_and_changes_nothing(app: App) -> None:
    for _ in range(3):
        choose(app, Choice.FORWARDED)
    assert waiting(app) == [("member-wish", SECRETARY)]
    assert facts(app, "member-wish")["kind"] == "forwarded"
    assert (address(app), seats(app)[0].languages) == (MEMBER, ("en",))
