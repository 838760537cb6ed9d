"""Message-IDs: they name their delivery whatever their domain, and nothing else names one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.message_id import delivery_in_message_id, message_id
from mailer.formats.token import Keyring, Purpose

KEYS = Keyring(keys=(bytes(range(32)),))


def test_the_message_id_belongs_to_the_delivery_and_the_key():
    keys, others = Keyring(keys=(b"a key",)), Keyring(keys=(b"another", b"a key"))
    same = message_id(17, keys, "club.example")
    assert re.fullmatch(r"<m[a-z2-7]{19}@club\.example>", same)
    assert same == message_id(17, keys, "club.example")
    assert len({same, message_id(18, keys, "club.example"), message_id(17, others, "club.example")}) == 3


def test_our_message_id_names_its_delivery_whatever_its_domain() -> None:
    ours = message_id(17, KEYS, "club.example")
    for text in (ours, ours.upper(), ours[1:-1], f" {ours}\r\n", message_id(17, KEYS, "old.example")):
        assert delivery_in_message_id(text, KEYS) == 17


@pytest.mark.parametrize("purpose", [Purpose.BOUNCE, Purpose.UNSUBSCRIBE])
def test_a_message_id_that_is_not_ours_names_nothing(purpose: Purpose) -> None:
    for text in ("", "<>", "<@>", f"<{KEYS.sign(Purpose.MESSAGE_ID, 17)}>", f"<{KEYS.sign(purpose, 17)}@club.example>"):
        assert delivery_in_message_id(text, KEYS) is None
    strange = message_id(17, Keyring(keys=(b"another",)), "club.example")
    assert delivery_in_message_id(strange, KEYS) is None


@given(st.text(max_size=100))
def test_any_other_text_names_nothing(text: str) -> None:
    assert delivery_in_message_id(text, KEYS) is delivery_in_message_id(f"<{text}@x>", KEYS) is None
