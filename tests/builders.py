"""Made-up members for the tests: one by one, and whole registers at random."""

import unicodedata
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from mailer.domain.address import Address
from mailer.domain.circulation import Register
from mailer.domain.membership import FeeOption, Membership, MembershipKind, Pause, Payment, Period, Season, Seat
from mailer.formats.register.cells import guarded
from mailer.formats.register.damage import find_damage

PEOPLE = tuple(f"P{number:03}" for number in range(1, 13))


def a_membership(name: str = "M001", kind: MembershipKind = MembershipKind.INDIVIDUAL, **fields: object) -> Membership:
    """An individual membership of the club."""
    return Membership(**{"id": name, "kind": kind, "circle": "club"} | fields)


def a_seat(membership: str = "M001", person: str = "P001", **fields: object) -> Seat:
    """A person with a name, a salutation and an address."""
    given = {
        "names": {"en": f"Person {person}"},
        "salutations": {"en": f"Dear {person}"},
        "address": Address(local=person.lower(), domain="example.org"),
        "languages": ("en",),
    }
    return Seat(**{"membership": membership, "person": person} | given | fields)


def a_payment(membership: str = "M001", **fields: object) -> Payment:
    """A year paid in roubles."""
    given = {
        "period": Period(first=date(2018, 1, 1), last=date(2018, 12, 31)),
        "amount": Decimal(50000),
        "currency": "RUB",
        "paid_on": date(2018, 1, 22),
        "reference": f"INV-{membership}",
    }
    return Payment(**{"membership": membership} | given | fields)


def a_register(*parts: Membership | Seat | Payment) -> Register:
    """A register of these parts."""
    return Register(
        memberships={part.id: part for part in parts if isinstance(part, Membership)},
        seats=tuple(part for part in parts if isinstance(part, Seat)),
        payments=tuple(part for part in parts if isinstance(part, Payment)),
    )


def a_year(year: int, *, years: int = 1) -> Period:
    """Whole years from 1 January."""
    return Period(first=date(year, 1, 1), last=date(year + years - 1, 12, 31))


def a_season(year: int) -> Season:
    """A year's fees in roubles: one year or two."""
    return Season(
        year=year,
        currency="RUB",
        options=tuple(
            FeeOption(
                period=a_year(year, years=years), years=years, individual=Decimal(one), corporate=Decimal(another)
            )
            for years, one, another in ((1, 50000, 80000), (2, 90000, 140000))
        ),
    )


# --- at random --------------------------------------------------------------------------------------------------------

_visible = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Cn"))


def texts(*, min_size: int = 0) -> st.SearchStrategy[str]:
    """One line of visible text as the register stores it, often one that a spreadsheet would misread."""
    start = st.sampled_from(["", "", "=", "+", "-", "@", "'", "'=", "''@", ";", '"', "№ ", "Анна "])
    lines = st.builds(str.__add__, start, st.text(_visible, max_size=12))
    kept = lines.map(lambda line: unicodedata.normalize("NFC", line).strip(" \u00a0"))
    return kept.filter(lambda line: len(line) >= min_size and not find_damage(guarded(line)))


days = st.one_of(
    st.dates(date(2016, 1, 1), date(2021, 12, 31)),
    st.sampled_from([date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(2999, 12, 31), date(2018, 7, 12)]),
)
perhaps_days = st.none() | days
languages = st.sampled_from(["en", "ru", "de"])
addresses = st.builds(
    Address,
    local=st.sampled_from(["anna", "Anna.L", "+club", "-x", "o'brien", "иван"]),
    domain=st.sampled_from(["example.org", "embassy.example", "xn--e1afmkfd.example"]),
)
periods = st.one_of(
    st.sampled_from(
        [
            Period(first=date(year, 1, 1), last=date(year + more, 12, 31))
            for year in (2017, 2018, 2019)
            for more in (0, 1)
        ]
    ),
    st.tuples(days, days).map(lambda ends: Period(first=min(ends), last=max(ends))),
)
amounts = st.one_of(
    st.sampled_from([Decimal(text) for text in ("50000", "-50000", "80000", "90000", "25000", "0", "0.5", "-0.01")]),
    st.integers(-(10**13), 10**13).map(lambda hundredths: Decimal(hundredths) / 100),
)


_names = st.lists(st.sampled_from([f"M{number:03}" for number in range(1, 9)]), unique=True, max_size=5)
_people = st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=3)
_kinds = st.sampled_from(MembershipKind)
_circles = st.sampled_from(["club", "centre", "archive", ""])
_perhaps_addresses = st.none() | addresses
_read = st.lists(languages, unique=True, max_size=3).map(tuple)
_words = st.lists(texts(min_size=1), min_size=1, max_size=4)
_pauses = st.builds(Pause, first=perhaps_days, last=perhaps_days).filter(
    lambda pause: not (pause.first and pause.last and pause.last < pause.first)
)
_payments = st.lists(
    st.tuples(
        periods,
        amounts,
        st.sampled_from(["RUB", "EUR", "USD"]),
        perhaps_days,
        st.booleans(),
        st.sampled_from(["", "", "INV-1", "INV-2", "=1+1"]),
    ),
    max_size=3,
    unique_by=lambda one: one[-1] or one,  # known by its reference, without one by all its columns
)


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """Any register that the database accepts: shared people and addresses, empty and ended seats, odd payments."""
    word = st.sampled_from(draw(_words))
    memberships = {
        name: Membership(
            id=name, kind=draw(_kinds), organisation=draw(word), circle=draw(_circles), free_until=draw(perhaps_days)
        )
        for name in sorted(draw(_names))
    }
    sitting = [seat for membership in memberships.values() for seat in _seats(draw, membership, word)]
    return Register(
        memberships=memberships,
        seats=tuple(sorted(sitting, key=lambda seat: (seat.membership, seat.number or 0, seat.person))),
        payments=tuple(payment for name in memberships for payment in _paid(name, draw(_payments))),
    )


def _seats(draw: st.DrawFn, membership: Membership, word: st.SearchStrategy[str]) -> list[Seat]:
    texts_by_language = st.dictionaries(languages, word, max_size=2)
    people = draw(_people)
    corporate = membership.kind is MembershipKind.CORPORATE
    free = [1, 2] if corporate else [None] * (membership.kind.seats or len(people))
    seats = []
    for person in people:
        ended_on = draw(perhaps_days) if free else draw(days)
        number = free.pop(0) if ended_on is None else draw(st.sampled_from([1, 2])) if corporate else None
        seat = Seat(
            membership=membership.id,
            person=person,
            number=number,
            names=draw(texts_by_language),
            salutations=draw(texts_by_language),
            address=draw(_perhaps_addresses),
            languages=draw(_read),
            ended_on=ended_on,
            pause=draw(_pauses),
        )
        seats.append(seat)
    return seats


def _paid(membership: str, figures: list[tuple[Period, Decimal, str, date | None, bool, str]]) -> list[Payment]:
    return [
        Payment(
            membership=membership,
            period=period,
            amount=amount,
            currency=currency,
            paid_on=paid_on,
            in_full=in_full,
            reference=reference,
        )
        for period, amount, currency, paid_on, in_full, reference in figures
    ]
