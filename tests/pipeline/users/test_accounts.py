"""Users are added, changed and disabled, and the history says so by id."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.sign_in import Visitor
from mailer.domain.user import User
from mailer.formats.credentials import password
from mailer.pipeline.users import add_user
from mailer.pipeline.users.accounts import (
    change_own_password,
    change_user,
    disable,
    enable,
    find_user,
    forget_second_ways,
    list_accounts,
    set_own,
    set_password,
)
from mailer.pipeline.users.second_ways import print_sheet
from mailer.pipeline.users.sign_in import SignedIn, find_session, sign_in, token_of
from mailer.store import history

PASSWORD = "four plain words here"
OTHER = "four other words here"
ANNA = User(id=0, name="Anna", role=Role.SECRETARY)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def anna(app: App) -> User:
    return add_user(app.context, ANNA, PASSWORD)


def signed_in(app: App, typed: str = PASSWORD) -> SignedIn | None:
    return sign_in(app.context, "Anna", typed, Visitor(network="198.51.100.7"))


def recorded(app: App, user: User) -> list[str]:
    with app.store.reading() as connection:
        return [entry.verb for entry in history.entries(connection, f"user {user.id}")]


@pytest.mark.parametrize("name", ["Anna", "anna", "  ANNA  ".strip(), "Ａnna"])
def test_a_name_is_taken_whatever_its_capitals(app: App, anna: User, name: str) -> None:
    with pytest.raises(Refused, match="already"):
        add_user(app.context, replace(ANNA, name=name), PASSWORD)
    assert len(list_accounts(app.context)) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "needs a name"),
        ({"name": "x" * 61}, "61 characters"),
        ({"name": "An\u202ena"}, "cannot be seen"),
        ({"name": "Daemon"}, "choose another name"),
        ({"address": "not an address"}, "not an address"),
        ({"language": "de"}, "no language 'de'"),
    ],
)
def test_a_user_that_cannot_be_is_not_stored(app: App, changed: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        add_user(app.context, replace(ANNA, **changed), PASSWORD)  # type: ignore[arg-type]
    assert list_accounts(app.context) == []


def test_a_weak_password_is_refused_at_each_door(app: App, anna: User) -> None:
    with pytest.raises(BadInput, match="12 are needed"):
        add_user(app.context, replace(ANNA, name="Other"), "short")
    with pytest.raises(BadInput, match="12 are needed"):
        set_password(app.context, anna, "short")
    with pytest.raises(BadInput, match="12 are needed"):
        change_own_password(app.context, anna, PASSWORD, "short", session="")
    assert signed_in(app)


def test_a_new_password_by_the_user_ends_the_other_sessions(app: App, anna: User) -> None:
    here, there = signed_in(app), signed_in(app)
    assert here
    assert there
    with pytest.raises(BadInput, match="not your password"):
        change_own_password(app.context, anna, OTHER, OTHER + "s", session=token_of(here.identity))
    assert change_own_password(app.context, anna, PASSWORD, OTHER, session=token_of(here.identity)) == 1
    assert find_session(app.context, token_of(here.identity))
    assert not find_session(app.context, token_of(there.identity))
    assert signed_in(app, OTHER)
    assert not signed_in(app)
    assert recorded(app, anna) == ["add user", "new password"]


def test_two_admins_who_disable_each_other_at_once_leave_one(app: App) -> None:
    admins = [add_user(app.context, User(id=0, name=name, role=Role.ADMIN), PASSWORD) for name in ("First", "Second")]

    def attempt(admin: User) -> bool:
        try:
            disable(app.context, admin)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, admins)) == [False, True]


def test_what_an_admin_saw_of_a_user_may_be_outdated(app: App) -> None:
    seen = add_user(app.context, User(id=0, name="First", role=Role.EDITOR), PASSWORD)
    change_user(app.context, seen, role=Role.ADMIN, login="", address="")
    with pytest.raises(Refused, match="only admin"):  # though it was seen as an editor
        change_user(app.context, seen, role=Role.EDITOR, login="", address="")
    with pytest.raises(Refused, match="only admin"):
        disable(app.context, seen)


def test_the_last_admin_cannot_be_disabled(app: App) -> None:
    first = add_user(app.context, User(id=0, name="First", role=Role.ADMIN), PASSWORD)
    with pytest.raises(Refused, match="add another admin first"):
        disable(app.context, first)
    second = add_user(app.context, User(id=0, name="Second", role=Role.ADMIN), PASSWORD)
    disable(app.context, first)
    with pytest.raises(Refused, match="add another admin first"):
        disable(app.context, second)


def test_a_disabled_user_is_out_until_enabled_again(app: App, anna: User) -> None:
    session = signed_in(app)
    assert session
    assert disable(app.context, anna) == 1
    assert not signed_in(app)
    assert not find_session(app.context, token_of(session.identity))
    with pytest.raises(Refused, match="disabled already"):
        disable(app.context, anna)
    with pytest.raises(Refused, match="who is disabled"):
        add_user(app.context, ANNA, PASSWORD)
    enable(app.context, anna)
    with pytest.raises(Refused, match="not disabled"):
        enable(app.context, anna)
    assert signed_in(app)
    assert recorded(app, anna) == ["add user", "disable user", "enable user"]


def test_lost_second_ways_are_removed_and_the_sessions_end(app: App, anna: User) -> None:
    with pytest.raises(Refused, match="no second way"):
        forget_second_ways(app.context, anna)
    signed = signed_in(app)
    assert signed
    session = find_session(app.context, token_of(signed.identity))
    assert session
    print_sheet(app.context, session)
    forget_second_ways(app.context, anna)
    assert not find_session(app.context, token_of(signed.identity))
    again = signed_in(app)
    assert again
    assert not again.ways.are_asked
    assert recorded(app, anna) == ["add user", "set up second way", "remove second ways"]


def test_users_choose_their_language_and_address(app: App, anna: User) -> None:
    set_own(app.context, anna, language="ru", address="anna@club.example")
    changed = find_user(app.context, "anna")
    assert (changed.language, changed.address) == ("ru", "anna@club.example")
    with pytest.raises(BadInput):
        set_own(app.context, anna, language="ru", address="anna@")
    set_own(app.context, anna, language="en", address="")
    assert find_user(app.context, "anna").address == ""


def test_history_names_users_by_id(app: App, anna: User) -> None:
    set_password(app.context, anna, OTHER)
    set_own(app.context, anna, language="ru", address="anna@club.example")
    with app.store.reading() as connection:
        entries = history.entries(connection, f"user {anna.id}")
    assert [entry.verb for entry in entries] == ["add user", "new password", "change user"]
    assert not [entry for entry in entries if "nna" in entry.detail]


def test_who_is_not_there_is_said(app: App) -> None:
    with pytest.raises(NotFound, match="no user nemo"):
        find_user(app.context, "nemo")
