"""A plan differs from the register for exactly the people whose copies would be others now, and says why."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.address import Address
from mailer.domain.circulation import Copy, Judged, copies_for
from mailer.domain.circulation_change import ChangeKind, CirculationChange, PersonChange, change_of
from mailer.domain.entitlement import Candidate, Entitlement, EntitlementReason
from mailer.domain.insert import Inserts, Renewal
from mailer.domain.mailing import MailingState
from mailer.domain.membership import FeeSchedule, Membership, MembershipKind, Seat
from mailer.domain.newsletter import InsertShow
from tests.builders import a_season

DAY = date(2018, 7, 12)
INSERTS = Inserts(
    day=DAY,
    renewal=Renewal(show=InsertShow.ALWAYS, due_days=90),
    fees=FeeSchedule(seasons=(a_season(2018), a_season(2019))),
)
NAMES = {"en": "Anna", "ru": "Анна"}
SEAT = Seat(
    membership="M1", person="P1", names=NAMES, salutations=NAMES, address=Address(local="anna", domain="a.example")
)


def judged(
    editions: tuple[str, ...] = ("en", "ru"),
    *,
    seat: Seat = SEAT,
    reason: EntitlementReason = EntitlementReason.PAID,
    until: date | None = date(2018, 12, 31),
) -> Judged:
    membership = Membership(id="M1", kind=MembershipKind.INDIVIDUAL)
    entitlement = Entitlement(reason=reason, rule=6, evidence=(), editions=editions, paid_until=until)
    return Judged(
        person="P1", candidate=Candidate(membership=membership, seat=seat, payments=()), entitlement=entitlement
    )


def planned(*of: Judged) -> list[Copy]:
    return copies_for(of, inserts=INSERTS, first_number=7)


def change(before: list[Copy], now: Judged | None, withheld: tuple[int, ...] = ()) -> PersonChange | None:
    return change_of(before, now, inserts=INSERTS, withheld=withheld)


OTHER = replace(SEAT, address=Address(local="anna", domain="b.example"))


@pytest.mark.parametrize(
    ("before", "now", "kind", "reasons"),
    [
        (planned(judged()), judged((), reason=EntitlementReason.ENDED), ChangeKind.LOST, ("ended",)),
        (planned(judged()), None, ChangeKind.LOST, ("not_in_register",)),
        ([], judged(), ChangeKind.GAINED, ("paid",)),
        ([], judged(reason=EntitlementReason.GRACE), ChangeKind.GAINED, ("grace",)),
        (planned(judged()), judged(("en",)), ChangeKind.CHANGED, ("languages_changed",)),
        (planned(judged()), judged(seat=OTHER), ChangeKind.CHANGED, ("address_changed",)),
        (
            planned(judged()),
            judged(seat=replace(SEAT, names={"en": "Ann", "ru": "Анна"})),
            ChangeKind.CHANGED,
            ("name_changed",),
        ),
        (planned(judged()), judged(until=date(2019, 12, 31)), ChangeKind.CHANGED, ("insert_changed",)),
    ],
)
def test_a_person_whose_copies_would_be_others_is_named_with_the_reason(before, now, kind, reasons) -> None:
    found = change(before, now)
    assert (found.kind, found.reasons) == (kind, reasons)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (planned(judged()), judged()),
        (planned(judged()), judged(reason=EntitlementReason.GRACE, until=date(2018, 12, 31))),
        ([], None),
        ([], judged((), reason=EntitlementReason.UNPAID)),
    ],
)
def test_whose_copies_stay_as_they_are_or_who_never_had_one_is_not_named(before, now) -> None:
    found = change(before, now)
    # Another reason to receive shows in the copy only where its renewal notice has other words.
    assert found is None or found.reasons == ("insert_changed",)


def test_a_copy_that_was_held_meanwhile_though_its_reader_is_entitled_is_named() -> None:
    assert change(planned(judged()), judged(), withheld=(8,)).reasons == ("copy_held",)
    assert change(planned(judged()), judged(), withheld=(9,)) is None


sides = st.builds(
    judged,
    st.sampled_from([(), ("en",), ("ru",), ("en", "ru")]),
    seat=st.sampled_from([SEAT, OTHER, replace(SEAT, salutations={"en": "Dear A", "ru": "Анна"})]),
    reason=st.sampled_from([EntitlementReason.PAID, EntitlementReason.GRACE]),
    until=st.sampled_from([date(2018, 12, 31), date(2019, 12, 31)]),
)


@given(before=sides, now=st.one_of(st.none(), sides))
def test_there_is_a_change_exactly_when_other_copies_would_be_planned(before: Judged, now: Judged | None) -> None:
    copies = planned(before)
    again = planned(*([now] if now is not None else []))
    assert (change(copies, now) is not None) is (copies != again)


def test_one_difference_has_one_digest_and_only_words_concern_no_receiving() -> None:
    words = PersonChange(person="P1", name="Anna", kind=ChangeKind.CHANGED, reasons=("name_changed", "insert_changed"))
    one = CirculationChange(issue="harbour-letter/41", mailing=1, state=MailingState.APPROVED, people=(words,))
    assert one.digest == replace(one, state=MailingState.HELD).digest
    assert len({one.digest, replace(one, mailing=2).digest, replace(one, people=()).digest}) == 3
    assert one.receiving.people == ()
    for kind, reason in [
        ("lost", "ended"),
        ("gained", "paid"),
        ("changed", "address_changed"),
        ("changed", "copy_held"),
    ]:
        other = PersonChange(person="P2", name="", kind=ChangeKind(kind), reasons=(reason,))
        assert replace(one, people=(words, other)).receiving.people == (other,)
