"""Tokens: a signed one is read in upper and lower case, and no other text is read as one."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.formats.token import Keyring, Purpose, Token

OLD, NEW, STRANGE = bytes(range(32)), bytes(range(32, 64)), b"another club's"
KEYS = Keyring(keys=(NEW, OLD))
CHARACTERS = "abcdefghijklmnopqrstuvwxyz234567"
LARGEST = (1 << 63) - 1

purposes = st.sampled_from(Purpose)
deliveries = st.integers(1, LARGEST)


@given(purpose=purposes, delivery=deliveries)
@example(purpose=Purpose.BOUNCE, delivery=1)
@example(purpose=Purpose.BOUNCE, delivery=32)
@example(purpose=Purpose.UNSUBSCRIBE, delivery=LARGEST)
def test_what_was_signed_is_read_in_any_case(purpose: Purpose, delivery: int) -> None:
    token = KEYS.sign(purpose, delivery)
    content = Token(purpose=purpose, number=delivery)
    assert KEYS.read(token) == KEYS.read(token.upper()) == KEYS.read(token.title()) == content
    assert token == KEYS.sign(purpose, delivery)
    assert re.fullmatch(r"[bmuopwcd][a-z2-7]{2}[b-z2-7][a-z2-7]{0,12}[a-z2-7]{16}", token)
    assert 20 <= len(token) <= 32


@given(purpose=purposes, other=purposes, delivery=deliveries)
def test_a_token_of_one_purpose_is_never_read_as_another(purpose: Purpose, other: Purpose, delivery: int) -> None:
    read = KEYS.read(str(other) + KEYS.sign(purpose, delivery)[1:])
    assert read == (Token(purpose=purpose, number=delivery) if other is purpose else None)


@given(purpose=purposes, delivery=deliveries, other=deliveries)
def test_a_token_of_one_delivery_is_never_read_as_another(purpose: Purpose, delivery: int, other: int) -> None:
    first, second = KEYS.sign(purpose, delivery), KEYS.sign(purpose, other)
    assert (KEYS.read(first[:-16] + second[-16:]) is not None) == (delivery == other)


@given(text=st.text(max_size=80) | st.text(CHARACTERS + "+-.=@", max_size=40))
@example("")
@example("b" * 1_000_000)
def test_any_other_text_is_no_token_and_raises_nothing(text: str) -> None:
    assert KEYS.read(text) is None


def test_none_of_20_000_forgeries_by_one_character_is_read() -> None:
    visible = [chr(octet) for octet in range(33, 127)]
    forgeries = []
    for purpose in Purpose:
        for delivery in (1, 17, 1_000_000):
            token = KEYS.sign(purpose, delivery)
            for at in range(len(token)):
                before, after = token[:at], token[at + 1 :]
                forgeries += [before + letter + after for letter in visible if letter.lower() != token[at]]
                forgeries += [before + after, *(before + letter + token[at:] for letter in CHARACTERS)]
    assert len(forgeries) > 20_000
    assert [forgery for forgery in forgeries if KEYS.read(forgery) is not None] == []


@pytest.mark.parametrize("delivery", [17, 1, LARGEST])
def test_there_is_one_way_to_write_a_token(delivery: int) -> None:
    token = KEYS.sign(Purpose.BOUNCE, delivery)
    for other in (f"{token[:3]}a{token[3:]}", f"{token[:3]}aa{token[3:]}", f" {token}", f"{token}\n", f"{token}="):
        assert KEYS.read(other) is None
    for letter, twin in (("k", "\u212a"), ("s", "\u017f"), ("i", "\u0130")):  # whose small letters are, or hold, ASCII
        assert KEYS.read(token.replace(letter, twin)) == (KEYS.read(token) if letter not in token else None)


def test_a_number_beyond_the_database_is_not_read_and_not_signed() -> None:
    for number in ("a", "iaaaaaaaaaaaa", "7777777777777"):  # 0, 2**63 and more
        assert KEYS.read(f"b{KEYS.sign(Purpose.BOUNCE, 1)[1:3]}{number}{'a' * 16}") is None
    for delivery in (0, -1, LARGEST + 1):
        with pytest.raises(ValueError, match="no delivery and no wish can have the number"):
            KEYS.sign(Purpose.BOUNCE, delivery)


def test_keys_rotate() -> None:
    before = Keyring(keys=(OLD,)).sign(Purpose.BOUNCE, 17)
    assert KEYS.read(before) == Token(purpose=Purpose.BOUNCE, number=17)
    assert KEYS.sign(Purpose.BOUNCE, 17) == Keyring(keys=(NEW,)).sign(Purpose.BOUNCE, 17) != before
    assert Keyring(keys=(NEW,)).read(before) is None
    assert KEYS.read(Keyring(keys=(STRANGE,)).sign(Purpose.BOUNCE, 17)) is None


def test_two_keys_whose_ids_are_the_same_are_both_tried() -> None:
    ids: dict[str, bytes] = {}
    for number in range(2_000):  # of 1,024 ids
        key = b"key %d" % number
        other = ids.setdefault(Keyring(keys=(key,)).sign(Purpose.BOUNCE, 1)[1:3], key)
        if other != key:
            break
    token = Keyring(keys=(key,)).sign(Purpose.BOUNCE, 17)
    assert Keyring(keys=(other, key)).read(token) == Token(purpose=Purpose.BOUNCE, number=17)
    assert Keyring(keys=(other,)).read(token) is None


def test_a_key_ring_has_keys_and_does_not_show_them() -> None:
    for keys in ((), (b"",), (NEW, b"")):
        with pytest.raises(ValueError, match="a key ring needs keys"):
            Keyring(keys=keys)
    assert repr(KEYS) == "Keyring()"


def test_a_digest_is_of_one_key_one_word_and_one_text() -> None:
    digest = KEYS.digest("letter", "1 digest")
    assert digest == Keyring(keys=(NEW,)).digest("letter", "1 digest")
    assert re.fullmatch(r"[0-9a-f]{32}", digest)
    others = [
        KEYS.digest("test", "1 digest"),
        KEYS.digest("letter", "2"),
        Keyring(keys=(OLD,)).digest("letter", "1 digest"),
    ]
    assert len({digest, *others}) == 4
    for word in ("", "a:b", "слово", "two words"):
        with pytest.raises(ValueError, match="cannot name a purpose"):
            KEYS.digest(word, "text")


def test_a_token_stays_what_it_is() -> None:
    """Tokens are out in the world for 400 days: another way to make them would not know them."""
    assert KEYS.sign(Purpose.BOUNCE, 17) == "b47r237ue6ckvlbnhacf"
