"""Each person's insert is in their own terms, and offers what they have still to pay."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.domain.edition import ALL_VARIANTS, NO_INSERT, Terms, Variant, Wording, variant_named
from mailer.domain.entitlement import Audience, Candidate, Entitlement, EntitlementReason, entitlement
from mailer.domain.insert import Inserts, Renewal, usual_variants, variant_for
from mailer.domain.membership import FeeSchedule, Membership, MembershipKind, Payment, Period
from mailer.domain.newsletter import InsertShow
from tests.builders import a_membership, a_payment, a_season, a_seat, a_year

DAY = date(2018, 7, 12)
ONE = timedelta(days=1)
ALWAYS = Renewal(show=InsertShow.ALWAYS, due_days=90)


# --- which insert -----------------------------------------------------------------------------------------------------


def a_reader(
    kind: MembershipKind = MembershipKind.INDIVIDUAL,
    reason: EntitlementReason = EntitlementReason.PAID,
    until: date | None = None,
    *,
    ahead: bool = False,
) -> tuple[Candidate, Entitlement]:
    answer = Entitlement(reason=reason, rule=6, evidence=(), editions=("en",), paid_until=until, paid_ahead=ahead)
    row = Candidate(membership=a_membership(kind=kind), seat=a_seat(), payments=())
    return row, answer


END = date(2018, 12, 31)
READERS = [
    (a_reader(until=END), Variant(terms=Terms.INDIVIDUAL, wording=Wording.RENEW)),
    (a_reader(until=END, ahead=True), Variant(terms=Terms.INDIVIDUAL, wording=Wording.AHEAD)),
    (a_reader(reason=EntitlementReason.GRACE, until=DAY - ONE), Variant(terms=Terms.INDIVIDUAL, wording=Wording.GRACE)),
    (a_reader(MembershipKind.CORPORATE, until=END), Variant(terms=Terms.CORPORATE, wording=Wording.RENEW)),
    (a_reader(MembershipKind.CORPORATE, until=END, ahead=True), Variant(terms=Terms.CORPORATE, wording=Wording.AHEAD)),
    (
        a_reader(MembershipKind.CORPORATE, EntitlementReason.GRACE, DAY - ONE),
        Variant(terms=Terms.CORPORATE, wording=Wording.GRACE),
    ),
    (a_reader(MembershipKind.COMPLIMENTARY, EntitlementReason.COMPLIMENTARY, END), Variant(terms=Terms.COMPLIMENTARY)),
    (
        a_reader(MembershipKind.COMPLIMENTARY, EntitlementReason.COMPLIMENTARY),
        Variant(terms=Terms.COMPLIMENTARY, wording=Wording.OPEN),
    ),
    (a_reader(MembershipKind.HONORARY, EntitlementReason.HONORARY, END), NO_INSERT),
    (a_reader(MembershipKind.HONORARY, EntitlementReason.HONORARY), NO_INSERT),
]


@pytest.mark.parametrize(("reader", "variant"), READERS)
def test_the_insert_is_in_the_readers_own_terms(reader, variant):
    assert variant_for(*reader, DAY, ALWAYS) == variant
    assert variant in ALL_VARIANTS
    assert variant_for(*reader, DAY, replace(ALWAYS, show=InsertShow.NEVER)) == NO_INSERT


@pytest.mark.parametrize(("days", "shown"), [(-1, True), (0, True), (90, True), (91, False)])
@pytest.mark.parametrize("kind", [MembershipKind.INDIVIDUAL, MembershipKind.CORPORATE, MembershipKind.COMPLIMENTARY])
def test_when_due_is_so_many_days_before_the_end(kind, days, shown):
    reason = EntitlementReason.COMPLIMENTARY if kind is MembershipKind.COMPLIMENTARY else EntitlementReason.PAID
    reader = a_reader(kind, reason, DAY + timedelta(days=days))
    assert (variant_for(*reader, DAY, Renewal(show=InsertShow.WHEN_DUE, due_days=90)) != NO_INSERT) is shown


def test_when_due_is_never_without_an_end():
    reader = a_reader(MembershipKind.COMPLIMENTARY, EntitlementReason.COMPLIMENTARY)
    assert variant_for(*reader, DAY, Renewal(show=InsertShow.WHEN_DUE, due_days=90)) == NO_INSERT


def test_every_variant_is_somebodys():
    assert {variant for _, variant in READERS} == set(ALL_VARIANTS)


# --- what it offers ---------------------------------------------------------------------------------------------------

ISSUE_DAY = date(2026, 10, 15)
SEASONS = FeeSchedule(seasons=(a_season(2025), a_season(2026), a_season(2027)))
AUDIENCE = Audience(
    date=ISSUE_DAY, circulations=("club",), grace_days=30, default_language="en", languages=("en", "ru")
)


def inserts(fees: FeeSchedule = SEASONS, compiled: set[Variant] | None = None) -> Inserts:
    return Inserts(day=ISSUE_DAY, renewal=ALWAYS, fees=fees, compiled=compiled)


def needed(membership: Membership, *paid: Payment, fees: FeeSchedule = SEASONS) -> str:
    row = Candidate(membership=membership, seat=a_seat(), payments=paid)
    answer = entitlement(row, AUDIENCE, fees)
    assert answer.receives
    return inserts(fees).needed(row, answer).name


def paid_in_full(first: date, last: date) -> Payment:
    return a_payment(period=Period(first=first, last=last), amount=Decimal(1), in_full=True)


YEAR = {year: a_payment(period=a_year(year)) for year in range(2025, 2030)}


@pytest.mark.parametrize(
    ("payments", "name"),
    [
        ([YEAR[2026]], "individual-renew:2027,2027-2028"),
        ([paid_in_full(date(2026, 1, 1), date(2026, 11, 30))], "individual-renew:2027,2027-2028"),
        ([paid_in_full(date(2026, 7, 1), date(2027, 6, 30))], "individual-renew:2026-2027,2027,2027-2028"),
        ([YEAR[2026], YEAR[2027]], "individual-ahead"),
        # A part of the fee pays for nothing; more than one payment may pay for a year.
        ([YEAR[2026], replace(YEAR[2027], amount=Decimal(20000))], "individual-renew:2027,2027-2028"),
        ([YEAR[2026], *2 * [replace(YEAR[2027], amount=Decimal(25000))]], "individual-ahead"),
        ([YEAR[2026], replace(YEAR[2027], currency="EUR")], "individual-renew:2027,2027-2028"),
        # After a gap of a month the year 2027 is paid.
        ([paid_in_full(date(2026, 1, 1), date(2026, 11, 30)), YEAR[2027]], "individual-renew:2027-2028"),
        (
            [
                paid_in_full(date(2026, 1, 1), date(2026, 11, 30)),
                a_payment(period=a_year(2027, years=2), amount=Decimal(90000)),
            ],
            "individual-renew:2026,2026-2027",
        ),
        # In the days of grace.
        ([paid_in_full(date(2026, 1, 1), date(2026, 9, 30))], "individual-grace:2027,2027-2028"),
    ],
)
def test_what_is_still_to_be_paid_is_offered(payments, name):
    assert needed(a_membership(), *payments) == name


def test_corporate_people_are_offered_periods_of_their_kind():
    before, present, next_season = SEASONS.seasons
    corporate_only = replace(next_season.options[0], individual=Decimal(0))
    fees = FeeSchedule(seasons=(before, present, replace(next_season, options=(corporate_only,))))
    firm = a_membership(kind=MembershipKind.CORPORATE)
    assert needed(firm, replace(YEAR[2026], amount=Decimal(80000)), fees=fees) == "corporate-renew:2027"
    assert needed(a_membership(), YEAR[2026], fees=fees) == "individual-renew:2026-2027"


@pytest.mark.parametrize(
    ("free_until", "name"),
    [
        (None, "complimentary-open:2026,2026-2027,2027,2027-2028"),
        (date(2026, 12, 31), "complimentary-renew:2027,2027-2028"),
        (date(2027, 12, 31), "complimentary-renew:2027-2028"),
        (date(2030, 12, 31), "complimentary-renew"),
    ],
)
def test_complimentary_people_are_offered_what_begins_when_their_free_time_ends(free_until, name):
    guest = a_membership(kind=MembershipKind.COMPLIMENTARY, free_until=free_until)
    assert needed(guest) == name


def test_honorary_people_see_no_insert():
    assert needed(a_membership(kind=MembershipKind.HONORARY)) == "none"


def is_lacking(row: Candidate, fees: FeeSchedule) -> bool:
    answer, chooser = entitlement(row, AUDIENCE, fees), inserts(fees)
    return chooser.lacks_season(chooser.needed(row, answer), answer.paid_until)


@pytest.mark.parametrize(
    ("until", "seasons", "lacks"),
    [
        (date(2026, 12, 31), (2026,), False),  # the two years are offered
        (date(2027, 6, 30), (2026,), False),
        (date(2027, 12, 30), (2026,), False),
        (date(2027, 6, 30), (), True),
        (date(2027, 12, 31), (), False),  # ahead
    ],
)
def test_a_missing_season_is_noted_where_a_person_is_asked_to_pay(until, seasons, lacks):
    fees = FeeSchedule(seasons=tuple(map(a_season, seasons)))
    row = Candidate(membership=a_membership(), seat=a_seat(), payments=(paid_in_full(date(2026, 1, 1), until),))
    assert is_lacking(row, fees) is lacks
    guest = Candidate(
        membership=a_membership(kind=MembershipKind.COMPLIMENTARY, free_until=until), seat=a_seat(), payments=()
    )
    assert is_lacking(guest, fees) is lacks


def test_without_a_compiled_table_the_insert_has_none():
    rare, usual = variant_named("individual-renew:2031"), variant_named("individual-renew:2027,2027-2028")
    compiled = inserts(compiled={usual, usual.plain})
    assert compiled.available(usual) == usual
    assert compiled.available(rare) == rare.plain == usual.plain
    assert inserts().available(rare) == rare


# --- how many there are -----------------------------------------------------------------------------------------------


def test_thousands_of_people_need_few_variants():
    ends = [ISSUE_DAY + timedelta(days=number) for number in range(-20, 900, 3)]
    people = [
        (a_membership(kind=kind), (paid_in_full(date(2026, month, 1), end),))
        for kind in (MembershipKind.INDIVIDUAL, MembershipKind.CORPORATE)
        for month in range(1, 9)
        for end in ends
    ]
    people += [(a_membership(kind=MembershipKind.COMPLIMENTARY, free_until=end), ()) for end in (None, *ends[7:])]
    chooser, variants = inserts(), set[Variant]()
    for membership, payments in people:
        row = Candidate(membership=membership, seat=a_seat(), payments=payments)
        answer = entitlement(row, AUDIENCE, SEASONS)
        assert answer.receives
        variants.add(chooser.needed(row, answer))
    usual = usual_variants(SEASONS, ISSUE_DAY, AUDIENCE.grace_days)
    assert len(people) > 5000
    assert variants <= set(usual)
    assert (len(variants), len(usual)) == (13, 19)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.builds(a_season, st.integers(2024, 2031)), max_size=6, unique_by=lambda season: season.year))
def test_the_number_of_variants_follows_from_the_fee_schedule(seasons):
    fees = FeeSchedule(seasons=tuple(seasons))
    usual = usual_variants(fees, ISSUE_DAY, 30)
    offered = 2 * len([season for season in seasons if season.year >= ISSUE_DAY.year])
    assert set(ALL_VARIANTS) <= set(usual)
    assert len(usual) <= len(ALL_VARIANTS) + 6 * (2 * offered + 1)
    assert [variant_named(variant.name) for variant in usual] == list(usual)
