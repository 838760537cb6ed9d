"""Sentences as editors type them, and as a copy-editor of each language sets them: corpus.en.txt and corpus.ru.txt."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.typography import NBSP, typeset
from mailer.formats.words import words_of

# What typography may change: spaces, quotes, hyphens and dashes, and three points.
CHANGED = re.compile(r"[\s\"'«»„“”‘’\-–—…]|\.{3}")


def sentences(language: str) -> list[tuple[str, str, str]]:
    """Pairs of lines, divided by empty ones; ⍽ is a no-break space."""
    text = (Path(__file__).parent / f"corpus.{language}.txt").read_text(encoding="utf-8")
    pairs = [pair.split("\n") for pair in text.strip().split("\n\n")]
    return [(language, typed, printed.replace("⍽", NBSP)) for typed, printed in pairs]


CORPUS = [*sentences("en"), *sentences("ru")]


def test_it_is_large_enough() -> None:
    assert len(CORPUS) > 200


def test_each_sentence_is_set_as_a_copy_editor_does() -> None:
    wrong = {
        typed: typeset(typed, language) for language, typed, printed in CORPUS if typeset(typed, language) != printed
    }
    assert wrong == {}


def test_what_is_set_is_not_set_anew() -> None:
    wrong = [printed for language, _, printed in CORPUS if typeset(printed, language) != printed]
    assert wrong == []


def test_no_word_is_lost() -> None:
    wrong = [typed for language, typed, printed in CORPUS if words_of(typed) != words_of(printed)]
    assert wrong == []


@given(
    pieces=st.lists(st.sampled_from([word for _, typed, _ in CORPUS for word in typed.split(" ")]), max_size=12),
    language=st.sampled_from(["en", "ru", "de"]),
)
def test_nothing_else_changes_in_whatever_order_the_words_stand(pieces: list[str], language: str) -> None:
    typed = " ".join(pieces)
    printed = typeset(typed, language)
    assert CHANGED.sub("", printed) == CHANGED.sub("", typed)
    assert typeset(printed, language) == printed


@pytest.mark.parametrize(
    "figure", ["555-1234", "8 (495) 123-45-67", "2018-07-12", "COVID-19", "1-2-3", "12345-6789", "07-12"]
)
@given(before=st.sampled_from(["", "the ", "(", "№ "]), after=st.sampled_from(["", ".", ", ", ")", " and"]))
def test_a_number_with_hyphens_is_no_range(figure: str, before: str, after: str) -> None:
    assert figure in typeset(f"{before}{figure}{after}", "en").replace(NBSP, " ")


ENDS = {
    "year": st.integers(1000, 2198),
    "page": st.integers(1, 998),
    "thousands": st.integers(1, 998).map(lambda figure: f"{figure} 000"),
    "tenths": st.integers(1, 99).map(lambda figure: f"{figure},5"),
    "hour": st.integers(10, 22).map(lambda figure: f"{figure}:30"),
}


@given(st.data())
def test_figures_that_rise_are_a_range(data: st.DataObject) -> None:
    ends = ENDS[data.draw(st.sampled_from([*ENDS]))]
    first, last = sorted(
        data.draw(st.lists(ends, min_size=2, max_size=2, unique=True)),
        key=lambda end: float(str(end).replace(" ", "").replace(",", ".").replace(":", ".")),
    )
    typed = f"from {first} - {last} or so"
    assert typeset(typed, "en").replace(NBSP, " ") == f"from {first}–{last} or so"
