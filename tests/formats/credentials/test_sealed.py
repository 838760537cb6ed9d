"""What is sealed can be opened with our keys, for its purpose alone."""

import string

from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.credentials.sealed import seal, unseal
from mailer.formats.token import Keyring

NEW, OLD = b"n" * 32, b"o" * 32
KEYS, OLD_KEYS = Keyring(keys=(NEW, OLD)), Keyring(keys=(OLD,))


@given(text=st.text(max_size=100), purpose=st.text(max_size=30))
def test_what_is_sealed_is_opened_for_its_purpose_alone(text: str, purpose: str) -> None:
    sealed = seal(KEYS, purpose, text)
    assert unseal(KEYS, purpose, sealed) == text
    assert unseal(KEYS, purpose + " other", sealed) is None
    assert set(sealed) <= set(string.ascii_letters + string.digits + "-_")


def test_the_newest_key_seals_and_every_key_opens() -> None:
    assert unseal(KEYS, "codes", seal(OLD_KEYS, "codes", "secret")) == "secret"
    assert unseal(OLD_KEYS, "codes", seal(KEYS, "codes", "secret")) is None


def test_the_same_text_looks_different_each_time() -> None:
    assert seal(KEYS, "codes", "secret") != seal(KEYS, "codes", "secret")


@given(text=st.text(max_size=120))
def test_any_other_text_is_not_opened(text: str) -> None:
    assert unseal(KEYS, "codes", text) is None


def test_a_changed_letter_is_noticed() -> None:
    sealed = seal(KEYS, "codes", "secret")
    assert all(
        unseal(KEYS, "codes", sealed[:place] + ("B" if letter == "A" else "A") + sealed[place + 1 :]) != "secret"
        for place, letter in enumerate(sealed[:-1])  # the last letter has bits that count for nothing
    )
