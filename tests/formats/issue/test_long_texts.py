"""Texts of the largest size, made of one mark after another, take seconds and not minutes."""

from time import process_time

import pytest

from mailer.formats.issue.markdown import read_article
from mailer.formats.issue.text import MAX_TEXT_BYTES

SIZE = MAX_TEXT_BYTES - 10_000


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("words](" + " " * SIZE, id="a link without an end"),
        pytest.param("[^" * (SIZE // 2), id="notes without an end"),
        pytest.param("[^" * 999 + "a" * SIZE, id="as many brackets as may be"),
        pytest.param("{a=" * (SIZE // 3), id="braces without an end"),
        pytest.param("a@b.c *" * (SIZE // 7), id="stars between addresses"),
    ],
)
def test_a_long_text_is_read_in_time(text):
    began = process_time()
    read_article(text, "en")
    assert process_time() - began < 6  # a pattern that tries again at every place takes twice as long, or hours


def test_too_many_brackets_are_all_that_is_named():
    article = read_article("[a " * 2000, "en")
    assert [error.what for error in article.errors] == [
        "more than 1000 opening brackets '['; no issue has so many links"
    ]
    assert not article.doubts
