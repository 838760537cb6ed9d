"""A long password will do, whatever it is made of."""

import pytest

from mailer.domain.errors import BadInput
from mailer.domain.password_rule import refuse_weak


@pytest.mark.parametrize(
    "password",
    ["four plain words here", "correcthorse", "пятница утром чай", "only-small-letters", "123456 789012 34"],
)
def test_a_long_password_is_good(password: str) -> None:
    refuse_weak(password, "Anna Smith")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "a password is needed"),
        ("            ", "a password is needed"),
        ("short", "has 5 characters; 12 are needed"),
        ("x" * 300, "has 300 characters; 256 are allowed"),
        ("aaaaaaaaaaaaaaaa", "again and again"),
        ("abababAbabab", "again and again"),
        ("a line\nand another", "control character"),
        ("anna smith 2026", "little more than the user's name"),
    ],
)
def test_a_password_that_is_tried_first_is_refused_with_the_reason(password: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        refuse_weak(password, "Anna Smith")


def test_a_short_name_within_a_long_password_is_no_doubt() -> None:
    refuse_weak("anna likes long walks", "Anna")
