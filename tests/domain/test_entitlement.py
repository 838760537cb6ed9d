"""The twelve rules of docs/entitlement.md, one by one, each boundary day from both sides."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from mailer.domain.entitlement import (
    RECEIVES,
    Audience,
    Candidate,
    Entitlement,
    EntitlementReason,
    entitlement,
    paid_periods,
    paid_until,
)
from mailer.domain.membership import FeeSchedule, MembershipKind, Pause, Payment, Period
from tests.builders import a_membership, a_payment, a_season, a_seat, a_year

DAY = date(2018, 7, 12)
ONE = timedelta(days=1)
FEES = FeeSchedule(seasons=(a_season(2017), a_season(2018), a_season(2019)))
AUDIENCE = Audience(
    date=DAY, circulations=("club", "centre"), grace_days=0, default_language="en", languages=("en", "ru")
)


def judged(*payments: Payment, kind: MembershipKind = MembershipKind.INDIVIDUAL, **also: object) -> Entitlement:
    """The answer for a member who paid this; further arguments go to the audience, the membership or the seat."""
    audience = {name: also.pop(name) for name in ("date", "grace_days", "languages_of_issue") if name in also}
    if "languages_of_issue" in audience:
        audience["languages"] = audience.pop("languages_of_issue")
    ours = {name: also.pop(name) for name in ("circle", "free_until") if name in also}
    candidate = {name: also.pop(name) for name in ("seated", "address_held") if name in also}
    asked = Candidate(membership=a_membership(kind=kind, **ours), seat=a_seat(**also), payments=payments, **candidate)
    return entitlement(asked, replace(AUDIENCE, **audience), FEES)


def said(answer: Entitlement) -> tuple[str, int]:
    assert answer.receives == (answer.reason in RECEIVES) == bool(answer.editions)
    assert answer.evidence
    return answer.reason, answer.rule


def paid(first: date, last: date, amount: int = 50000, **fields: object) -> Payment:
    return a_payment(period=Period(first=first, last=last), amount=Decimal(amount), **fields)


THIS_YEAR = paid(date(2018, 1, 1), date(2018, 12, 31))
LAST_YEAR = paid(date(2017, 1, 1), date(2017, 12, 31))
NEXT_YEAR = paid(date(2019, 1, 1), date(2019, 12, 31))


# --- rules 1 to 5 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("circle", ["", "archive", "Club", "club "])
def test_1_a_circle_that_the_newsletter_does_not_go_to(circle):
    assert said(judged(THIS_YEAR, circle=circle)) == ("not_in_circulation", 1)


@pytest.mark.parametrize("circle", ["club", "centre"])
def test_1_a_circle_that_it_goes_to(circle):
    assert said(judged(THIS_YEAR, circle=circle)) == ("paid", 6)


@pytest.mark.parametrize(
    ("ended_on", "expected"), [(DAY - ONE, ("ended", 2)), (DAY, ("ended", 2)), (DAY + ONE, ("paid", 6))]
)
def test_2_who_has_left(ended_on, expected):
    assert said(judged(THIS_YEAR, ended_on=ended_on)) == expected


def test_3_nobody_without_an_address_not_even_an_honorary_member():
    assert said(judged(THIS_YEAR, address=None)) == ("no_address", 3)
    assert said(judged(kind=MembershipKind.HONORARY, address=None)) == ("no_address", 3)


@pytest.mark.parametrize("kind", [MembershipKind.HONORARY, MembershipKind.COMPLIMENTARY])
@pytest.mark.parametrize(("free_until", "receives"), [(None, True), (DAY + ONE, True), (DAY, True), (DAY - ONE, False)])
def test_4_free_time(kind, free_until, receives):
    answer = judged(kind=kind, free_until=free_until)
    assert said(answer) == (kind.value if receives else "expired", 4)
    assert answer.paid_until == (free_until if receives else None)
    assert not answer.paid_ahead


def test_4_payments_do_not_prolong_free_time():
    assert said(judged(THIS_YEAR, kind=MembershipKind.HONORARY, free_until=DAY - ONE)) == ("expired", 4)


def test_4_free_time_is_nothing_to_a_paying_membership():
    assert said(judged(free_until=DAY + ONE)) == ("unpaid", 9)


def test_5_a_person_without_a_seat_gets_nothing_however_well_paid():
    assert said(judged(a_payment(in_full=True), kind=MembershipKind.CORPORATE, seated=False)) == ("no_seat", 5)
    # Free memberships have no limit of seats.
    assert said(judged(kind=MembershipKind.COMPLIMENTARY, seated=False)) == ("complimentary", 4)


# --- rule 6: fully paid -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2017, 12, 31), ("not_yet_started", 9)),
        (date(2018, 1, 1), ("paid", 6)),
        (date(2018, 12, 31), ("paid", 6)),
        (date(2019, 1, 1), ("expired", 9)),
    ],
)
def test_6_both_ends_of_a_period_count(day, expected):
    assert said(judged(THIS_YEAR, date=day)) == expected


@pytest.mark.parametrize(
    ("kind", "amount", "expected"),
    [
        (MembershipKind.INDIVIDUAL, "50000", ("paid", 6)),
        (MembershipKind.INDIVIDUAL, "49999.99", ("underpaid", 8)),
        (MembershipKind.INDIVIDUAL, "50000.01", ("paid", 6)),
        (MembershipKind.CORPORATE, "80000", ("paid", 6)),
        (MembershipKind.CORPORATE, "79999.99", ("underpaid", 8)),
        (MembershipKind.CORPORATE, "50000", ("underpaid", 8)),
    ],
)
def test_6_the_fee_is_that_of_the_kind(kind, amount, expected):
    assert said(judged(a_payment(amount=Decimal(amount)), kind=kind)) == expected


def test_6_parts_add_up_within_one_period_and_currency():
    parts = (a_payment(amount=Decimal(20000)), a_payment(amount=Decimal(30000)))
    assert said(judged(*parts)) == ("paid", 6)
    assert said(judged(*parts[:1])) == ("underpaid", 8)
    other = replace(parts[1], currency="EUR")
    assert said(judged(parts[0], other)) == ("underpaid", 8)
    two_years = paid(date(2018, 1, 1), date(2019, 12, 31), 30000)
    assert said(judged(parts[0], two_years)) == ("underpaid", 8)


def test_6_a_reversal_takes_it_back():
    assert said(judged(THIS_YEAR, replace(THIS_YEAR, amount=Decimal(-50000)))) == ("unpaid", 9)
    assert said(judged(THIS_YEAR, replace(THIS_YEAR, amount=Decimal(-1)))) == ("underpaid", 8)
    # A reversal without a matching payment is no payment.
    assert said(judged(replace(THIS_YEAR, amount=Decimal(-50000)))) == ("unpaid", 9)
    # Paid, paid back, paid again.
    assert said(judged(THIS_YEAR, replace(THIS_YEAR, amount=Decimal(-50000)), THIS_YEAR)) == ("paid", 6)


def test_6_another_currency_is_not_the_fee():
    assert said(judged(a_payment(currency="EUR"))) == ("underpaid", 8)
    assert said(judged(a_payment(currency="EUR"), THIS_YEAR)) == ("paid", 6)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([("EUR", "0.01", True)], ("paid", 6)),
        ([("EUR", "0", True)], ("unpaid", 9)),
        ([("EUR", "700", True), ("EUR", "-700", False)], ("unpaid", 9)),
        ([("EUR", "700", True), ("EUR", "-699", False)], ("paid", 6)),
        # The sum in its own currency counts, no other.
        ([("EUR", "700", True), ("EUR", "-700", False), ("RUB", "100", False)], ("underpaid", 8)),
        ([("EUR", "-700", True), ("RUB", "100", False)], ("underpaid", 8)),
        ([("EUR", "-700", True)], ("unpaid", 9)),
    ],
)
def test_6_in_full_is_somebodys_word(amounts, expected):
    payments = [
        a_payment(currency=currency, amount=Decimal(amount), in_full=word) for currency, amount, word in amounts
    ]
    assert said(judged(*payments)) == expected


def test_6_a_period_of_no_fee_schedule_is_paid_by_somebodys_word_alone():
    odd = paid(date(2018, 3, 1), date(2019, 2, 28), 500000)
    assert said(judged(odd)) == ("underpaid", 8)
    assert said(judged(replace(odd, in_full=True))) == ("paid", 6)
    # `in_full` for one period says nothing about another.
    assert said(judged(odd, replace(LAST_YEAR, in_full=True))) == ("underpaid", 8)


def test_6_a_fee_of_nothing_is_paid_by_nobody():
    free = replace(FEES.seasons[1], options=(replace(FEES.seasons[1].options[0], individual=Decimal(0)),))
    none = replace(a_payment(), amount=Decimal(0))
    [period] = paid_periods([none], MembershipKind.INDIVIDUAL, FeeSchedule(seasons=(free,)))
    assert not period.full


def test_6_any_season_that_has_the_period_will_do():
    other = replace(FEES.seasons[1], year=2020, currency="EUR")
    assert FeeSchedule(seasons=(*FEES.seasons, other)).fees(MembershipKind.INDIVIDUAL, a_year(2018)) == (
        (Decimal(50000), "RUB"),
        (Decimal(50000), "EUR"),
    )


# --- paid until, paid ahead -------------------------------------------------------------------------------------------


def in_full(first: date, last: date) -> Payment:
    return paid(first, last, 1, in_full=True)


@pytest.mark.parametrize(
    ("payments", "until", "ahead"),
    [
        ([THIS_YEAR], date(2018, 12, 31), False),
        ([NEXT_YEAR, THIS_YEAR], date(2019, 12, 31), True),
        ([in_full(date(2018, 1, 1), date(2019, 12, 30))], date(2019, 12, 30), False),
        ([in_full(date(2018, 1, 1), date(2019, 12, 31))], date(2019, 12, 31), True),
        # The next period begins on the day after, on the same day, or a day too late.
        ([THIS_YEAR, in_full(date(2019, 1, 1), date(2019, 1, 31))], date(2019, 1, 31), False),
        ([THIS_YEAR, in_full(date(2018, 12, 31), date(2019, 1, 31))], date(2019, 1, 31), False),
        ([THIS_YEAR, in_full(date(2019, 1, 2), date(2019, 1, 31))], date(2018, 12, 31), False),
        # One inside another; a chain of three; a short one does not count.
        ([THIS_YEAR, in_full(date(2018, 7, 1), date(2018, 8, 1))], date(2018, 12, 31), False),
        (
            [
                in_full(date(2019, 1, 1), date(2019, 6, 30)),
                in_full(date(2018, 7, 12), date(2018, 7, 12)),
                in_full(date(2018, 7, 13), date(2018, 12, 31)),
            ],
            date(2019, 6, 30),
            False,
        ),
        ([THIS_YEAR, replace(NEXT_YEAR, amount=Decimal(1))], date(2018, 12, 31), False),
        # Periods before the date do not matter, and a run may include a period that has ended.
        ([LAST_YEAR, THIS_YEAR], date(2018, 12, 31), False),
        ([in_full(date.min, date.max - ONE)], date.max - ONE, True),
    ],
)
def test_paid_until_is_the_end_of_the_unbroken_run(payments, until, ahead):
    answer = judged(*payments)
    assert said(answer) == ("paid", 6)
    assert (answer.paid_until, answer.paid_ahead) == (until, ahead)


def test_nothing_is_paid_until_a_day_that_no_full_period_covers():
    assert paid_until(paid_periods([LAST_YEAR, NEXT_YEAR], MembershipKind.INDIVIDUAL, FEES), DAY) is None


def test_the_evidence_is_what_decided():
    evidence = judged(LAST_YEAR, THIS_YEAR, replace(NEXT_YEAR, amount=Decimal("10.50"))).evidence
    assert evidence == ("2018-01-01 to 2018-12-31: 50000 RUB, paid in full",)
    assert judged(replace(THIS_YEAR, amount=Decimal("10.50"))).evidence == (
        "2018-01-01 to 2018-12-31: 10.5 RUB, not paid in full",
    )
    assert judged().evidence == ("no payment",)


# --- rule 7: grace ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "grace_days", "expected"),
    [
        (date(2018, 12, 31), 10, ("paid", 6)),
        (date(2019, 1, 1), 0, ("expired", 9)),
        (date(2019, 1, 1), 1, ("grace", 7)),
        (date(2019, 1, 10), 10, ("grace", 7)),
        (date(2019, 1, 11), 10, ("expired", 9)),
    ],
)
def test_7_days_of_grace(day, grace_days, expected):
    answer = judged(THIS_YEAR, date=day, grace_days=grace_days)
    assert said(answer) == expected
    if expected[0] == "grace":
        assert (answer.paid_until, answer.paid_ahead) == (date(2018, 12, 31), False)


def test_7_the_last_period_to_end_is_the_one_that_counts():
    short, long = in_full(date(2018, 1, 1), date(2018, 7, 11)), in_full(date(2018, 2, 1), date(2018, 7, 1))
    answer = judged(short, long, grace_days=5)
    assert (said(answer), answer.paid_until) == (("grace", 7), date(2018, 7, 11))


def test_7_grace_goes_before_underpaid_and_needs_a_full_payment():
    part = paid(date(2018, 1, 1), date(2018, 12, 31), 100)
    assert said(judged(LAST_YEAR, part, grace_days=365)) == ("grace", 7)
    assert said(judged(LAST_YEAR, part, grace_days=10)) == ("underpaid", 8)
    assert said(judged(replace(LAST_YEAR, amount=Decimal(1)), grace_days=365)) == ("unpaid", 9)


# --- rules 8 and 9 ----------------------------------------------------------------------------------------------------


def test_8_a_short_payment_counts_only_for_a_period_that_covers_the_date():
    assert said(judged(paid(date(2019, 1, 1), date(2019, 12, 31), 100))) == ("unpaid", 9)
    assert said(judged(paid(date(2017, 1, 1), date(2017, 12, 31), 100))) == ("unpaid", 9)
    assert said(judged(LAST_YEAR, paid(date(2018, 1, 1), date(2018, 12, 31), 100))) == ("underpaid", 8)


def test_9_expired_goes_before_not_yet_started_and_that_before_unpaid():
    assert said(judged(LAST_YEAR, NEXT_YEAR)) == ("expired", 9)
    assert said(judged(NEXT_YEAR)) == ("not_yet_started", 9)
    assert said(judged(replace(NEXT_YEAR, amount=Decimal(1)))) == ("unpaid", 9)
    assert said(judged()) == ("unpaid", 9)


# --- rules 10 to 12: withheld -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "paused"),
    [
        (None, None, False),
        (DAY, DAY, True),
        (DAY + ONE, None, False),
        (DAY, None, True),
        (None, DAY, True),
        (None, DAY - ONE, False),
        (DAY - ONE, DAY + ONE, True),
        (DAY + ONE, DAY - ONE, False),
    ],
)
def test_10_a_pause_covers_both_its_ends_and_an_empty_one_is_open(first, last, paused):
    answer = judged(THIS_YEAR, pause=Pause(first=first, last=last))
    assert said(answer) == (("paused", 10) if paused else ("paid", 6))


@pytest.mark.parametrize("payments", [(THIS_YEAR,), ()])
def test_10_a_pause_says_nothing_of_who_is_not_a_recipient(payments):
    always = Pause(first=date.min)
    assert said(judged(*payments, pause=always)) == (("paused", 10) if payments else ("unpaid", 9))
    assert said(judged(kind=MembershipKind.HONORARY, pause=always)) == ("paused", 10)
    assert said(judged(LAST_YEAR, pause=always, grace_days=365)) == ("paused", 10)


def test_11_a_held_address():
    assert said(judged(THIS_YEAR, address_held=True)) == ("address_held", 11)
    assert said(judged(address_held=True)) == ("unpaid", 9)
    assert said(judged(THIS_YEAR, address_held=True, pause=Pause(first=DAY))) == ("paused", 10)
    assert said(judged(THIS_YEAR, address_held=True, languages=("de",))) == ("address_held", 11)


@pytest.mark.parametrize(
    ("reads", "has", "editions"),
    [
        (("en",), ("en", "ru"), ("en",)),
        (("ru", "en"), ("en", "ru"), ("ru", "en")),
        (("en", "ru"), ("ru",), ("ru",)),
        (("de",), ("en", "ru"), ()),
        (("de", "ru"), ("en", "ru"), ("ru",)),
        # Without languages: the newsletter's first, and no other in its place.
        ((), ("en", "ru"), ("en",)),
        ((), ("ru",), ()),
    ],
)
def test_12_a_copy_of_each_edition_in_the_languages_read(reads, has, editions):
    answer = judged(THIS_YEAR, languages=reads, languages_of_issue=has)
    assert answer.editions == editions
    assert said(answer) == (("paid", 6) if editions else ("no_edition", 12))


def test_what_excludes_for_now_keeps_the_evidence_of_what_was_paid():
    for withheld in ({"pause": Pause(first=DAY)}, {"address_held": True}, {"languages": ("de",)}):
        answer = judged(THIS_YEAR, **withheld)
        assert answer.evidence[1:] == judged(THIS_YEAR).evidence


# --- the order --------------------------------------------------------------------------------------------------------


def test_every_rule_gives_way_to_those_before_it():
    # Everything is wrong at first; each line corrects what the rule before it found.
    wrong = {
        "circle": "archive",
        "ended_on": DAY,
        "address": None,
        "seated": False,
        "pause": Pause(first=DAY),
        "address_held": True,
        "languages": ("de",),
    }
    seen = []
    for mended in ("", "circle", "ended_on", "address", "seated", "pause", "address_held", "languages"):
        wrong.pop(mended, None)
        seen.append(said(judged(THIS_YEAR, kind=MembershipKind.CORPORATE, **wrong)))
        if mended == "seated":
            assert seen.pop() == ("underpaid", 8)  # an individual's fee on a corporate membership
            seen.append(said(judged(replace(THIS_YEAR, amount=Decimal(80000)), kind=MembershipKind.CORPORATE, **wrong)))
        elif mended in {"pause", "address_held", "languages"}:
            seen[-1] = said(judged(replace(THIS_YEAR, amount=Decimal(80000)), kind=MembershipKind.CORPORATE, **wrong))
    assert seen == [
        (EntitlementReason.NOT_IN_CIRCULATION, 1),
        (EntitlementReason.ENDED, 2),
        (EntitlementReason.NO_ADDRESS, 3),
        (EntitlementReason.NO_SEAT, 5),
        (EntitlementReason.PAUSED, 10),
        (EntitlementReason.ADDRESS_HELD, 11),
        (EntitlementReason.NO_EDITION, 12),
        (EntitlementReason.PAID, 6),
    ]
