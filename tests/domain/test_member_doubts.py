"""Notes about the members that an import brings: circles that no newsletter has, salutations that end wrongly."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.member_doubts import Usage, member_doubts, member_remarks
from mailer.domain.membership import FeeSchedule
from tests.builders import a_membership, a_register, a_seat
from tests.domain.register_rows import a_row, bring

USAGE = Usage(
    circles=("club", "centre"),
    fees=FeeSchedule(seasons=()),
    day=date(2018, 7, 12),
    signs={"en": frozenset({","}), "ru": frozenset({"!"})},
)


def notes(*rows, register=None):
    return list(member_doubts(bring(register or a_register(), *rows), USAGE))


def about(**cells):
    return notes(a_row(name_en="Anna Berg", circulation="club", **cells))


@pytest.mark.parametrize("circle", ["Club", "сlub", "clbu"])
def test_a_circle_that_is_nearly_a_newsletter_is_named_with_the_near_one(circle):
    assert notes(a_row(name_en="Anna Berg", circulation=circle)) == [
        f"circulation {circle}: no newsletter goes to it; did you mean club? M001 Anna Berg"
    ]


def test_memberships_with_the_same_slip_share_a_note():
    rows = [a_row(row, f"M{row:03}", f"P{row:03}", circulation="center") for row in range(2, 30)]
    (note,) = notes(*rows)
    assert note.startswith("circulation center: no newsletter goes to it; did you mean centre? M002, M003,")
    assert note.endswith("and 13 more")


def test_an_empty_circle_is_named_and_so_is_one_that_the_file_leaves_out():
    for row in (a_row(circulation=""), a_row()):
        assert notes(row) == ["circulation is empty: no newsletter goes to M001; write one of club, centre"]


def test_a_circle_of_its_own_is_no_slip_but_said_once():
    change = bring(a_register(), a_row(name_en="Anna", circulation="archive"))
    assert list(member_doubts(change, USAGE)) == []
    assert list(member_remarks(change, USAGE)) == ["no newsletter goes to circulation archive: M001 Anna"]
    again = bring(a_register(a_membership(circle="archive"), a_seat()), a_row(circulation="archive", name_en="Anna"))
    assert list(member_remarks(again, USAGE)) == []


def test_a_known_circle_is_not_noted_again():
    register = a_register(a_membership(circle="center"), a_seat())
    assert notes(a_row(circulation="center", organisation="Delta"), register=register) == []


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("en", "Dear Ms. Berg,", "Dear Ms. Berg"),
        ("en", "Dear Dr. Hartwell.", "Dear Dr. Hartwell"),
        ("en", "Dear Ms. Berg:", "Dear Ms. Berg"),
        ("en", "Dear Ms. Berg , ", "Dear Ms. Berg"),
        ("ru", "Уважаемая г-жа Берг!!", "Уважаемая г-жа Берг"),
        ("ru", "Уважаемая г-жа Берг…", "Уважаемая г-жа Берг"),
        ("ru", "Уважаемая г-жа Берг,", "Уважаемая г-жа Берг"),
    ],
)
def test_a_salutation_that_ends_in_a_sign_is_named_without_it(language, text, right):
    (note,) = about(**{f"salutation_{language}": text})
    assert note.endswith(f"; P001 Anna Berg: write {right}")


@pytest.mark.parametrize(
    "text",
    [
        "Dear Ms. Berg",
        "Dear Mr. Smith Jr.",
        "Dear John Smith, Ph.D.",
        "Dear Mr. B.",
        "Dear “Anna”",
        "Dear Anna (desk 4)",
    ],
)
def test_an_abbreviation_or_a_bracket_ends_a_salutation_well(text):
    assert about(salutation_en=text) == []


def test_the_russian_initial_keeps_its_stop():
    assert about(salutation_ru="Уважаемая Анна П.") == []
    assert about(salutation_ru="Уважаемая О'Нил") == []
    assert about(salutation_ru="Уважаемый г-н Смит-мл.") == []


def test_without_a_sign_in_the_template_a_salutation_brings_its_own():
    assert about(salutation_de="Sehr geehrte Frau Berg,") == []


def test_a_whole_column_with_a_sign_makes_a_few_notes_that_name_everybody():
    rows = [
        a_row(row, f"M{row:03}", f"P{row:03}", circulation="club", salutation_en=f"Dear Reader {row},")
        for row in range(2, 32)
    ]
    lines = notes(*rows)
    assert len(lines) == 6
    assert all(f"P{row:03}" in "\n".join(lines) for row in range(2, 32))


def test_words_twice_and_letters_of_another_language_are_named():
    assert about(salutation_en="Dear dear Ms. Berg") == [
        "salutation_en of P001 Anna Berg has Dear twice: Dear dear Ms. Berg"
    ]
    assert about(salutation_ru="Dear Ms. Berg") == [
        "salutation_ru of P001 Anna Berg is not in the letters of this language: Dear Ms. Berg"
    ]
    assert about(salutation_en="Уважаемая г-жа Берг") != []


def test_a_salutation_that_stays_is_not_noted_again():
    register = a_register(a_membership(), a_seat(salutations={"en": "Dear Ms. Berg,"}))
    assert notes(a_row(salutation_en="Dear Ms. Berg,", name_en="Anna"), register=register) == []


@given(st.text(st.sampled_from("Анна Berg.,!…-"), min_size=1, max_size=12).map(str.strip).filter(bool))
def test_the_right_salutation_needs_no_note_itself(text):
    for note in about(salutation_en=text):
        if ": write " in note:
            right = note.partition(": write ")[2]
            assert text.startswith(right)
            assert not any(": write " in again for again in about(salutation_en=right))
