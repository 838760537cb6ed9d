"""Whether two names mean one person."""

import pytest

from mailer.domain.four_eyes import is_one_person

LOGINS = {"Anna": "anna.k", "Anna at home": "anna.k", "Boris": "boris"}


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("Anna", "Anna", True),
        ("Anna", "anna.k", True),
        ("anna.k", "Anna", True),
        ("Anna", "Anna at home", True),
        ("Anna", "Boris", False),
        ("Anna", "boris", False),
        ("Vera", "vera", False),
        ("Vera", "Vera", True),
        ("daemon", "Anna", False),
    ],
)
def test_a_login_and_a_user_are_one_person_where_the_user_says_so(first: str, second: str, one: bool) -> None:
    assert is_one_person(first, second, LOGINS) is one
