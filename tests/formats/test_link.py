"""A signed address opens what it was signed for, for as long as it was signed, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.link import read_link, sign_link
from mailer.formats.token import Keyring

KEYS = Keyring(keys=(b"new" * 11, b"old" * 11))
NOW = datetime(2018, 7, 12, 13, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
VALUES = {"issue": "harbour-letter/41", "person": "P001", "part": "html"}

values = st.dictionaries(st.text("abcdef", min_size=1, max_size=6), st.text(max_size=20), max_size=6)


@given(values)
def test_a_link_gives_back_what_was_signed(chosen):
    link = sign_link(KEYS, "preview", chosen, LATER)
    assert read_link(KEYS, "preview", link, NOW) == chosen
    assert set(link) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@given(st.data())
def test_a_link_with_any_character_changed_is_refused(data):
    link = sign_link(KEYS, "preview", VALUES, LATER)
    place = data.draw(st.integers(0, len(link) - 1))
    other = data.draw(st.sampled_from("abcXYZ019-_.=%é").filter(lambda letter: letter != link[place]))
    assert read_link(KEYS, "preview", f"{link[:place]}{other}{link[place + 1 :]}", NOW) is None


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text):
    assert read_link(KEYS, "preview", text, NOW) is None


def test_a_link_of_another_purpose_is_refused():
    assert read_link(KEYS, "preview", sign_link(KEYS, "read", VALUES, LATER), NOW) is None


def test_a_digest_of_the_same_text_for_another_use_is_no_seal():
    body = sign_link(KEYS, "preview", VALUES, LATER).partition(".")[0]
    assert read_link(KEYS, "preview", f"{body}.{KEYS.digest('preview', body)}", NOW) is None


def test_a_link_ends_when_it_says():
    link = sign_link(KEYS, "preview", VALUES, LATER)
    assert read_link(KEYS, "preview", link, LATER - timedelta(seconds=1)) == VALUES
    assert read_link(KEYS, "preview", link, LATER) is None


def test_an_older_key_still_verifies_and_a_removed_one_does_not():
    link = sign_link(Keyring(keys=KEYS.keys[1:]), "preview", VALUES, LATER)
    assert read_link(KEYS, "preview", link, NOW) == VALUES
    assert read_link(Keyring(keys=KEYS.keys[:1]), "preview", link, NOW) is None


def test_too_long_a_link_is_not_made():
    with pytest.raises(ValueError, match="too long"):
        sign_link(KEYS, "preview", {"person": "P" * 1000}, LATER)
