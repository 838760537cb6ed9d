"""The register in the browser: found, added, edited by two at once, ended, handed over, paused, erased."""

import re

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.register.people import find_person
from tests.club import ISSUE, Member, import_register, members, pull_issues
from tests.web.conftest import Console
from tests.web.markup import faults

PAGES = (
    "/register",
    "/register?q=nobody+at+all",
    "/register?standing=unpaid&kind=corporate",
    "/register/ending",
    "/register/ending?before=2100-01-01",
    "/register/ending?before=soon",
    "/register/add",
    "/register/people/P001",
    "/register/people/P001?issue=41",
    "/register/people/P001/edit",
    "/register/people/P001/end?membership=M001",
    "/register/people/P001/successor",
    "/register/people/P001/pause",
    "/register/people/P001/erase",
    "/register/memberships/M001",
    "/register/memberships/M001/edit",
    "/register/memberships/M001/add",
    "/register/memberships/M001/missed",
    "/register/memberships/M001/payments/add",
    "/register/memberships/M001/payments/1/reverse",
)


@pytest.fixture
def secretary(console: Console) -> TestClient:
    return console(Role.SECRETARY)


def hidden(page: str, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert match, name
    return match[1]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound(secretary: TestClient, path: str) -> None:
    answer = secretary.get(path)
    assert answer.status_code in {200, 422}, answer.text
    assert faults(answer.text) == []


def test_editors_see_no_register(console: Console) -> None:
    editor = console(Role.EDITOR)
    assert {editor.get(path).status_code for path in PAGES} == {403}
    assert editor.post("/register/people/P001/erase", data={"typed": "P001"}).status_code == 403


def test_what_is_not_there_is_not_found(secretary: TestClient) -> None:
    for path in ("/register/people/P999", "/register/people/P999/edit", "/register/memberships/M999"):
        assert secretary.get(path).status_code == 404


def test_a_notice_leads_to_the_issue_that_it_names_and_names_no_command(secretary: TestClient, app: App) -> None:
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    path = "/register/people/P001/edit"
    version = hidden(secretary.get(path).text, "version")
    page = secretary.post(path, data={"email": "new@example.org", "version": version}).text
    assert f'<a href="/issues/{ISSUE}">{ISSUE}</a>' in page
    assert "a different copy for P001" in page
    assert "`" not in page


def test_a_person_is_searched_and_shown(secretary: TestClient, app: App) -> None:
    name = find_person(app.context, "P003").name
    assert "/register/people/P003" in secretary.get("/register", params={"q": name.upper()}).text
    page = secretary.get("/register/people/P003").text
    assert name in page
    assert "Paid until" in page


def test_a_person_is_added(secretary: TestClient, app: App) -> None:
    form = secretary.get("/register/add").text
    typed = {
        "membership": hidden_value(form, "membership"),
        "kind": "individual",
        "circulation": "club",
        "person": hidden_value(form, "person"),
        "name_en": "Ada Moor",
        "email": "ada@example.org",
    }
    assert (typed["membership"], typed["person"]) == ("M013", "P013")
    answer = secretary.post("/register/add", data=typed)
    assert answer.url.path == "/register/people/P013"
    assert "P013 Ada Moor is in the register." in answer.text
    assert "until the register has: Salutation (English)." in answer.text
    assert find_person(app.context, "P013").name == "Ada Moor"


def hidden_value(page: str, name: str) -> str:
    match = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert match, name
    return match[1]


def test_a_wrong_field_is_marked_and_what_was_typed_stays(secretary: TestClient, app: App) -> None:
    version = hidden(secretary.get("/register/people/P001/edit").text, "version")
    answer = secretary.post(
        "/register/people/P001/edit", data={"email": "no address", "phone": "12 34", "version": version}
    )
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "no address" in answer.text
    assert "12 34" in answer.text
    assert faults(answer.text) == []
    assert find_person(app.context, "P001").entries[0].seat.phone == ""


def test_a_slip_is_asked_about_once(secretary: TestClient, app: App) -> None:
    path = "/register/people/P001/edit"
    typed = {"email": "anna@gmail.con", "version": hidden(secretary.get(path).text, "version")}
    answer = secretary.post(path, data=typed)
    assert answer.status_code == 409
    assert "gmail.com" in answer.text
    assert "Enter it all the same" in answer.text
    assert faults(answer.text) == []
    secretary.post(path, data=typed | {"accepted": hidden(answer.text, "accepted")})
    assert str(find_person(app.context, "P001").entries[0].seat.address) == "anna@gmail.con"


def test_of_two_people_editing_the_second_is_told(secretary: TestClient, app: App) -> None:
    path = "/register/people/P001/edit"
    version = hidden(secretary.get(path).text, "version")
    assert secretary.post(path, data={"phone": "first", "version": version}).url.path == "/register/people/P001"
    answer = secretary.post(path, data={"phone": "second", "version": version})
    assert answer.status_code == 412
    assert "first" in answer.text
    assert "second" in answer.text
    assert faults(answer.text) == []
    assert find_person(app.context, "P001").entries[0].seat.phone == "first"
    secretary.post(path, data={"phone": "second", "version": hidden(answer.text, "version")})
    assert find_person(app.context, "P001").entries[0].seat.phone == "second"


def test_what_the_second_of_two_did_not_touch_is_as_the_first_left_it(secretary: TestClient, app: App) -> None:
    path = "/register/people/P001/edit"
    page = secretary.get(path).text
    address = hidden_value(page, "email")
    base = {"email": address, "phone": "", "was_email": hidden(page, "was_email"), "was_phone": "", "version": "x"}
    version = hidden(page, "version")
    secretary.post(path, data=base | {"phone": "first", "version": version})
    again = secretary.post(path, data=base | {"email": "new@example.org", "version": version}).text
    assert hidden_value(again, "phone") == "first"
    assert hidden_value(again, "email") == "new@example.org"
    typed = {"phone": "first", "email": "new@example.org", "version": hidden(again, "version")}
    secretary.post(path, data=typed)
    seat = find_person(app.context, "P001").entries[0].seat
    assert (seat.phone, str(seat.address)) == ("first", "new@example.org")


def test_a_seat_ends_and_is_handed_over(secretary: TestClient, app: App) -> None:
    path = "/register/people/P001/end"
    version = hidden(secretary.get(path).text, "version")
    answer = secretary.post(path, data={"ended_on": "", "version": version})
    assert answer.status_code == 422
    assert "the day is missing" in answer.text
    assert find_person(app.context, "P001").entries[0].seat.ended_on is None
    secretary.post(path, data={"ended_on": "2018-06-01", "version": version})
    assert str(find_person(app.context, "P001").entries[0].seat.ended_on) == "2018-06-01"
    path = "/register/people/P002/successor"
    version = hidden(secretary.get(path).text, "version")
    typed = {"ended_on": "2018-06-01", "person": "P050", "name_en": "Carl Berg", "version": version}
    answer = secretary.post(path, data=typed)
    assert answer.url.path == "/register/people/P050"
    assert find_person(app.context, "P050").entries[0].membership.id == "M002"


def test_a_pause_and_its_end(secretary: TestClient, app: App) -> None:
    path = "/register/people/P001/pause"
    assert secretary.post(path, data={"from": "2030-02-01", "until": "2030-01-01"}).status_code == 422
    answer = secretary.post(path, data={"from": "2030-01-01", "until": "2030-02-01"})
    assert "Paused at their wish" in answer.text
    assert faults(answer.text) == []
    secretary.post("/register/people/P001/resume")
    assert find_person(app.context, "P001").own_pause is None


def test_a_person_is_erased_only_when_the_id_is_typed(secretary: TestClient) -> None:
    path = "/register/people/P001/erase"
    assert secretary.post(path, data={"typed": "P01"}).status_code == 422
    answer = secretary.post(path, data={"typed": "P001"})
    assert answer.url.path == "/register"
    assert "erased-1" in answer.text
    assert secretary.get("/register/people/P001").status_code == 404


def test_a_membership_is_edited(secretary: TestClient, app: App) -> None:
    path = "/register/memberships/M001/edit"
    typed = {"kind": "individual", "organisation": "Northern Bank", "circulation": "club", "free_until": ""}
    answer = secretary.post(path, data=typed | {"version": hidden(secretary.get(path).text, "version")})
    assert "Northern Bank" in answer.text
    assert find_person(app.context, "P001").entries[0].membership.organisation == "Northern Bank"


def test_a_name_is_never_markup(secretary: TestClient) -> None:
    path = "/register/people/P001/edit"
    typed = {"name_en": "<script>alert(1)</script>", "version": hidden(secretary.get(path).text, "version")}
    page = secretary.post(path, data=typed).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_new_person_stands_in_a_circle_to_which_a_newsletter_goes(app: App, secretary: TestClient) -> None:
    import_register(app, [*members(2), Member(number=3, more={"circulation": "archive"})])
    page = secretary.get("/register/add").text
    choice = page[page.index('name="circulation"') :].partition("</select>")[0]
    offered = re.findall(r'<option value="([^"]*)"', choice)
    assert offered[0] == "club"
    assert "archive" in offered
