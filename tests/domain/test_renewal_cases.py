"""The cases of docs/renewal.md, compared with the program."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from mailer.config import load_schedules
from mailer.domain.edition import Variant
from mailer.domain.entitlement import Audience, Candidate, entitlement
from mailer.domain.insert import Inserts, Renewal
from mailer.domain.membership import FeeSchedule, MembershipKind, Payment, Period
from mailer.domain.newsletter import InsertShow
from mailer.formats.dates_and_money import period
from tests.builders import a_membership, a_payment, a_seat

ROOT = Path(__file__).parents[2]
DAY = date(2026, 10, 15)
AUDIENCE = Audience(date=DAY, circulations=("club",), grace_days=30, default_language="en", languages=("en", "ru"))


def cases() -> list[tuple[int, list[str]]]:
    """The rows of both tables, with the year of the last season that they know."""
    known, rows = 0, []
    for line in (ROOT / "docs/renewal.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| Membership "):
            known = 2026 if known else 2027
        elif line.startswith("| ") and known:
            rows.append((known, [cell.strip() for cell in line.strip("|").split("|")]))
    return rows


def paid(words: str) -> tuple[Payment, ...]:
    """What was paid in full, as the page writes it: `2026-01-01 to 2026-12-31`, or several of these."""
    return tuple(
        a_payment(
            period=Period(first=date.fromisoformat(first), last=date.fromisoformat(last)),
            amount=Decimal(1),
            in_full=True,
        )
        for first, last in re.findall(r"(\S+) to ([\d-]+)", words)
    )


def offered(variant: Variant) -> str:
    return ", ".join(period(each, "en") for each in variant.offer) or "no table"


def test_the_page_has_every_kind_of_case():
    wordings = {cells[2].strip("`") for _, cells in cases()}
    assert len(cases()) >= 20
    assert {"none", "complimentary-open", "complimentary-renew"} < wordings
    assert {f"{kind}-{word}" for kind in ("individual", "corporate") for word in ("renew", "ahead", "grace")} < wordings


@pytest.mark.parametrize(("known", "cells"), cases())
def test_a_case(known, cells):
    kind, time, wording, expected = cells
    seasons = load_schedules(ROOT / "schedules").fees.seasons
    fees = FeeSchedule(seasons=tuple(season for season in seasons if season.year <= known))
    membership_kind = MembershipKind(kind.partition(",")[0])
    free_until = date.fromisoformat(time) if re.fullmatch(r"[\d-]+", time) else None
    row = Candidate(
        membership=a_membership(kind=membership_kind, free_until=free_until), seat=a_seat(), payments=paid(time)
    )
    answer = entitlement(row, AUDIENCE, fees)
    assert answer.receives
    inserts = Inserts(day=DAY, renewal=Renewal(show=InsertShow.ALWAYS, due_days=90), fees=fees)
    variant = inserts.needed(row, answer)
    assert (f"`{variant.plain.name}`", offered(variant)) == (wording, expected)
