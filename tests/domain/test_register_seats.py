"""Seats after an import: two numbered ones on a corporate membership, one on an individual one."""

from dataclasses import replace

from mailer.domain.membership import MembershipKind
from tests.builders import a_membership, a_register, a_seat
from tests.domain.register_rows import DAY, FIRM, a_row, bring, corporate, faults, seats

# --- seats ------------------------------------------------------------------------------------------------------------


def test_an_empty_seat_takes_the_next_free_one():
    assert seats(bring(a_register(), corporate(2, "P1"), corporate(3, "P2"))) == {"P1": 1, "P2": 2}
    assert seats(bring(a_register(), corporate(2, "P1", seat=None), corporate(3, "P2", seat=1))) == {
        "P2": 1,
        "P1": 2,
    }


def test_a_third_person_on_a_corporate_membership_is_refused():
    outcome = bring(FIRM, corporate(2, "P003", seat=None))
    assert faults(outcome) == [(2, "person")]
    assert "two seats, taken by P001 Person P001 and P002 Person P002" in outcome.bad[0].reason
    third_first = [corporate(2, "P003"), corporate(3, "P001"), corporate(4, "P002")]
    assert faults(bring(FIRM, *third_first)) == [(2, "person")]
    assert faults(bring(a_register(), *third_first)) == [(4, "person")]


def test_a_taken_seat_is_refused():
    half_full = replace(FIRM, seats=FIRM.seats[:1])
    outcome = bring(half_full, corporate(2, "P003", seat=1))
    assert faults(outcome) == [(2, "seat")]
    assert "seat 1 is taken by P001 Person P001" in outcome.bad[0].reason
    assert faults(bring(a_register(), corporate(2, "P1", seat=2), corporate(3, "P2", seat=2))) == [(3, "seat")]


def test_who_is_refused_a_new_seat_keeps_the_old_one():
    outcome = bring(FIRM, corporate(2, "P001", seat=2, name_en="New"))
    assert faults(outcome) == [(2, "seat")]
    assert outcome.changes_nothing


def test_a_seat_that_ends_is_free_for_a_successor_in_the_same_import():
    outcome = bring(FIRM, corporate(2, "P003", seat=2), corporate(3, "P002", ended_on=DAY))
    assert outcome.bad == ()
    assert seats(outcome) == {"P003": 2, "P002": 2}
    assert [change.after.person for change in outcome.seats if change.ends] == ["P002"]
    assert seats(bring(FIRM, corporate(2, "P003"), end_missing=DAY)) == {"P001": 1, "P002": 2, "P003": 1}


def test_two_people_can_swap_their_seats():
    assert seats(bring(FIRM, corporate(2, "P001", seat=2), corporate(3, "P002", seat=1))) == {"P001": 2, "P002": 1}


def test_somebody_new_may_name_a_seat_and_the_other_moves():
    half_full = replace(FIRM, seats=FIRM.seats[:1])
    assert seats(bring(half_full, corporate(2, "P003", seat=1), corporate(3, "P001", seat=None))) == {
        "P003": 1,
        "P001": 2,
    }


def test_clearing_the_end_takes_the_seat_again_if_it_is_free():
    left = replace(FIRM, seats=(FIRM.seats[0], replace(FIRM.seats[1], ended_on=DAY)))
    assert bring(left, corporate(2, "P002", ended_on=None)).seats[0].after == FIRM.seats[1]
    both = bring(left, corporate(2, "P002", ended_on=None), corporate(3, "P003", seat=2))
    assert faults(both) == [(3, "person")]


def test_people_who_left_before_they_came_need_no_free_seat():
    rows = [corporate(row, f"P{row}", ended_on=DAY) for row in (2, 3, 4)]
    outcome = bring(a_register(), *rows, corporate(5, "P5"))
    assert outcome.bad == ()
    assert seats(outcome) == {"P5": 1, "P2": 2, "P3": 1, "P4": 1}


def test_an_individual_membership_has_one_living_seat():
    register = a_register(a_membership(), a_seat())
    outcome = bring(register, a_row(2, person="P002"))
    assert faults(outcome) == [(2, "person")]
    assert "one seat, taken by P001 Person P001" in outcome.bad[0].reason
    assert bring(register, a_row(2, person="P002"), a_row(3, ended_on=DAY)).bad == ()


def test_an_honorary_membership_has_room_for_all():
    rows = [a_row(row, person=f"P{row}", kind=MembershipKind.HONORARY) for row in range(2, 9)]
    assert set(seats(bring(a_register(), *rows)).values()) == {None}


def test_only_a_corporate_membership_has_numbered_seats():
    assert faults(bring(a_register(), a_row(2, seat=1))) == [(2, "seat")]
    assert bring(a_register(), a_row(2, seat=None)).bad == ()


def test_a_change_of_kind_numbers_everybody_anew():
    register = a_register(a_membership(), a_seat(), a_seat(person="P000", ended_on=DAY))
    assert seats(bring(register, corporate(2, "P001"), corporate(3, "P002"))) == {"P000": 1, "P001": 1, "P002": 2}
    outcome = bring(FIRM, a_row(2, person="P001"), a_row(3, person="P002", ended_on=DAY))
    assert seats(outcome) == {"P001": None, "P002": None}
