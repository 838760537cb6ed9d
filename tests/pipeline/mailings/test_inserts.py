"""A plan compiles each insert that its readers need, and notes those without a table of fees."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, update

from mailer.app.installation import App
from mailer.domain.membership import FeeSchedule, Payment, Period
from mailer.pipeline.mailings import rare_inserts
from mailer.pipeline.mailings.changes import circulation_change
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.preview import Reader, preview_copy
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.pipeline.register.import_export import add_payment
from mailer.store import mailings
from mailer.store.schema import deliveries, editions
from tests.builders import a_season, a_year
from tests.club import ISSUE, Club, Member, begin, copies, import_register, pull_issues
from tests.pipeline.relayed import the_mailings

PEOPLE = [
    Member(number=1),
    Member(number=2, until="2019-06-30", in_full=True),
    Member(number=3, until="2019-12-31", in_full=True),
    Member(number=4, until="2018-09-30", in_full=True),
    Member(number=5, kind="corporate", paid=80000, more={"seat": "1"}),
    Member(number=6, kind="honorary", paid=0),
    Member(number=7, kind="complimentary", paid=0, more={"free_until": "2021-12-31"}),
]
FEES = "".join(
    f"""
[[season]]
year = {year}
currency = "RUB"
  [[season.option]]
  from = {year}-01-01
  to = {year}-12-31
  years = 1
  individual = 50000
  corporate = 80000
  [[season.option]]
  from = {year}-01-01
  to = {year + 1}-12-31
  years = 2
  individual = 90000
  corporate = 140000
"""
    for year in (2018, 2019)
)


@pytest.fixture
def app(tmp_path) -> Iterator[App]:
    club = Club.found(tmp_path / "club", {"insert": {"show": "always"}})
    (club.folder / "schedules" / "fees.toml").write_text(FEES)
    with club.opened() as app:
        import_register(app, PEOPLE)
        pull_issues(app)
        yield app


def pay(app: App, number: int, period: Period) -> None:
    payment = Payment(
        membership=f"M{number:03}",
        period=period,
        amount=Decimal(50000),
        currency="RUB",
        in_full=True,
        reference=f"MORE-{number}-{period.first}",
    )
    add_payment(app.context, payment)


def inserts(app: App) -> dict[str, str]:
    return {copy.person: copy.variant.name for copy in (delivery.copy for delivery in copies(app).values())}


def test_each_reader_is_offered_what_is_still_to_be_paid(app):
    plan = plan_mailing(app.context, ISSUE)
    assert inserts(app) == {
        "P001": "individual-renew:2019,2019-2020",
        "P002": "individual-renew:2018-2019,2019,2019-2020",
        "P003": "individual-ahead",
        "P004": "individual-renew:2019,2019-2020",
        "P005": "corporate-renew:2019,2019-2020",
        "P006": "none",
        "P007": "complimentary-renew",  # free beyond all that is known: no one need add a season
    }
    assert not [str(note) for note in plan.warnings if "fees.toml" in str(note)]


def test_a_season_that_is_missing_is_noted_with_the_people(app):
    fees = FeeSchedule(seasons=(replace(a_season(2018), options=a_season(2018).options[:1]),))
    plan = plan_mailing(replace(app.context, fees=fees), ISSUE)
    (note,) = [str(note) for note in plan.warnings if "fees.toml" in str(note)]
    assert note == (
        "fees.toml has no period that is still to be paid by P001 Reader001, P002 Reader002, P005 Reader005: "
        "their renewal notice has no table of fees; add the next season, then plan again"
    )
    assert inserts(app)["P001"] == "individual-renew"
    text = preview_copy(replace(app.context, fees=fees), ISSUE, Reader(person="P001"), "en").text
    assert "For the fees, and for all questions about membership" in " ".join(text.split())
    assert "roubles" not in text


def test_an_insert_that_one_reader_needs_is_compiled_for_this_reader(app):
    usual = _compiled(app)
    pay(app, 4, a_year(2019, years=2))
    plan = plan_mailing(app.context, ISSUE)
    assert inserts(app)["P004"] == "individual-renew:2018,2018-2019"
    assert _compiled(app) - usual == {"individual-renew:2018,2018-2019"}
    assert not [str(note) for note in plan.warnings if "renewal notice" in str(note)]
    text = preview_copy(app.context, ISSUE, Reader(person="P004"), "en").text
    assert "2018–2019" in text
    assert "2019–2020" not in text


def _compiled(app: App) -> set[str]:
    if not the_mailings(app):
        plan_mailing(app.context, ISSUE)
    with app.store.reading() as connection:
        return mailings.variants_of(connection, the_mailings(app)[0].id)


def test_beyond_the_most_that_are_compiled_an_insert_has_no_table(app, monkeypatch):
    monkeypatch.setattr(rare_inserts, "_MOST", 0)
    pay(app, 4, a_year(2019, years=2))
    plan = plan_mailing(app.context, ISSUE)
    assert inserts(app)["P004"] == "individual-renew"
    (note,) = [str(note) for note in plan.warnings if "renewal notice" in str(note)]
    assert note.startswith("the renewal notice of P004 Reader004 has no table of fees")


def test_a_late_payer_gets_an_approved_insert(app):
    begin(app, [*PEOPLE, Member(number=8, paid=0), Member(number=9, paid=0)])
    pay(app, 8, a_year(2018))
    # With a gap that no reader of the plan had: what is left to be paid was not compiled.
    pay(app, 9, Period(first=date(2018, 1, 1), last=date(2018, 9, 30)))
    pay(app, 9, a_year(2019, years=2))
    send_supplement(app.context, ISSUE)
    assert inserts(app)["P008"] == "individual-renew:2019,2019-2020"
    assert inserts(app)["P009"] == "individual-renew"


def test_a_mailing_that_an_earlier_version_planned_keeps_its_inserts(app):
    compiled = _compiled(app)
    with app.store.transaction() as connection:  # that version compiled an insert for each wording
        connection.execute(delete(editions).where(editions.c.variant.contains(":")))
        for name in compiled:
            plain = name.partition(":")[0]
            connection.execute(update(deliveries).where(deliveries.c.variant == name).values(variant=plain))
    pay(app, 1, a_year(2020))
    with app.store.reading() as connection:
        assert circulation_change(connection, app.context, the_mailings(app)[0]) is None
    assert preview_copy(app.context, ISSUE, Reader(person="P001"), "en").variant.name == "individual-renew"
    pay(app, 1, a_year(2019))
    with app.store.reading() as connection:
        change = circulation_change(connection, app.context, the_mailings(app)[0])
    assert [person.person for person in change.people] == ["P001"]
