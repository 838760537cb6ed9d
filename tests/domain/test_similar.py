"""Words that look or sound like one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.lookalikes import fold
from mailer.domain.similar import nearest

CIRCLES = ("club", "centre")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Club", "club"),
        ("CENTRE", "centre"),
        ("center", "centre"),
        ("сlub", "club"),  # a Cyrillic с
        ("сеntrе", "centre"),
        ("c1ub", "club"),
        ("клуб", "club"),
        ("Центр", "centre"),
        ("clubs", "club"),
        ("clb", "club"),
        ("cnetre", "centre"),
        ("archive", None),
        ("board", None),
        ("архив", None),
        ("", None),
    ],
)
def test_a_slip_is_near_what_was_meant(typed, meant):
    assert nearest(typed, CIRCLES) == meant


@given(st.sampled_from(CIRCLES), st.data())
def test_one_letter_too_many_or_too_few_is_a_slip(word, data):
    place = data.draw(st.integers(0, len(word) - 1))
    assert nearest(word[:place] + word[place + 1 :], CIRCLES) == word
    assert (
        nearest(word[:place] + data.draw(st.characters(codec="ascii", categories=["Ll"])) + word[place:], CIRCLES)
        == word
    )


def test_folding_forgets_case_and_accents():
    assert fold("Фёдорова") == fold("ФЕДОРОВА")
    assert fold("André") == fold("andre")
    assert fold("Straße") == fold("STRASSE")
    assert fold("Новак") != fold("Novak")
