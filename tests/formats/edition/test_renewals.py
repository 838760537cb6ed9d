"""A table of renewals: what each kind of reader is offered in October 2026, in both languages, as golden files."""

import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from mailer.config import load_schedules
from mailer.domain.edition import Slot, variant_named
from mailer.domain.entitlement import Audience, Candidate, entitlement
from mailer.domain.insert import Inserts, Renewal
from mailer.domain.membership import FeeOption, FeeSchedule, Membership, MembershipKind, Payment, Period, Season
from mailer.domain.newsletter import InsertShow, LanguageTexts
from mailer.formats.dates_and_money import long_date
from tests.builders import a_membership, a_payment, a_seat
from tests.formats.made_up import READER, TEMPLATES, a_newsletter, an_edition, printed, with_text
from tests.formats.rfc3676 import unflow

GOLDEN = Path(__file__).parents[2] / "golden"
SHIPPED = load_schedules(Path(__file__).parents[3] / "schedules").fees
DAY = date(2026, 10, 15)
NEWSLETTER = a_newsletter(texts={"ru": LanguageTexts(name="Портовое письмо", signature="Секретариат клуба")})
LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])


def paid(*dates: str) -> tuple[Payment, ...]:
    periods = [Period(first=date(2026, 1, 1), last=date.fromisoformat(last)) for last in dates]
    return tuple(a_payment(period=period, amount=Decimal(1), in_full=True) for period in periods)


def firm() -> Membership:
    return a_membership(kind=MembershipKind.CORPORATE)


def guest(until: date | None) -> Membership:
    return a_membership(kind=MembershipKind.COMPLIMENTARY, free_until=until)


READERS = {
    "Paid until June of the next year": (a_membership(), paid("2027-06-30")),
    "Paid until November": (a_membership(), paid("2026-11-30")),
    "Paid until December": (a_membership(), paid("2026-12-31")),
    "Paid until December of the next year": (a_membership(), paid("2027-12-31")),
    "In the days of grace": (a_membership(), paid("2026-09-30")),
    "Corporate, paid until December": (firm(), paid("2026-12-31")),
    "Corporate, paid until December of the next year": (firm(), paid("2027-12-31")),
    "Complimentary until December": (guest(date(2026, 12, 31)), ()),
    "Complimentary until December of the year 2030": (guest(date(2030, 12, 31)), ()),
    "Complimentary without an end": (guest(None), ()),
    "Honorary": (a_membership(kind=MembershipKind.HONORARY), ()),
}


def insert_of(language: str, membership: Membership, payments: tuple[Payment, ...], fees: FeeSchedule) -> list[str]:
    """The lines of the text part from the insert's heading to its signature."""
    row = Candidate(membership=membership, seat=a_seat(), payments=payments)
    audience = Audience(date=DAY, circulations=("club",), grace_days=30, default_language="en", languages=("en",))
    answer = entitlement(row, audience, fees)
    variant = Inserts(day=DAY, renewal=Renewal(show=InsertShow.ALWAYS, due_days=90), fees=fees).needed(row, answer)
    issue = replace(with_text(), year=DAY.year, date=DAY, texts=tuple(replace(t, blocks=()) for t in with_text().texts))
    edition = an_edition(language, variant, issue=issue, fees=fees, newsletter=NEWSLETTER, templates=TEMPLATES)
    until = long_date(answer.paid_until, language) if answer.paid_until else ""
    _, text = printed(edition, READER[language] | {Slot.PAID_UNTIL: until})
    lines = [line for _, line in unflow(text)]
    headings = [
        at for at, line in enumerate(lines) if line.startswith(("Your member", "Member", "Ваше член", "Членство"))
    ]
    if not headings:
        return ["(no insert)"]
    ends = next(
        at for at, line in enumerate(lines) if line in {"The Harbour Letter", "Секретариат клуба"} and at > headings[0]
    )
    return lines[headings[0] : ends + 1]


