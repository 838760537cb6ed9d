"""A payment is seen before it is recorded, reversed by another one, and the issues missed are offered."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.pipeline.register.people import payments_of
from tests.club import ISSUE, Member, begin, members
from tests.pipeline.relayed import deliver
from tests.web.conftest import Console
from tests.web.markup import faults

ADD = "/register/memberships/M001/payments/add"
PAYMENT = {
    "period_from": "2019-01-01",
    "period_to": "2019-12-31",
    "amount": "50 000",
    "currency": "RUB",
    "paid_on": "2018-12-20",
    "in_full": "yes",
    "reference": "INV-19",
}


@pytest.fixture
def secretary(console: Console) -> TestClient:
    return console(Role.SECRETARY)


def test_nothing_is_recorded_before_it_was_seen(secretary: TestClient, app: App) -> None:
    before = len(payments_of(app.context, "M001").payments)
    answer = secretary.post(ADD, data=PAYMENT)
    assert answer.status_code == 200
    assert "Record the payment" in answer.text
    assert faults(answer.text) == []
    assert len(payments_of(app.context, "M001").payments) == before
    answer = secretary.post(ADD, data=PAYMENT | {"seen": "yes"})
    assert answer.url.path == "/register/memberships/M001/missed"
    assert payments_of(app.context, "M001").payments[-1].reference == "INV-19"
    again = secretary.post(ADD, data=PAYMENT | {"seen": "yes"})
    assert again.status_code == 409
    assert "there already" in again.text


def test_a_wrong_amount_is_marked(secretary: TestClient) -> None:
    answer = secretary.post(ADD, data=PAYMENT | {"amount": "many", "period_to": "31.12.2019"})
    assert answer.status_code == 422
    assert "many is not an amount" in answer.text
    assert faults(answer.text) == []


def test_a_reversal_names_the_payment(secretary: TestClient, app: App) -> None:
    first = payments_of(app.context, "M001").payments[0]
    path = "/register/memberships/M001/payments/1/reverse"
    page = secretary.get(path).text
    assert f"-{first.amount:f}" in page
    typed = {
        "period_from": str(first.period.first),
        "period_to": str(first.period.last),
        "amount": f"-{first.amount:f}",
        "currency": first.currency,
        "reference": f"reversal of {first.reference or 1}",
    }
    assert typed["reference"] in page
    secretary.post(path, data=typed | {"seen": "yes"})
    assert payments_of(app.context, "M001").payments[-1].amount == -first.amount
    assert secretary.get("/register/memberships/M001/payments/99/reverse").status_code == 404


def test_a_late_payer_is_offered_the_issue(secretary: TestClient, app: App) -> None:
    late = Member(number=40, paid=0)
    begin(app, [*members(3), late])
    deliver(app, {})
    paid = replace(late, paid=50000)
    typed = PAYMENT | {"period_from": "2018-01-01", "period_to": paid.until, "reference": "LATE"}
    answer = secretary.post("/register/memberships/M040/payments/add", data=typed | {"seen": "yes"})
    assert str(ISSUE) in answer.text
    assert f'href="/issues/{ISSUE}/unsent">Send what is owed' in answer.text
    assert faults(answer.text) == []
