"""English words are told from names, numbers and quotations."""

import pytest

from mailer.texts.catalogue import catalogue
from mailer.texts.speech import Vocabulary, split_list, unquoted

VOCABULARY = Vocabulary(catalogue("ru").sentences)


@pytest.mark.parametrize(
    "speech",
    [
        "it is not in the folder",
        "but it",
        "and",
        "3 days",
        "a key of the front matter",
        "'|' and '| b |' of the table",
        "The folder has Mill.png, of a kind that is not read",
    ],
)
def test_english_words_are_speech(speech: str) -> None:
    assert VOCABULARY.is_speech(speech)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "320",
        "mill.png",
        "pause_from",
        "P101 Ada Harbour",
        "Friends of the Mill",
        "anna harbour",
        "'it is not in the folder'",
        "`status: finished`",
        "550 5.1.1 there is no such user in the folder",
        "2030-05-17",
        "name, date, title",
        "mill-letter/41",
        "Софья Левина",
    ],
)
def test_values_are_none(value: str) -> None:
    assert not VOCABULARY.is_speech(value)


def test_a_quotation_is_taken_out_and_an_apostrophe_is_none() -> None:
    assert unquoted("the issue's 'a and b' and «c»").split() == ["the", "issue's", "and"]


def test_a_mark_within_a_quotation_divides_nothing() -> None:
    assert split_list("'a and b' and c", " and ") == ["'a and b'", "c"]
    assert split_list("a", " and ") == ["a"]
