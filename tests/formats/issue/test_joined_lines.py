"""A line that a paragraph joins to the one above is named where it looks like an item, a reply or a new paragraph."""

import textwrap

import pytest

from mailer.formats.issue.markdown import read_article

LONG = (
    "The mill was sold in May, as we had expected. The price stayed a secret, although the whole town "
    "spoke of it even in winter."
)


def joined(text, language="en"):
    return [doubt for doubt in read_article(text, language, first_heading=2).doubts if "joins the line" in doubt.what]


@pytest.mark.parametrize(
    ("text", "line", "more"),
    [
        ("- one\n-two\n– three\n• four", 2, 2),
        ("We saw:\n• ships\n• boats", 2, 1),
        ("Мы видели:\n·\tсуда\n·\tлодки", 2, 1),
        ("We saw:\n— ships;\n— boats.", 2, 1),
        ("1. one\n2)two\n3.three", 2, 1),
        ("Words\n2. two\n3. three", 2, 1),
        ("a) one\nb) two", 2, 0),
        ("(1) one\n(2) two", 2, 0),
        ("II. Ships\nIII. Boats", 2, 0),
        ("— Здравствуйте, — сказал он.\n— Добрый день.\n— Как дела?", 2, 1),
        ("**Question.** Why?\n**Answer.** Because.", 2, 0),
        ("> — Куда?\n> — Домой.", 2, 0),
        (f"{LONG}\n{LONG}\n{LONG}", 2, 1),
    ],
)
def test_a_line_that_stands_out_is_named_once_a_paragraph(text, line, more):
    (doubt,) = joined(text)
    assert doubt.line == line
    assert (f"(and {more} line" in doubt.what) == bool(more)


@pytest.mark.parametrize(
    "text",
    [
        "Москва\n— столица России.",
        "«Куда?»\n— спросил он.",
        "It fell to\n-5 degrees in\n2018. That was\n1986) no year",
        "We met him.\nV. Petrov was there.",
        "He came.\n*Nobody* saw him.\n**Nobody.**",
        "One sentence a line, however long it is, so that nobody can take it for a paragraph of its own, is well known.\n"
        * 3,
        "— Куда?\n\n— Домой.",
        "— Куда?\\\n— Домой.",
        "Words\n\\- five\n\\- six",
        "- one\n- two\n\n  more of two",
    ],
)
def test_a_line_that_goes_on_is_not(text):
    assert joined(text) == []


@pytest.mark.parametrize("width", range(40, 121, 5))
def test_a_text_wrapped_by_hand_has_none(width):
    text = f"{LONG} {LONG} He asked — and she knew it — why (a) they had sold, and 5) who had paid. {LONG}"
    assert joined(textwrap.fill(text, width)) == []
