"""The table of docs/entitlement.md, compared with the program and computed a second time in another way."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.domain.circulation import Judged, Register, candidates, copies_for, judge
from mailer.domain.edition import ALL_VARIANTS
from mailer.domain.entitlement import RECEIVES, RULES, Audience, entitlement
from mailer.domain.insert import Inserts, Renewal
from mailer.domain.judge import Judge
from mailer.domain.membership import FeeSchedule, Seat
from mailer.domain.newsletter import InsertShow
from tests.builders import a_season, registers

PAGE = Path(__file__).parents[2] / "docs" / "entitlement.md"
DAY = date(2018, 7, 12)
ONE = timedelta(days=1)
FEES = FeeSchedule(seasons=(a_season(2017), a_season(2018), a_season(2019)))
ALWAYS = Renewal(show=InsertShow.ALWAYS, due_days=90)


def circulation(register: Register, audience: Audience, held: frozenset[str]) -> dict[str, Judged]:
    return judge(candidates(replace(register, held=held), audience.date), audience, FEES)


# --- the page ---------------------------------------------------------------------------------------------------------


def rows() -> list[list[str]]:
    """The cells of the table's rows."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_has_the_rules_in_their_order():
    assert [int(order) for order, _, _ in rows()] == list(RULES) == list(range(1, 13))


@pytest.mark.parametrize("order", RULES)
def test_the_page_names_the_reasons_of_each_rule(order):
    decision = rows()[order - 1][2]
    recipient = re.findall(r"recipient: ([^;]*)", decision)
    excluded = re.findall(r"excluded: (.*)", decision)
    reasons = RULES[order].reasons
    assert re.findall(r"`(\w+)`", "".join(recipient)) == [reason for reason in reasons if reason in RECEIVES]
    assert re.findall(r"`(\w+)`", "".join(excluded)) == [reason for reason in reasons if reason not in RECEIVES]


def test_each_rule_says_something_else():
    assert len({rule.text for rule in RULES.values()}) == len(RULES)


# --- the table, computed in another way -------------------------------------------------------------------------------
#
# For each row of the register one list of true-or-false answers, of which the first true one counts. It shares no line
# with the domain.

FEE = {
    (f"{year}-01-01", f"{year + more}-12-31", "RUB"): {"individual": one, "corporate": two}
    for year in (2017, 2018, 2019)
    for more, one, two in ((0, 50000, 80000), (1, 90000, 140000))
}
GOOD = ("honorary", "complimentary", "paid", "grace")


