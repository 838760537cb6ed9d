"""The subject after the newsletter's pattern: every slot is filled once, and a brace in a value is no slot."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.subject import DEFAULT_SUBJECT, SubjectSlot, check_subject, fill_subject

VALUES = st.fixed_dictionaries({slot: st.text(max_size=20) | st.integers(1, 999_999) for slot in SubjectSlot})
PIECES = st.lists(st.sampled_from([f"{{{slot}}}" for slot in SubjectSlot]) | st.text("ab №·:()%$\\", max_size=5))


def fault_of(pattern):
    try:
        check_subject(pattern)
    except ValueError as error:
        return str(error)
    return ""


@given(PIECES, VALUES)
def test_each_slot_is_filled_with_its_value_and_all_else_stays(pieces, values):
    pattern = "".join(pieces)
    assert fault_of(pattern) == ("" if pattern.strip() else "it is empty")
    names = {f"{{{slot}}}": str(value) for slot, value in values.items()}
    assert fill_subject(pattern, values) == "".join(names.get(piece, piece) for piece in pieces)


@given(st.text("{} .!:[]0ainmelt", max_size=30))
def test_a_pattern_without_a_fault_can_be_filled(pattern):
    values = dict.fromkeys(SubjectSlot, "")
    if not fault_of(pattern):
        assert not re.search(r"[{}]", fill_subject(pattern, values))
    else:
        assert not pattern.strip() or "{" in pattern or "}" in pattern


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("", "it is empty"),
        (" \u00a0 ", "it is empty"),
        ("{title} {volume}", "there is no slot {volume}"),
        ("{title} {}", "there is no slot {}"),
        ("{Title}", "there is no slot {Title}"),
        ("{ title }", "there is no slot { title }"),
        ("{title.upper}", "there is no slot {title.upper}"),
        ("{title!r}", "there is no slot {title!r}"),
        ("{number:03}", "there is no slot {number:03}"),
        ("{{title}}", "a brace has no partner"),
        ("{title", "a brace has no partner"),
        ("title}", "a brace has no partner"),
        ("{title} {", "a brace has no partner"),
    ],
)
def test_a_fault_is_named(pattern, fault):
    assert fault_of(pattern) == fault


def test_the_headline_stands_first_unless_the_newsletter_says_otherwise():
    values = {
        SubjectSlot.NAME: "Club Notes",
        SubjectSlot.NUMBER: 10,
        SubjectSlot.SERIAL: 320,
        SubjectSlot.TITLE: "Who pays {number}?",
        SubjectSlot.LANGUAGE: "en",
    }
    assert fill_subject(DEFAULT_SUBJECT, values) == "Who pays {number}? · № 10 (320)"
    former = "{name} № {number} ({serial}): {title}"
    assert fill_subject(former, values) == "Club Notes № 10 (320): Who pays {number}?"
    assert fill_subject("[{language}] {title}", values) == "[en] Who pays {number}?"
