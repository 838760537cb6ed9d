"""A password is stored as a hash, and a wrong one costs as much as a name that does not exist."""

from threading import Barrier, Thread

import pytest
from argon2 import PasswordHasher

from mailer.domain.errors import TryLater
from mailer.formats.credentials import password

PASSWORD = "четыре простых слова"


def test_only_the_password_that_was_hashed_is_it() -> None:
    stored = password.hash_password(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert password.is_password(stored, PASSWORD)
    assert not password.is_password(stored, PASSWORD.title())
    assert stored != password.hash_password(PASSWORD)


def test_a_password_is_the_same_from_every_keyboard() -> None:
    stored = password.hash_password("чай с йогуртом, пожалуйста")
    assert password.is_password(stored, "чай с йогуртом, пожалуйста".replace("й", "и\u0306"))


def test_a_lone_surrogate_is_a_wrong_password() -> None:
    assert not password.is_password(None, "\udc80 twelve characters")


def test_without_a_hash_the_same_work_is_done_and_the_answer_is_no(monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, typed: bytes) -> bool:
        verified.append(stored.rsplit("$", 2)[0])  # without salt and hash
        return verify(self, stored, typed)

    stored = password.hash_password(PASSWORD)
    monkeypatch.setattr(PasswordHasher, "verify", counted)
    assert not password.is_password(None, PASSWORD)
    assert not password.is_password(stored, "another password")
    assert verified == ["$argon2id$v=19$m=65536,t=3,p=4"] * 2


def test_a_damaged_hash_has_no_password() -> None:
    assert not password.is_password("damaged", PASSWORD)


def test_a_hash_with_other_parameters_is_outdated() -> None:
    assert not password.is_outdated(password.hash_password(PASSWORD))
    assert password.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD))


def test_two_are_hashed_at_once_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password, "_PATIENCE", 0.01)
    met, end = Barrier(3), Barrier(3)

    def slow(*_: object) -> bool:
        met.wait(timeout=30)
        end.wait(timeout=30)
        return True

    monkeypatch.setattr(PasswordHasher, "verify", slow)
    threads = [Thread(target=password.is_password, args=("x", "y")) for _ in range(2)]
    for thread in threads:
        thread.start()
    met.wait(timeout=30)
    with pytest.raises(TryLater, match="at once"):
        password.is_password("x", "y")
    end.wait(timeout=30)
    for thread in threads:
        thread.join()