def opinion(register: Register, audience: Audience, person: str, held: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    verdicts = []
    for seat in register.seats:
        if seat.person == person:
            rule, reason, editions = verdict(register, audience, seat, held)
            verdicts.append((0 if reason in GOOD else 1, rule, seat.membership, reason, editions))
    return min(verdicts)[3:]


def verdict(register: Register, audience: Audience, seat: Seat, held: frozenset[str]) -> tuple[int, str, tuple]:
    day, member = audience.date, register.memberships[seat.membership]
    lines = [payment for payment in register.payments if payment.membership == member.id]
    periods = {payment.period for payment in lines}

    def received(period, currency):
        return sum(one.amount for one in lines if one.period == period and one.currency == currency)

    def full(period):
        for currency in ("RUB", "EUR", "USD"):
            fee = FEE.get((str(period.first), str(period.last), currency), {}).get(member.kind.value)
            if fee and received(period, currency) >= fee:
                return True
            word = any(one.in_full for one in lines if (one.period, one.currency) == (period, currency))
            if word and received(period, currency) > 0:
                return True
        return False

    def something(period):
        return max(received(period, currency) for currency in ("RUB", "EUR", "USD")) > 0

    covering = [period for period in periods if period.first <= day <= period.last]
    over = [period.last for period in periods if full(period) and period.last < day]
    free = member.kind.value in ("honorary", "complimentary")
    still_free = member.free_until is None or day <= member.free_until
    languages = [one for one in (seat.languages or [audience.default_language]) if one in audience.languages]
    begins, ends = seat.pause.first or date.min, seat.pause.last or date.max
    is_paused = (seat.pause.first or seat.pause.last) and begins <= day <= ends
    table = [
        (1, "not_in_circulation", member.circle not in audience.circulations),
        (2, "ended", seat.ended_on and seat.ended_on <= day),
        (3, "no_address", not seat.address),
        (4, member.kind.value, free and still_free),
        (4, "expired", free),
        (5, "no_seat", not has_the_seat(register, seat, day)),
        (6, "paid", any(map(full, covering))),
        (7, "grace", over and (day - max(over)).days <= audience.grace_days),
        (8, "underpaid", any(map(something, covering))),
        (9, "expired", over),
        (9, "not_yet_started", any(full(period) for period in periods if period.first > day)),
        (9, "unpaid", True),
    ]
    rule, reason = next((rule, reason) for rule, reason, holds in table if holds)
    if reason not in GOOD:
        return rule, reason, ()
    if is_paused:
        return 10, "paused", ()
    if seat.address.normal in held:
        return 11, "address_held", ()
    if not languages:
        return 12, "no_edition", ()
    return rule, reason, tuple(languages)


def has_the_seat(register: Register, seat: Seat, day: date) -> bool:
    """Of the people on one seat that day, the one who leaves first has it."""
    same = [one for one in register.seats if (one.membership, one.number) == (seat.membership, seat.number)]
    living = [one for one in same if not one.ended_on or one.ended_on > day]
    return min(living, key=lambda one: (one.ended_on or date.max, one.person)) == seat if living else False


@st.composite
def questions(draw: st.DrawFn) -> tuple[Register, Audience, frozenset[str]]:
    """A register and an issue whose date is often the very day on which something begins or ends."""
    register = draw(registers())
    edges = {DAY}
    for seat in register.seats:
        edges |= {seat.ended_on, seat.pause.first, seat.pause.last}
    for payment in register.payments:
        edges |= {payment.period.first, payment.period.last}
    edges |= {membership.free_until for membership in register.memberships.values()}
    day = draw(st.sampled_from(sorted(edges - {None}))) + draw(st.sampled_from([-ONE, 0 * ONE, ONE]))
    audience = Audience(
        date=day,
        circulations=draw(st.sampled_from([("club", "centre", "archive", ""), ("club", "centre"), ("club",), ()])),
        grace_days=draw(st.sampled_from([0, 1, 30, 400])),
        default_language="en",
        languages=draw(st.sampled_from([("en", "ru"), ("ru",), ("en", "ru", "de")])),
    )
    known = sorted({seat.address.normal for seat in register.seats if seat.address})
    held = frozenset(draw(st.lists(st.sampled_from(known), max_size=1)) if known else [])
    return register, audience, held


@settings(max_examples=150)
@given(questions())
def test_another_way_comes_to_the_same_decision_for_everybody(question):
    register, audience, held = question
    found = circulation(register, audience, held)
    assert {person: (one.entitlement.reason.value, one.entitlement.editions) for person, one in found.items()} == {
        person: opinion(register, audience, person, held) for person in {seat.person for seat in register.seats}
    }
    assert all(one.entitlement.reason in RULES[one.entitlement.rule].reasons for one in found.values())


@settings(max_examples=40)
@given(questions())
def test_everybody_is_in_exactly_one_of_the_two_and_every_copy_is_a_recipients(question):
    register, audience, held = question
    found = circulation(register, audience, held)
    recipients = {person for person, one in found.items() if one.entitlement.receives}
    exclusions = {person for person, one in found.items() if not one.entitlement.receives}
    assert recipients | exclusions == {seat.person for seat in register.seats}
    assert not recipients & exclusions
    copies = copies_for(found.values(), inserts=Inserts(day=audience.date, renewal=ALWAYS, fees=FEES), first_number=1)
    assert {copy.person for copy in copies} == recipients
    assert max(Counter((copy.person, copy.language) for copy in copies).values(), default=1) == 1
    assert [copy.copy_number for copy in copies] == list(range(1, len(copies) + 1))
    assert all(copy.variant.plain in ALL_VARIANTS and copy.language in audience.languages for copy in copies)


@settings(max_examples=40)
@given(questions(), st.data())
def test_the_order_of_the_rows_decides_nothing(question, data):
    register, audience, held = question
    names = data.draw(st.permutations(list(register.memberships)))
    shuffled = Register(
        memberships={name: register.memberships[name] for name in names},
        seats=tuple(data.draw(st.permutations(register.seats))),
        payments=tuple(data.draw(st.permutations(register.payments))),
    )
    before, after = circulation(register, audience, held), circulation(shuffled, audience, held)
    assert list(before) == list(after)
    for person, one in before.items():
        assert after[person].entitlement == one.entitlement
        assert after[person].candidate.seat == one.candidate.seat


@settings(max_examples=100)
@given(questions())
def test_what_was_answered_before_is_the_answer_of_each_alone(question):
    register, audience, held = question
    every = candidates(replace(register, held=held), audience.date)
    remembering, inserts = Judge(audience, FEES), Inserts(day=audience.date, renewal=ALWAYS, fees=FEES)
    for candidate in [*every, *every]:
        answer = remembering.entitlement(candidate)
        assert answer == entitlement(candidate, audience, FEES)
        alone = Inserts(day=audience.date, renewal=ALWAYS, fees=FEES)
        assert inserts.needed(candidate, answer) == alone.needed(candidate, answer)
