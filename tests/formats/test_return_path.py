"""Signed addresses: ours are read at our domain and for their purpose, and no other text is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.return_path import return_path, token_in, unsubscribe_address
from mailer.formats.token import Keyring, Purpose, Token

KEYS = Keyring(keys=(bytes(range(32)),))
DOMAIN = "bounces.club.example"
BOUNCE, UNSUBSCRIBE = Token(purpose=Purpose.BOUNCE, number=17), Token(purpose=Purpose.UNSUBSCRIBE, number=17)


def test_what_we_have_written_is_read_in_any_case() -> None:
    for address, token in (
        (return_path(KEYS, 17, DOMAIN), BOUNCE),
        (unsubscribe_address(KEYS, 17, DOMAIN), UNSUBSCRIBE),
    ):
        assert token_in(address, DOMAIN, KEYS) == token_in(address.upper(), DOMAIN, KEYS) == token
        assert token_in(address, DOMAIN.upper(), KEYS) == token
        assert len(address.partition("@")[0]) <= 64


def test_the_longest_there_is_fits_into_a_local_part() -> None:
    assert len(return_path(KEYS, (1 << 63) - 1, DOMAIN).partition("@")[0]) <= 64


@pytest.mark.parametrize(
    "wrong",
    [
        "{token}",
        "{token}@",
        "@bounces.club.example",
        "{token}@club.example",
        "{token}@bounces.club.example.",
        "{token}@evil.example@bounces.club.example",
        "{token}+x@bounces.club.example",
        "<{token}@bounces.club.example>",
        '"{token}"@bounces.club.example',
        "{message_id}@bounces.club.example",
    ],
)
def test_what_we_have_not_written_is_not_read(wrong: str) -> None:
    token, named = return_path(KEYS, 17, DOMAIN).partition("@")[0], KEYS.sign(Purpose.MESSAGE_ID, 17)
    assert token_in(wrong.format(token=token, message_id=named), DOMAIN, KEYS) is None


def test_without_a_domain_there_is_no_token() -> None:
    assert token_in(return_path(KEYS, 17, ""), "", KEYS) is None


@given(st.text(max_size=100))
def test_any_other_text_is_no_address_of_ours(text: str) -> None:
    assert token_in(text, DOMAIN, KEYS) is token_in(f"{text}@{DOMAIN}", DOMAIN, KEYS) is None
