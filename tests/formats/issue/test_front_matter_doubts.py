"""Markdown in front matter, which readers would see as typed, and a summary that is cut, are named with their lines."""

import pytest

from mailer.formats.issue.front_matter_doubts import find_front_matter_doubts
from mailer.formats.issue.front_matter_yaml import split


def doubts(lines):
    return [
        str(doubt) for doubt in find_front_matter_doubts(split(f"---\nstatus: draft\n{lines}\n---\nWords.\n"), "ru")
    ]


@pytest.mark.parametrize(
    ("value", "mark"),
    [
        ("A **bold** word", "**"),
        ("A *bold* word", "*bold*"),
        ("An _odd_ word", "_odd_"),
        ("The [mill](https://mill.example)", "](h"),
        ("Its `price`", "`price`"),
        ("A <b>mill</b>", "<b>' and '</b>"),
        ("Mill &amp; sons", "&amp;"),
        ("A note[^1]", "[^1]"),
        ("Caf\ufffd", "\ufffd"),
    ],
)
def test_marks_are_named(value, mark):
    seen = f"readers see '{mark}' as typed, since front matter is plain text; leave it out"
    assert doubts(f'title: "{value}"') == [f"line 3: title: {seen}"]
    assert doubts(f'authors:\n  - name: Ada\n    about: "{value}"') == [f"line 5: authors: {seen}"]
    assert doubts(f'copyright:\n  - "{value}"') == [f"line 4: copyright: {seen}"]


@pytest.mark.parametrize(
    "value",
    [
        "5*6*7 and 5 * 6",
        "snake_case, _ and __",
        "A | B",
        "R&D, C# and [sic] (so)",
        "a < b and c > d",
        "The “mill” and «its» price",
        "Price*",
        "№ 5 — 50%",
    ],
)
def test_plain_words_are_not(value):
    assert doubts(f"title: '{value}'") == []


def test_quotes_of_a_word_processor_around_a_value_are_named():
    (doubt,) = doubts("title: “The mill”")
    assert doubt.startswith("line 3: title: readers see the quotes “ ” around all of it")
    assert doubts('title: "“The mill”"') == doubts("title: “The” and “mill”") == doubts("title: «The mill»") == []


def test_a_summary_that_is_cut_is_named():
    assert doubts(f"summary: {'w' * 140}") == []
    assert doubts(f"summary: {'w' * 141}") == [
        "line 3: summary: it has 141 characters, and is cut after 140; shorten it"
    ]


QUESTION = "it ends in '?', which mail filters count against a subject; say it without a question"


def test_a_question_in_the_subject_is_named_where_the_subject_comes_from():
    assert doubts('title: "Who mends the mill?"') == [f"line 3: title: {QUESTION}, or write another `subject`"]
    assert doubts('title: "Кто починит мельницу? "') == [f"line 3: title: {QUESTION}, or write another `subject`"]
    assert doubts('title: "Who mends?"\nsubject: "The mill"') == []
    assert doubts('title: "The mill"\nsubject: "Who mends?"') == [f"line 4: subject: {QUESTION}"]
    assert doubts('title: "Who? The miller"\nsummary: "Who mends?"') == []


def test_a_long_subject_is_named():
    assert doubts(f'title: "{"a" * 200}"\nsubject: "{"b" * 100}"') == []
    assert doubts(f'subject: "{"b" * 101}"') == ["line 3: subject: it has 101 characters, more than 100; shorten it"]


def test_mixed_letters_are_named_in_every_value():
    odd = "'Pоссия' has Latin letters among Cyrillic ones, P; type the word again"
    assert doubts('title: "Pоссия и IT-компании"') == [f"line 3: title: {odd}"]
    assert doubts('authors:\n  - name: Ада\n    about: "Клуб «Pоссия»"') == [f"line 5: authors: {odd}"]
