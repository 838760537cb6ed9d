"""Whom typed words mean: ids, addresses and names in any case, whole before part, in both alphabets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.person_match import KnownPerson, matches, nearest_person, search


def a_person(person, names, address, membership="", organisation=""):
    return KnownPerson(
        person=person,
        names=tuple(names.split("/")),
        addresses=(address,),
        memberships=(membership or person.replace("P", "M"),),
        organisations=(organisation,) if organisation else (),
    )


PEOPLE = [
    a_person("P001", "Anna Lindqvist/Анна Линдквист", "anna@members.example"),
    a_person("P002", "Ivan Sokolov/Иван Петрович Соколов", "i.sokolov@bank.example", "M9", "Northern Bank"),
    a_person("P003", "Ivan Sokol/Иван Сокол", "sokol@members.example"),
    a_person("P004", "Nina Frolova/Нина Фролова", "desk@members.example"),
    a_person("P005", "Boris Frolov/Борис Фролов", "desk@members.example"),
    a_person("P006", "Fyodor Solovyov/Фёдор Соловьёв", "fs@bank.example", "M9", "Northern Bank"),
    a_person("P007", "André O'Brien/Андре О'Брайен", "andre@members.example"),
    a_person("p-8", "", "тимур@members.example"),
]


def ids(typed):
    return [person.person for person in matches(typed, PEOPLE)]


@pytest.mark.parametrize(
    ("typed", "persons"),
    [
        ("P001", ["P001"]),
        ("p001", ["P001"]),
        (" P001 ", ["P001"]),
        ("P-8", ["p-8"]),
        ("P001 Anna Lindqvist", ["P001"]),  # as lists show a person
        ("anna@members.example", ["P001"]),
        ("ANNA@Members.Example", ["P001"]),
        ("Anna Lindqvist <anna@members.example>", ["P001"]),
        ("ТИМУР@members.example", ["p-8"]),
        ("desk@members.example", ["P004", "P005"]),
        ("Lindqvist", ["P001"]),
        ("lindqvist anna", ["P001"]),
        ("линдквист", ["P001"]),
        ("Соколов Иван Петрович", ["P002"]),
        ("Соколов И.П.", ["P002"]),
        ("Иван Соколов", ["P002"]),
        ("Sokol", ["P003"]),  # the whole name, although Sokolov begins so
        ("Соко", ["P002", "P003"]),
        ("Ivan", ["P002", "P003"]),
        ("Фролов", ["P005"]),
        ("фролова", ["P004"]),
        ("Фрол", ["P004", "P005"]),
        ("Федор Соловьев", ["P006"]),
        ("ФЁДОР", ["P006"]),
        ("Andre", ["P007"]),
        ("o'brien", ["P007"]),
        ("dqvis", ["P001"]),
        ("sokolov@", ["P002"]),
        ("Schmidt", []),
        ("P00", []),
        ("a", []),
        ("", []),
        ("@", []),
    ],
)
def test_words_mean_people(typed, persons):
    assert ids(typed) == persons


def test_a_search_also_looks_at_memberships_and_organisations():
    assert [person.person for person in search("northern", PEOPLE)] == ["P002", "P006"]
    assert [person.person for person in search("m9", PEOPLE)] == ["P002", "P006"]
    assert [person.person for person in search("Sokol", PEOPLE)] == ["P003", "P002"]
    assert search("nothing", PEOPLE) == []


@pytest.mark.parametrize(
    ("typed", "person"), [("Lindkvist", "P001"), ("Frollova", "P004"), ("Сокалов", "P002"), ("P0001", "P001")]
)
def test_a_slip_is_near_a_name(typed, person):
    assert nearest_person(typed, PEOPLE).person == person


def test_nothing_is_near_a_strange_word():
    assert nearest_person("xyzzy", PEOPLE) is None


@given(
    st.sampled_from(PEOPLE[:7]), st.sampled_from([str.upper, str.lower, str.title]), st.booleans(), st.integers(0, 1)
)
def test_a_name_in_any_case_and_order_means_its_person(person, case, turned, language):
    words = case(person.names[language]).split()
    assert person in matches(" ".join(reversed(words) if turned else words), PEOPLE)


@given(st.text(max_size=12))
def test_any_words_are_read(typed):
    assert set(matches(typed, PEOPLE)) <= set(search(typed, PEOPLE))
