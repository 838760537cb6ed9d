"""The secretary types the number and sends; she stops, pauses, resumes and cancels, and sends what is owed."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.pipeline.mailings.plan import plan_mailing
from tests.club import ISSUE, Club, import_register, members, pay, pull_issues, reverse, states
from tests.pipeline.relayed import deliver, the_mailings
from tests.web.conftest import Console
from tests.web.console.sent import BASE, approved, begun, with_countdown, words_of


@pytest.fixture
def app(club: Club) -> Iterator[App]:
    with club.opened() as opened:
        app = with_countdown(opened)
        import_register(app, members(12))
        pull_issues(app)
        yield app


@pytest.fixture
def secretary(app: App, console: Console) -> TestClient:
    return console(Role.SECRETARY)


def state(app: App) -> str:
    return the_mailings(app)[0].state.value


def test_nothing_is_sent_before_the_number_is_typed(app: App, secretary: TestClient) -> None:
    approved(app)
    page = secretary.get(f"{BASE}/send")
    assert "Type 12 to send them." in words_of(page.text)
    assert "A copy that has left cannot be called back." in words_of(page.text)
    for typed in ("", "11", "twelve", "١٢"):
        answer = secretary.post(f"{BASE}/send", data={"copies": typed})
        assert (answer.status_code, state(app)) == (422, "approved")
        assert "Type the number of copies: 12." in words_of(answer.text)
    answer = secretary.post(f"{BASE}/send", data={"copies": " 12 "})
    assert (answer.url.path, state(app)) == (f"{BASE}/progress", "sending")
    assert "The countdown runs. Until it ends nothing leaves." in words_of(answer.text)
    assert "The first copy leaves at" in words_of(answer.text)
    assert deliver(app) == []


def test_what_cannot_be_sent_says_why_and_what_to_do(app: App, secretary: TestClient) -> None:
    assert secretary.get(f"{BASE}/send").status_code == 404
    plan_mailing(app.context, ISSUE)
    page = secretary.get(f"{BASE}/send")
    assert "is not approved" in words_of(page.text)
    assert ">Approve</a>" in page.text
    answer = secretary.post(f"{BASE}/send", data={"copies": "12"})
    assert (answer.status_code, state(app)) == (409, "planned")


def test_a_plan_that_the_register_contradicts_goes_only_when_she_says_so(app: App, secretary: TestClient) -> None:
    approved(app)
    reverse(app, members(12)[3])
    assert "Reader004" in words_of(secretary.get(f"{BASE}/send").text)
    answer = secretary.post(f"{BASE}/send", data={"copies": "12"})
    assert (answer.status_code, state(app)) == (409, "approved")
    secretary.post(f"{BASE}/send", data={"copies": "12", "as_planned": "yes"})
    assert state(app) == "sending"


def test_looking_at_the_page_changes_nothing(app: App, secretary: TestClient) -> None:
    approved(app)
    Club(app.config.folder).write_issue(more="One word more.")
    pull_issues(app)
    for page in ("send", "progress", "circulation", "report", "copies", "unsent", "cancel"):
        secretary.get(f"{BASE}/{page}")
    assert the_mailings(app)[0].approved_by == "secretary"


def test_the_countdown_is_stopped(app: App, secretary: TestClient) -> None:
    begun(app)
    answer = secretary.post(f"{BASE}/stop")
    assert (answer.url.path, state(app)) == (f"{BASE}/progress", "approved")
    assert "no copy has left" in words_of(answer.text)
    assert "Its countdown was stopped. It does not leave by itself." in words_of(answer.text)


def test_it_is_paused_and_resumed(app: App, secretary: TestClient) -> None:
    begun(app)
    answer = secretary.post(f"{BASE}/pause")
    assert state(app) == "paused"
    assert "The countdown is paused. Nothing leaves." in words_of(answer.text)
    assert "It is not paused." not in words_of(answer.text)
    assert "Nothing is being sent." in words_of(answer.text), "the grey button says why"
    answer = secretary.post(f"{BASE}/resume")
    assert state(app) == "sending"
    assert "The countdown begins anew." in words_of(answer.text)


def test_cancelling_says_before_what_it_cannot_undo(app: App, secretary: TestClient) -> None:
    begun(app)
    page = words_of(secretary.get(f"{BASE}/cancel").text)
    assert "Copies that have left 0" in page
    assert "Copies that never will 12" in page
    assert secretary.post(f"{BASE}/cancel", data={"serial": "12"}).status_code == 422
    assert state(app) == "sending"
    answer = secretary.post(f"{BASE}/cancel", data={"serial": "41"})
    assert (state(app), states(app)) == ("cancelled", {"cancelled": 12})
    assert "12 never will" in words_of(answer.text)


def test_what_is_owed_is_sent_once_the_number_is_typed(club: Club, console: Console, app: App) -> None:
    late = members(12)[11]
    begun_without_undo = with_countdown(app, 0)
    reverse(app, late)
    begun(begun_without_undo)
    assert len(deliver(begun_without_undo)) == 11
    pay(app, late)
    secretary = console(Role.SECRETARY)
    page = secretary.get(f"{BASE}/unsent")
    assert "Reader012" in words_of(page.text)
    assert secretary.post(f"{BASE}/unsent", data={"copies": "2"}).status_code == 422
    assert secretary.post(f"{BASE}/unsent", data={"copies": "0", "leave_out": "P012"}).status_code == 200
    assert len(the_mailings(app)) == 1
    answer = secretary.post(f"{BASE}/unsent", data={"copies": "1"})
    assert answer.url.path == f"{BASE}/progress"
    assert [mailing.state.value for mailing in the_mailings(app)] == ["closed", "sending"]


@pytest.mark.parametrize("deed", ["send", "stop", "pause", "resume", "cancel", "unsent"])
@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_only_a_secretary_sends(app: App, console: Console, deed: str, role: Role) -> None:
    begun(app)
    client = console(role)
    assert client.post(f"{BASE}/{deed}", data={"copies": "12", "serial": "41"}).status_code == 403
    assert state(app) == "sending"
    page = client.get(f"{BASE}/progress")
    assert "Only a secretary may do this." in words_of(page.text)
