"""Each person is a recipient or excluded, never both, and copies are numbered."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from mailer.config import load_schedules
from mailer.domain.circulation import (
    Register,
    candidates,
    copies_for,
    judge,
)
from mailer.domain.edition import NO_INSERT
from mailer.domain.entitlement import Audience, EntitlementReason
from mailer.domain.insert import Inserts, Renewal
from mailer.domain.membership import FeeSchedule, Membership, MembershipKind, Payment, Seat
from mailer.domain.newsletter import InsertShow
from mailer.domain.register_change import difference
from mailer.formats.register.files import read_members, read_payments
from tests.builders import a_membership, a_payment, a_register, a_season, a_seat

DAY = date(2018, 7, 12)
ONE = timedelta(days=1)
FEES = FeeSchedule(seasons=(a_season(2017), a_season(2018), a_season(2019)))
AUDIENCE = Audience(
    date=DAY, circulations=("club", "centre"), grace_days=0, default_language="en", languages=("en", "ru")
)
INSERTS = Inserts(day=DAY, renewal=Renewal(show=InsertShow.ALWAYS, due_days=90), fees=FEES)


def circulation(register: Register, audience: Audience = AUDIENCE, held: frozenset[str] = frozenset()):
    return judge(candidates(replace(register, held=held), audience.date), audience, FEES)


def reasons(*parts: Membership | Seat | Payment, day: date = DAY) -> dict[str, str]:
    found = circulation(a_register(*parts), replace(AUDIENCE, date=day))
    return {person: one.entitlement.reason.value for person, one in found.items()}


# --- the best of several rows -----------------------------------------------------------------------------------------


def test_a_person_on_several_memberships_is_judged_by_the_best():
    unpaid, paid, honorary = a_membership("M001"), a_membership("M002"), a_membership("M003", MembershipKind.HONORARY)
    rows = [a_seat(one.id, "P001") for one in (unpaid, paid, honorary)]
    payment = a_payment("M002")
    # A recipient comes before an exclusion, even one by an earlier rule.
    elsewhere = a_membership("M000", circle="archive")
    best = circulation(a_register(elsewhere, a_seat("M000", "P001"), paid, rows[1], payment))["P001"]
    assert (best.candidate.membership.id, best.entitlement.reason) == ("M002", EntitlementReason.PAID)
    # Then the lowest rule.
    best = circulation(a_register(unpaid, paid, honorary, *rows, payment))["P001"]
    assert (best.candidate.membership.id, best.entitlement.reason) == ("M003", EntitlementReason.HONORARY)
    best = circulation(a_register(elsewhere, a_seat("M000", "P001"), unpaid, rows[0]))["P001"]
    assert (best.candidate.membership.id, best.entitlement.reason) == ("M000", EntitlementReason.NOT_IN_CIRCULATION)
    # Then the first membership.
    best = circulation(a_register(a_membership("M004"), a_seat("M004", "P001"), unpaid, rows[0]))["P001"]
    assert best.candidate.membership.id == "M001"


def test_a_pause_on_the_paid_membership_leaves_the_honorary_one():
    paused = a_seat("M001", "P001", pause=replace(a_seat().pause, first=DAY))
    other = a_seat("M002", "P001", address=a_seat(person="P009").address)
    register = a_register(
        a_membership("M001"), a_membership("M002", MembershipKind.HONORARY), paused, other, a_payment("M001")
    )
    [copy] = copies_for(circulation(register).values(), inserts=INSERTS, first_number=1)
    assert copy.address == other.address


# --- seats ------------------------------------------------------------------------------------------------------------

FIRM = a_membership(kind=MembershipKind.CORPORATE)
ITS_FEE = a_payment(amount=Decimal(80000))


def test_a_third_person_on_a_corporate_membership_has_no_seat():
    trio = [a_seat(person=f"P00{number}", number=number) for number in (1, 2)] + [a_seat(person="P003")]
    assert reasons(FIRM, *trio, ITS_FEE) == {"P001": "paid", "P002": "paid", "P003": "no_seat"}
    # Of two people on the same seat, one has it.
    doubled = [a_seat(person="P002", number=1), a_seat(person="P001", number=1)]
    assert reasons(FIRM, *doubled, ITS_FEE) == {"P001": "paid", "P002": "no_seat"}


@pytest.mark.parametrize(
    ("day", "expected"),
    [(DAY - ONE, {"P001": "paid", "P002": "no_seat"}), (DAY, {"P001": "ended", "P002": "paid"})],
)
@pytest.mark.parametrize("kind", [MembershipKind.CORPORATE, MembershipKind.INDIVIDUAL])
def test_who_leaves_keeps_the_seat_until_that_day_and_the_successor_has_it_then(kind, day, expected):
    number = 1 if kind is MembershipKind.CORPORATE else None
    leaver, successor = a_seat(person="P001", number=number, ended_on=DAY), a_seat(person="P002", number=number)
    fee = ITS_FEE if kind is MembershipKind.CORPORATE else a_payment()
    for rows in ((leaver, successor), (successor, leaver)):
        assert reasons(a_membership(kind=kind), *rows, fee, day=day) == expected


def test_the_other_seat_is_not_touched_by_a_succession():
    leaver, successor = a_seat(person="P001", number=1, ended_on=DAY + ONE), a_seat(person="P002", number=1)
    other = a_seat(person="P003", number=2)
    assert reasons(FIRM, leaver, successor, other, ITS_FEE) == {"P001": "paid", "P002": "no_seat", "P003": "paid"}


def test_free_memberships_have_room_for_everybody():
    rows = [a_seat(person=f"P00{number}") for number in range(1, 6)]
    assert set(reasons(a_membership(kind=MembershipKind.HONORARY), *rows).values()) == {"honorary"}


# --- holds ------------------------------------------------------------------------------------------------------------


def test_a_held_address_holds_everybody_who_uses_it_however_it_is_written():
    shared = replace(a_seat().address, local="Anna")
    register = a_register(
        a_membership("M001", MembershipKind.HONORARY),
        a_seat(person="P001", address=shared),
        a_seat(person="P002", address=replace(shared, local="ANNA")),
        a_seat(person="P003"),
    )
    found = circulation(register, held=frozenset({"anna@example.org"}))
    assert [one.entitlement.reason for one in found.values()] == ["address_held", "address_held", "honorary"]


# --- copies -----------------------------------------------------------------------------------------------------------


def test_copies_are_numbered_in_order_one_for_each_edition():
    register = a_register(
        a_membership("M001", MembershipKind.HONORARY),
        a_seat("M001", "P001", languages=("en",)),
        a_seat("M001", "P002", languages=("de",)),
        a_seat("M001", "P003", languages=("ru", "en"), names={"ru": "Анна", "en": "Anna"}, salutations={"ru": "Анне"}),
        # Two people may share an address; each gets a copy of their own.
        a_seat("M001", "P004", languages=(), address=a_seat(person="P001").address),
    )
    copies = copies_for(circulation(register).values(), inserts=INSERTS, first_number=17)
    assert [(one.copy_number, one.person, one.language) for one in copies] == [
        (17, "P001", "en"),
        (18, "P003", "ru"),
        (19, "P003", "en"),
        (20, "P004", "en"),
    ]
    assert [(one.name, one.salutation) for one in copies[1:3]] == [("Анна", "Анне"), ("Anna", "")]
    assert copies[0].address == copies[3].address
    assert {one.variant for one in copies} == {NO_INSERT}
    assert copies_for([], inserts=INSERTS, first_number=1) == []


# --- the seed ---------------------------------------------------------------------------------------------------------


def test_the_seed_register_comes_to_its_expected_circulation(seed, tmp_path):
    (tmp_path / "fees.toml").write_bytes((seed / "fees.toml").read_bytes())
    fees = load_schedules(tmp_path).fees
    people, paid = ((seed / name).read_bytes() for name in ("members.csv", "payments.csv"))
    read = difference(a_register(), read_members("members.csv", people), read_payments("payments.csv", paid))
    after = (change.after for change in (*read.memberships, *read.seats))
    register = a_register(*after, *read.payments)
    found = judge(candidates(register, DAY), AUDIENCE, fees)
    with (seed / "expected-circulation.csv").open(encoding="utf-8", newline="") as opened:
        expected = [tuple(row.values()) for row in csv.DictReader(opened)]
    decided = [
        (
            person,
            "recipient" if one.entitlement.receives else "excluded",
            one.entitlement.reason.value,
            " ".join(one.entitlement.editions),
        )
        for person, one in found.items()
    ]
    assert sorted(decided) == sorted(expected)
    assert len(copies_for(found.values(), inserts=INSERTS, first_number=1)) == 16
