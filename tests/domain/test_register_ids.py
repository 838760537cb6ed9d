"""Ids that look like known ones make no second person."""

import pytest

from mailer.domain.register_ids import KnownIds, members_without_twins, payments_without_twins
from mailer.domain.register_rows import RegisterTable
from tests.builders import a_membership, a_register, a_seat
from tests.domain.register_rows import a_payment_row, a_row

KNOWN = a_register(a_membership("0042"), a_seat("0042", "007"), a_membership("M-1"), a_seat("M-1", "P1"))


def bad(register, *rows) -> list[tuple[int, str]]:
    table = members_without_twins(KnownIds.of(register), RegisterTable(rows=rows))
    assert len(table.rows) + len({fault.row for fault in table.bad}) == len(rows)
    return [(fault.row, fault.column) for fault in table.bad]


@pytest.mark.parametrize(
    ("membership", "person", "columns"),
    [
        ("42", "007", ["membership"]),
        ("0042", "7", ["person"]),
        ("00042", "07", ["membership", "person"]),
        ("М-1", "P1", ["membership"]),  # a Cyrillic М
        ("M-1", "Р1", ["person"]),  # a Cyrillic Р
        ("m-01", "p1", ["membership", "person"]),
        ("0042", "007", []),
        ("0043", "008", []),
        ("420", "70", []),
        ("M-2", "P10", []),
    ],
)
def test_a_new_id_that_looks_like_a_known_one_is_a_bad_row(membership, person, columns):
    assert bad(KNOWN, a_row(2, membership, person)) == [(2, column) for column in columns]


def test_the_reason_says_what_to_write():
    [fault] = members_without_twins(KnownIds.of(KNOWN), RegisterTable(rows=(a_row(2, "42", "P1"),))).bad
    assert fault.key is None
    assert fault.reason == ("42 differs only by leading zeros from 0042, which is known; write 0042, or another new id")


def test_the_reason_names_letters_of_another_alphabet():
    register = a_register(a_membership("M1"), a_seat("M1", "P1"))
    table = members_without_twins(
        KnownIds.of(register), RegisterTable(rows=(a_row(2, "М1", "P2"), a_row(3, "M1", "Р1")))
    )
    assert [fault.reason for fault in table.bad] == [
        "М1 (М is Cyrillic) looks like M1, which is known; write M1, or another new id",
        "Р1 (Р is Cyrillic) looks like P1, which is known; write P1, or another new id",
    ]


def test_two_new_ids_that_look_alike_are_both_bad():
    rows = (a_row(2, "A1", "01"), a_row(3, "A2", "1"), a_row(4, "A3", "1"), a_row(5, "A4", "2"))
    assert bad(a_register(), *rows) == [(2, "person"), (3, "person"), (4, "person")]


def test_known_ids_that_look_alike_stay_as_they_are():
    register = a_register(a_membership("1"), a_seat("1", "1"), a_membership("01"), a_seat("01", "01"))
    assert bad(register, a_row(2, "1", "1"), a_row(3, "01", "01")) == []


def test_a_payment_names_the_membership_that_was_meant():
    members = RegisterTable(rows=(a_row(2, "0100", "P9"),))
    rows = tuple(a_payment_row(row, membership=name) for row, name in ((2, "42"), (3, "100"), (4, "0042"), (5, "0100")))
    table = payments_without_twins(KnownIds.of(KNOWN), members, RegisterTable(rows=rows))
    assert [row.row for row in table.rows] == [4, 5]
    assert [fault.row for fault in table.bad] == [2, 3]
    assert table.bad[0].reason.endswith("which is known; write 0042")
