"""What looks wrong in an issue's numbers and date is named; a normal issue has no note."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.issue import IssueHead
from mailer.domain.numbering import order_notes, own_notes

TODAY = date(2026, 10, 12)


def a_head(serial=320, **more):
    values = {"number": 10, "volume": 25, "year": 2026, "date": date(2026, 10, 15)} | more
    return IssueHead(newsletter="letter", serial=serial, **values)


def monthly(count, last=date(2026, 9, 10)):
    return [
        a_head(320 - back, number=10 - back, date=last - timedelta(days=30 * (back - 1)))
        for back in range(count, 0, -1)
    ]


def notes(head, before=()):
    return [*order_notes(head, before), *own_notes(head, TODAY)]


@pytest.mark.parametrize("earlier", [0, 1, 2, 6, 8])
def test_a_normal_issue_has_no_note(earlier):
    assert notes(a_head(), monthly(earlier)) == []


def test_a_new_year_begins_anew():
    january = a_head(323, number=1, volume=26, year=2027, date=date(2026, 12, 3) + timedelta(days=45))
    december = a_head(322, number=12, date=date(2026, 12, 3))
    assert list(order_notes(january, [december])) == []
    assert list(order_notes(a_head(323, number=1, volume=25, year=2027, date=date(2027, 1, 14)), [december])) == []


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"date": date(2025, 10, 15)}, "its year is 2026 and its date 2025-10-15"),
        ({"date": date(2027, 10, 15)}, "its date 2027-10-15 is 368 days after today"),
        ({"date": date(2026, 1, 15)}, "its date 2026-01-15 is 270 days before today"),
        ({"number": 320, "serial": 10}, "its number 320 is above its serial 10"),
    ],
)
def test_an_issue_by_itself(changed, note):
    assert any(line.startswith(note) for line in own_notes(a_head(**changed), TODAY))


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"serial": 3200}, "a gap in the numbering: the issue before it is 319"),
        ({"number": 12}, "a gap in the numbering of 2026: number 10 was expected"),
        ({"volume": 24}, "its volume 24 steps back: issue 319 is of volume 25"),
        ({"volume": 52}, "a gap in the volumes: issue 319 is of volume 25, this one of 52"),
        ({"volume": 26}, "its volume is 26, but issue 319 of the same year is of volume 25"),
        ({"date": date(2026, 9, 10)}, "its date 2026-09-10 is that of issue 319, too"),
        ({"date": date(2026, 1, 15)}, "its date 2026-01-15 is before that of issue 319, 2026-09-10"),
        ({"date": date(2027, 1, 15)}, "its date 2027-01-15 is 127 days after that of issue 319"),
    ],
)
def test_an_issue_beside_those_before_it(changed, note):
    assert any(line.startswith(note) for line in order_notes(a_head(**changed), monthly(6)))


@given(st.integers(3, 100), st.integers(0, 40))
def test_any_steady_rhythm_has_no_note(days, more):
    heads = [
        a_head(number + 1, number=number + 1, date=date(2026, 1, 1) + timedelta(days=days * number))
        for number in range(4)
    ]
    last = heads[-1].date
    following = a_head(5, number=5, date=last + timedelta(days=days + min(more, days)))
    assert list(order_notes(following, heads)) == []
