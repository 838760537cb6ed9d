"""The distribution report balances or says loudly that it does not, as a page and as CSV."""

import csv
import io

import pytest
from sqlalchemy import delete, update
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.pipeline.mailings.account import report_account
from mailer.pipeline.mailings.report import distribution_report
from mailer.store.schema import deliveries, recipients
from tests.club import ISSUE, Member, import_register, members
from tests.pipeline.relayed import LOST, NEVER, deliver
from tests.web.conftest import Console
from tests.web.console.counted import statements_of
from tests.web.console.sent import BASE, begun, words_of


@pytest.fixture
def secretary(console: Console) -> TestClient:
    return console(Role.SECRETARY)


@pytest.fixture
def sent(app: App) -> App:
    formula = {"name_en": "=cmd|' /C calc'!A0"}
    import_register(app, [*members(12), Member(number=13, more=formula), Member(number=14, paid=0, more=formula)])
    begun(app)
    deliver(app, {"desk002@members.example": LOST, "desk003@members.example": NEVER})
    return app


def table(client: TestClient) -> list[list[str]]:
    answer = client.get(f"{BASE}/report.csv")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''harbour-letter-41-report.csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_it_balances(sent: App, secretary: TestClient) -> None:
    page = words_of(secretary.get(f"{BASE}/report").text)
    assert "The report balances." in page
    assert "14 people considered = 13 recipients + 1 left out" in page
    assert "DOES NOT BALANCE" not in page
    assert "Copies that need a person: 2" in page


def test_it_says_what_the_command_says(sent: App) -> None:
    report, account = distribution_report(sent.context, ISSUE), report_account(sent.context, ISSUE)
    assert account.balance == report.balance
    assert account.balanced
    assert account.needing_number == report.needing_a_person


def test_csv_has_a_row_for_each_copy_and_exclusion_and_guards_formulas(sent: App, secretary: TestClient) -> None:
    rows = table(secretary)
    assert [row[1] for row in rows[1:15]] == [*(f"P{number:03}" for number in range(1, 14)), "P014"]
    assert rows[13][2] == "'=cmd|' /C calc'!A0"
    assert rows[14][2:6] == ["'=cmd|' /C calc'!A0", "", "excluded", "unpaid"]
    assert rows[3][7:] == ["rejected", "", "550 5.1.1 No such user"]
    assert ["balance", "the report balances"] in rows


def break_copies(app: App) -> None:
    with app.store.transaction() as connection:
        connection.execute(delete(deliveries).where(deliveries.c.person == "P004", deliveries.c.state == "pending"))


def break_decisions(app: App) -> None:
    with app.store.transaction() as connection:
        connection.execute(update(recipients).where(recipients.c.person == "P004").values(editions=["ru"]))


def break_people(app: App) -> None:
    with app.store.transaction() as connection:
        connection.execute(delete(recipients).where(recipients.c.person == "P004"))


@pytest.mark.parametrize("broken", [break_copies, break_decisions, break_people])
def test_one_that_does_not_balance_is_loud(app: App, secretary: TestClient, broken: object) -> None:
    begun(app)
    assert callable(broken)
    broken(app)
    page = secretary.get(f"{BASE}/report").text
    assert "THE REPORT DOES NOT BALANCE" in page
    assert "P004" in page
    assert "The report balances." not in page
    assert ["balance", "THE REPORT DOES NOT BALANCE"] in table(secretary)


def test_the_page_costs_the_same_however_many_copies(sent: App, secretary: TestClient) -> None:
    number = statements_of(sent, lambda: secretary.get(f"{BASE}/report"))
    assert number < 40
