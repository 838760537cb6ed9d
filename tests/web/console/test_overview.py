"""The first page of the console."""

from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.pipeline.mailings.plan import plan_mailing
from tests.club import ISSUE, begin, members
from tests.counted import statements
from tests.pipeline.relayed import NEVER, deliver
from tests.web.conftest import Console


def test_a_plan_that_waits_is_said_to_wait_for_the_secretary(app: App, console: Console) -> None:
    plan_mailing(replace(app.context, who="daemon"), ISSUE)
    page = console(Role.SECRETARY).get("/").text
    assert "12 copies. It waits for the secretary’s approval; approved now, it leaves" in page
    assert "<strong>Approved</strong>: waits for the secretary" in page
    assert '<a href="/to-do#approval">Approvals</a>: 1' in page
    assert "No issue has been sent yet." in page


def test_a_sent_issue_stands_in_the_chart_and_is_never_called_delivered(app: App, console: Console) -> None:
    begin(app)
    deliver(app, {members(1)[0].email: NEVER})
    page = console(Role.SECRETARY).get("/").text
    assert "when our mail server has accepted it" in page
    assert f'<a href="/issues/{ISSUE}/report">{ISSUE}</a>' in page
    assert "delivered" not in page
    assert "<strong>Approved</strong>: by secretary" in page
    assert "Copies that did not arrive</a>: 1" in page


def test_an_editor_sees_no_matter_of_a_single_person(app: App, console: Console) -> None:
    begin(app)
    deliver(app, {members(1)[0].email: NEVER})
    client = console(Role.EDITOR)
    assert "Copies that did not arrive" not in client.get("/").text
    assert "Reader001" not in client.get("/to-do").text


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_who_may_not_see_people_is_told_that_something_waits(app: App, console: Console, role: Role) -> None:
    begin(app)
    deliver(app, {members(1)[0].email: NEVER})
    client = console(role)
    for path in ("/", "/to-do"):
        page = client.get(path).text
        assert "1 thing about a single person waits for the secretary." in page
        assert "Nothing waits for a person." not in page


def test_the_statements_of_the_first_page_do_not_grow_with_the_copies(app: App, console: Console) -> None:
    begin(app)
    client = console(Role.SECRETARY)
    with statements(app.store) as before:
        client.get("/")
    deliver(app, {member.email: NEVER for member in members(12)})
    with statements(app.store) as few:
        client.get("/")
    assert len(few) <= len(before) + 20
