"""The commands about users: the password is one line of standard input, or typed twice at a terminal."""

import getpass
import io
import sys
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from mailer.domain.sign_in import Visitor
from mailer.formats.credentials import password
from mailer.pipeline.users.sign_in import sign_in
from tests.cli.terminal import Terminal
from tests.club import Club

PASSWORD = "four plain words here"
Type = Callable[[str], None]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Puts a line on standard input."""
    return lambda line: monkeypatch.setattr(sys, "stdin", io.StringIO(line))


@pytest.fixture
def club(at: Callable[[str], Club]) -> Club:
    return at("founded")


def can_sign_in(club: Club, name: str, line: str = PASSWORD) -> bool:
    with club.opened() as app:
        return sign_in(app.context, name, line, Visitor(network="198.51.100.7")) is not None


def test_a_user_is_added_listed_and_can_sign_in(club: Club, run: Terminal, typed: Type) -> None:
    typed(f"{PASSWORD}\r\n")
    words = ["user", "add", "Anna Smith", "--role", "secretary", "--login", "anna", "--language", "ru"]
    added = run(*words)
    assert added.status == 0, added.err
    assert "Anna Smith can sign in to the console as secretary" in added.out
    assert can_sign_in(club, "anna smith")
    listed = run("user", "list", "--json").document
    assert [(user["name"], user["role"], user["login"], user["second_ways"]) for user in listed] == [
        ("Anna Smith", "secretary", "anna", [])
    ]
    assert PASSWORD not in run("user", "list").out


def test_a_name_that_is_taken_and_a_weak_password_are_refused(club: Club, run: Terminal, typed: Type) -> None:
    typed(PASSWORD)
    run("user", "add", "Anna", "--role", "editor")
    typed(PASSWORD)
    again = run("user", "add", "ANNA", "--role", "editor")
    assert again.status == 1
    assert "there is a user Anna already; `mailer user list` shows them" in again.err
    for line in ("", "short\n"):
        typed(line)
        weak = run("user", "add", "Boris", "--role", "editor")
        assert weak.status == 1
        assert "needed" in weak.err
    assert run("user", "add", "Boris", "--role", "king").status == 2


def test_a_new_password_is_the_only_one_from_then_on(club: Club, run: Terminal, typed: Type) -> None:
    typed(PASSWORD)
    run("user", "add", "Anna", "--role", "editor")
    assert can_sign_in(club, "Anna")
    typed("another four words")
    changed = run("user", "passwd", "anna", "--json")
    assert changed.document == {"user": "Anna", "sessions_ended": 1}
    assert can_sign_in(club, "Anna", "another four words")
    assert not can_sign_in(club, "Anna")
    unknown = run("user", "passwd", "nemo")
    assert unknown.status == 1
    assert "there is no user nemo" in unknown.err


def test_at_a_terminal_the_password_is_typed_twice_and_not_shown(
    club: Club, run: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    lines = iter([PASSWORD, "another one", PASSWORD, PASSWORD])
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(lines))
    different = run("user", "add", "Anna", "--role", "editor")
    assert different.status == 1
    assert "not the same" in different.err
    assert run("user", "add", "Anna", "--role", "editor").status == 0
    assert can_sign_in(club, "Anna")


def test_a_user_is_disabled_and_enabled_but_not_the_last_admin(club: Club, run: Terminal, typed: Type) -> None:
    for name, role in (("Anna", "editor"), ("Root", "admin")):
        typed(PASSWORD)
        run("user", "add", name, "--role", role)
    assert run("user", "disable", "anna").status == 0
    assert not can_sign_in(club, "Anna")
    assert run("user", "list", "--json").document[0]["disabled_at"]
    assert run("user", "enable", "anna").status == 0
    assert can_sign_in(club, "Anna")
    last = run("user", "disable", "root")
    assert last.status == 1
    assert "add another admin first" in last.err


def test_a_user_is_changed_and_what_is_left_out_stays(club: Club, run: Terminal, typed: Type) -> None:
    typed(PASSWORD)
    run("user", "add", "Anna", "--role", "admin", "--login", "anna")
    assert "add another admin first" in run("user", "change", "anna", "--role", "editor").err
    typed(PASSWORD)
    run("user", "add", "Root", "--role", "admin")
    assert run("user", "change", "anna", "--role", "editor").status == 0
    changed = run("user", "change", "anna", "--address", "a@club.example", "--json").document
    assert (changed["role"], changed["login"], changed["address"]) == ("editor", "anna", "a@club.example")
    assert run("user", "change", "anna", "--login", "").status == 0
    assert run("user", "list", "--json").document[0]["login"] == ""


def test_second_ways_are_removed_after_asking(club: Club, run: Terminal, typed: Type) -> None:
    typed(PASSWORD)
    run("user", "add", "Anna", "--role", "editor")
    assert "no second way" in run("user", "reset", "anna", "--yes").err
    typed("")
    assert run("user", "reset", "anna").status == 1


def test_without_users_the_list_says_how_the_first_is_made(club: Club, run: Terminal) -> None:
    assert "`mailer user add NAME --role admin` adds the first" in run("user", "list").out
    assert run("user", "list", "--json").document == []
