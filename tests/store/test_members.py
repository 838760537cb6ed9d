from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from mailer.domain.circulation import Register
from mailer.domain.membership import MembershipKind
from mailer.domain.register_difference import Difference, MembershipChange, SeatChange
from mailer.store import Store, members
from mailer.store.schema import payments, seats
from tests import databases
from tests.builders import a_membership, a_payment, a_register, a_seat, registers

DAY = date(2018, 7, 12)
FIRM = a_register(
    a_membership(kind=MembershipKind.CORPORATE),
    a_seat(person="P001", number=1),
    a_seat(person="P002", number=2),
    a_payment(amount=Decimal("80000.50")),
)


def everything_new(register: Register) -> Difference:
    return Difference(
        memberships=tuple(MembershipChange(before=None, after=one) for one in register.memberships.values()),
        seats=tuple(SeatChange(before=None, after=seat) for seat in register.seats),
        payments=register.payments,
    )


def apply(store: Store, difference: Difference) -> Register:
    with store.transaction() as connection:
        members.lock_register(connection)
        members.apply(connection, difference)
    with store.transaction() as connection:
        return members.load_register(connection)


def test_an_empty_register_is_version_0(store):
    with store.transaction() as connection:
        assert members.load_register(connection) == a_register()
        assert members.register_version(connection) == 0


def test_what_was_applied_is_loaded_and_the_version_grows(store):
    assert apply(store, everything_new(FIRM)) == replace(FIRM, version=1)
    paid = a_payment(reference="", amount=Decimal("-0.01"), paid_on=None, in_full=True)
    after = apply(store, Difference(payments=(paid,)))
    assert after == replace(FIRM, payments=(*FIRM.payments, paid), version=2)


def test_nothing_to_apply_leaves_the_version(store):
    assert apply(store, Difference()).version == 0


def test_hundredths_are_what_is_kept(store):
    apply(store, everything_new(FIRM))
    with store.transaction() as connection:
        assert connection.execute(select(payments.c.amount)).scalar() == 8_000_050


@settings(max_examples=30)
@given(registers())
def test_any_register_comes_back_as_it_was(register):
    with TemporaryDirectory() as folder:
        databases.begin(Path(folder))
        store = Store.open(databases.url_of(Path(folder)), Path(folder))
        assert apply(store, everything_new(register)) == replace(register, version=bool(register.memberships))
        store.close()


def test_two_people_can_swap_and_a_successor_can_come(store):
    first, second = apply(store, everything_new(FIRM)).seats
    swapped = apply(
        store,
        Difference(
            seats=(
                SeatChange(before=first, after=replace(first, number=2)),
                SeatChange(before=second, after=replace(second, number=1)),
            )
        ),
    )
    assert {seat.person: seat.number for seat in swapped.seats} == {"P001": 2, "P002": 1}
    leaver = next(seat for seat in swapped.seats if seat.number == 2)
    after = apply(
        store,
        Difference(
            seats=(
                SeatChange(before=None, after=a_seat(person="P003", number=2)),
                SeatChange(before=leaver, after=replace(leaver, ended_on=DAY)),
            )
        ),
    )
    assert [(seat.person, seat.number) for seat in after.seats] == [("P002", 1), ("P001", 2), ("P003", 2)]


@pytest.mark.parametrize(
    ("old", "new"),
    [(MembershipKind.INDIVIDUAL, MembershipKind.CORPORATE), (MembershipKind.CORPORATE, MembershipKind.INDIVIDUAL)],
)
def test_a_change_of_kind_takes_the_seats_along(store, old, new):
    membership = a_membership(kind=old)
    seat = a_seat(number=1 if old is MembershipKind.CORPORATE else None)
    apply(store, everything_new(a_register(membership, seat)))
    changed = replace(membership, kind=new, organisation="Delta")
    renumbered = replace(seat, number=1 if new is MembershipKind.CORPORATE else None)
    after = apply(
        store,
        Difference(
            memberships=(MembershipChange(before=membership, after=changed),),
            seats=(SeatChange(before=seat, after=renumbered),),
        ),
    )
    assert after == replace(a_register(changed, renumbered), version=2)


def test_a_change_of_kind_reaches_seats_that_do_not_change(store):
    membership, seat = a_membership(kind=MembershipKind.HONORARY), a_seat()
    apply(store, everything_new(a_register(membership, seat)))
    changed = replace(membership, kind=MembershipKind.INDIVIDUAL)
    after = apply(store, Difference(memberships=(MembershipChange(before=membership, after=changed),)))
    assert after.seats == (seat,)
    with store.transaction() as connection:
        assert connection.execute(select(seats.c.kind)).scalar() == "individual"


def test_the_database_itself_refuses_a_third_seat(store):
    apply(store, everything_new(FIRM))
    third = SeatChange(before=None, after=a_seat(person="P003", number=2))
    with pytest.raises(IntegrityError):
        apply(store, Difference(seats=(third,)))
    beyond = SeatChange(before=None, after=a_seat(person="P003", number=3))
    with pytest.raises(IntegrityError):
        apply(store, Difference(seats=(beyond,)))


def test_the_database_itself_refuses_a_second_living_seat_on_an_individual_membership(store):
    apply(store, everything_new(a_register(a_membership(), a_seat(), a_seat(person="P000", ended_on=DAY))))
    with pytest.raises(IntegrityError):
        apply(store, Difference(seats=(SeatChange(before=None, after=a_seat(person="P002")),)))


def test_a_phone_number_is_kept(store: Store) -> None:
    number = "+46 8 123 45 67"
    register = a_register(a_membership(), a_seat(phone=number))
    assert [seat.phone for seat in apply(store, everything_new(register)).seats] == [number]


def test_people_are_found_by_the_new_name_of_their_organisation(store: Store) -> None:
    before = a_membership(organisation="Northern Bank")
    apply(store, everything_new(a_register(before, a_seat(names={"en": "Zoë Ångström"}))))
    after = replace(before, organisation="Southern Bank")
    apply(store, Difference(memberships=(MembershipChange(before=before, after=after),)))
    with store.reading() as connection:
        row = connection.execute(select(seats.c.sorted_by, seats.c.searched)).one()
    assert row.sorted_by == "zoe angstrom"
    assert "southern bank" in row.searched
    assert "northern bank" not in row.searched


def test_no_number_of_people_is_too_large_for_a_statement(store):
    """A statement takes so many parameters only: PostgreSQL 65,535."""
    register = a_register(
        *(a_membership(id=f"M{number}", kind=MembershipKind.CORPORATE, organisation="Old") for number in range(40)),
        *(a_seat(membership=f"M{number}", person=f"P{number}", number=1) for number in range(40)),
    )
    before = apply(store, everything_new(register))
    most = []
    event.listen(store._engine, "before_cursor_execute", lambda *call: most.append(0 if call[5] else len(call[3])))
    renamed = tuple(
        MembershipChange(before=one, after=replace(one, organisation="New")) for one in before.memberships.values()
    )
    apply(store, Difference(memberships=renamed))
    with store.transaction() as connection:
        people = [seat.person for seat in before.seats]
        assert len(members.names_of(connection, people)) == len(members.known_people(connection, people)) == 40
        members.seated_at_each(connection, [f"{person}@members.example" for person in people])
        members.change_seats(connection, before.seats)
        assert len(members.known_people(connection, parts=["new"])) == 40
    assert max(most) < 40