@LANGUAGES
def test_golden(language):
    made = "\n".join(
        "\n".join([f"=== {title}", "", *insert_of(language, membership, payments, SHIPPED), ""])
        for title, (membership, payments) in READERS.items()
    )
    kept = GOLDEN / f"renewals.{language}.txt"
    if os.environ.get("MAILER_TESTS_GOLDEN") == "write":
        kept.write_text(made, encoding="utf-8")
    assert made == kept.read_text(encoding="utf-8"), "rewrite with `make golden`, and review the difference"


@LANGUAGES
@pytest.mark.parametrize("title", READERS)
def test_only_fees_of_periods_to_be_paid_are_named(language, title):
    membership, payments = READERS[title]
    text = "\n".join(insert_of(language, membership, payments, SHIPPED))
    assert ("60\u00a0000" in text) == (title == "Complimentary without an end")  # the year 2026
    assert ("102\u00a0000" in text) == (title == "Corporate, paid until December")


def mixed() -> FeeSchedule:
    """Half years and two currencies: roubles in 2026, euros in 2027, where the first half stands in both."""
    halves = [Period(first=date(year, 1, 1), last=date(year, 6, 30)) for year in (2026, 2027)]
    others = [Period(first=date(year, 7, 1), last=date(year, 12, 31)) for year in (2026, 2027)]
    rows = {2026: ("RUB", (halves[0], others[0], halves[1])), 2027: ("EUR", (halves[1], others[1]))}
    return FeeSchedule(
        seasons=tuple(
            Season(
                year=year,
                currency=currency,
                options=tuple(
                    FeeOption(period=period, years=1, individual=Decimal(30000), corporate=Decimal(50000))
                    for period in periods
                ),
            )
            for year, (currency, periods) in rows.items()
        )
    )


def test_fees_in_two_currencies_have_their_own_units():
    text = "\n".join(insert_of("en", a_membership(), paid("2026-12-31"), mixed()))
    assert "seasons of 2026–2027" in text
    assert "Fee, " not in text
    assert "January\u00a01\u00a0– June\u00a030, 2027" in text
    assert "30\u00a0000 roubles" in text
    assert "30\u00a0000 euros" in text
    russian = "\n".join(insert_of("ru", a_membership(), paid("2027-06-30"), mixed()))
    assert "сезон 2027\u00a0года" in russian
    assert "Взнос, евро" in russian


def test_a_template_of_an_earlier_version_shows_no_empty_table(tmp_path):
    folder = tmp_path / "templates"
    for name in ("_base", "harbour-letter"):
        source = TEMPLATES / name if (TEMPLATES / name).is_dir() else TEMPLATES / NEWSLETTER.template
        (folder / name).mkdir(parents=True)
        for file in source.iterdir():
            (folder / name / file.name).write_bytes(file.read_bytes())
    (folder / "harbour-letter" / "insert.en.md").write_text(
        "::: insert\n## Your membership\n\nTable: Membership fees, season of {{ insert.season }}\n\n"
        "| Period | Length | Fee |\n|---|---|--:|\n{% for line in insert.fees %}\n"
        "| {{ line.period }} | {{ line.years }} | {{ line.fee }} |\n{% endfor %}\n\nWrite to us.\n:::\n",
        encoding="utf-8",
    )
    own = {"templates": folder, "newsletter": replace(NEWSLETTER, template="harbour-letter"), "fees": SHIPPED}
    issue = replace(with_text(), year=DAY.year, date=DAY)
    with_fees = an_edition("en", variant_named("individual-renew:2027,2027-2028"), issue=issue, **own)
    _, text = printed(with_fees, READER["en"])
    assert "Membership fees, season of 2027" in text
    assert "2027–2028  2\u00a0years  115\u00a0000 roubles" in text
    page, text = printed(an_edition("en", variant_named("individual-ahead"), issue=issue, **own), READER["en"])
    assert "Write to us." in text
    for part in (page, text):
        assert "Membership fees" not in part
        assert "Length" not in part
