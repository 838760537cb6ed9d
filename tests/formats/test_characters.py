"""Invisible characters: named, except where the spelling of a word needs them."""

import pytest

from mailer.formats.characters import find_invisible


@pytest.mark.parametrize(
    "text", ["علی\u200cزاده", "می\u200cخواهم", "رضا\u200cپور", "क्\u200dष", "ശ്\u200cരീ", "Anna\u00a0B.", ""]
)
def test_joiners_are_part_of_persian_and_indic_words(text):
    assert find_invisible(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "an\u200cna",
        "\u200cعلی",
        "علی\u200c",
        "علی\u200c anna",
        "علی\u200dزاده",
        "an\u200dna",
        "\u200d",
        "ان\u200c\u200cن",
    ],
)
def test_joiners_elsewhere_are_invisible(text):
    assert find_invisible(text) in {"U+200C ZERO WIDTH NON-JOINER", "U+200D ZERO WIDTH JOINER"}
