"""Signing in, as the verbs do it: slowed down after failures, whatever the number, and never for more than minutes."""

from threading import Barrier, Thread

import pytest
from argon2 import PasswordHasher

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.sign_in import Visitor
from mailer.domain.user import User
from mailer.formats.credentials import password
from mailer.pipeline.users import add_user
from mailer.pipeline.users.attempts import SlowedDown
from mailer.pipeline.users.sign_in import sign_in
from mailer.store import users
from tests.counted import statements
from tests.doubles import FrozenClock

PASSWORD = "four plain words here"
HERE = Visitor(network="2001:db8:1:2::3")


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def anna(app: App) -> User:
    return add_user(app.context, User(id=0, name="Anna", role=Role.SECRETARY), PASSWORD)


def attempt(app: App, typed: str = "wrong", name: str = "Anna", visitor: Visitor = HERE) -> str:
    try:
        signed_in = sign_in(app.context, name, typed, visitor)
    except SlowedDown:
        return "wait"
    return "wrong" if signed_in is None else "in"


def test_a_thousand_attempts_are_ten_guesses_and_minutes_later_the_right_password_signs_in(
    app: App, anna: User, clock: FrozenClock
) -> None:
    with statements(app.store) as executed:
        answers = [attempt(app, f"guess {number}") for number in range(1000)]
    assert answers == ["wrong"] * 10 + ["wait"] * 990
    assert len(executed) <= 1000 * 8
    assert not [line for line in executed[-100:] if line.startswith(("INSERT", "DELETE", "UPDATE"))]
    assert attempt(app, PASSWORD) == "wait"
    clock.advance(minutes=5)
    assert attempt(app, PASSWORD) == "in"


def test_addresses_of_one_64_are_one_network(app: App, anna: User) -> None:
    for number in range(10):
        attempt(app, name=f"name {number}", visitor=Visitor(network=f"2001:db8:1:2::{number + 100}"))
    assert attempt(app, PASSWORD) == "wait"
    assert attempt(app, PASSWORD, visitor=Visitor(network="2001:db8:1:3::3")) == "in"


def test_an_account_is_slowed_down_however_many_networks_guess(app: App, anna: User, clock: FrozenClock) -> None:
    answers = [attempt(app, visitor=Visitor(network=f"198.51.100.{number}")) for number in range(40)]
    assert answers == ["wrong"] * 20 + ["wait"] * 20
    clock.advance(minutes=2)
    assert attempt(app, PASSWORD) == "in"


def test_an_unknown_name_is_slowed_down_as_a_known_one_is(app: App, anna: User) -> None:
    def answers(name: str, third: int) -> list[str]:
        return [attempt(app, name=name, visitor=Visitor(network=f"198.51.{third}.{n}")) for n in range(30)]

    assert answers("Anna", 1) == answers("Nemo", 2)


def test_what_was_right_counts_as_no_failure(app: App, anna: User) -> None:
    assert [attempt(app, PASSWORD) for _ in range(30)] == ["in"] * 30


def test_failures_are_forgotten_after_an_hour(app: App, anna: User, clock: FrozenClock) -> None:
    for _ in range(10):
        attempt(app)
    clock.advance(hours=1)
    assert [attempt(app) for _ in range(10)] == ["wrong"] * 10


def test_a_clock_that_was_set_back_locks_no_one_out(app: App, anna: User, clock: FrozenClock) -> None:
    for _ in range(12):
        attempt(app)
    clock.jump(days=-3)
    assert attempt(app, PASSWORD) == "in"


def test_many_at_once_are_no_way_around(app: App, anna: User) -> None:
    answers: list[str] = []
    start = Barrier(20)

    def guess() -> None:
        start.wait(timeout=60)
        answers.append(attempt(app))

    threads = [Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["wait"] * 10 + ["wrong"] * 10


def test_a_hash_with_older_parameters_is_made_anew_at_the_next_sign_in(
    app: App, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(password, "HASHER", PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))
    assert attempt(app, PASSWORD) == "in"
    with app.store.reading() as connection:
        assert "m=128,t=2" in str(users.password_hash(connection, anna.id))
    assert attempt(app, PASSWORD) == "in"
