"""Test mailings from the browser reach a real SMTP server, and no member's data goes out unasked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.users import add_user
from mailer.web.application import create_app
from tests.club import ISSUE, Club, Member, import_register, members, pull_issues
from tests.scripted_relay import Sink
from tests.web.conftest import FROM_OUR_PAGE, ORIGIN, PASSWORD
from tests.web.markup import faults

PATH = f"/issues/{ISSUE}"
SCHEDULE = {"approval": {"required": True, "editors": ["editor@club.example"], "test_to": ["deputy@club.example"]}}


@dataclass(frozen=True)
class Desk:
    """A club beside a relay, and its console."""

    app: App
    relay: Sink

    async def signed_in(self, role: Role, address: str = "") -> TestClient:
        return await asyncio.to_thread(self._signed_in, role, address)

    def _signed_in(self, role: Role, address: str) -> TestClient:
        add_user(self.app.context, User(id=0, name=role.value, role=role, address=address), PASSWORD)
        client = TestClient(create_app(lambda: self.app), base_url=ORIGIN, headers=FROM_OUR_PAGE)
        client.post("/sign-in", data={"name": role.value, "password": PASSWORD})
        return client

    @property
    def recipients(self) -> list[str]:
        return [message.recipient for message in self.relay.received]


@pytest.fixture
async def desk(tmp_path) -> AsyncIterator[Desk]:
    club = Club.found(tmp_path, SCHEDULE)
    async with Sink() as relay:
        club.settle(smtp={"port": relay.port})
        with club.opened() as app:
            import_register(app, [*members(2), Member(number=3, paid=0)])
            pull_issues(app)
            plan_mailing(app.context, ISSUE)
            yield Desk(app, relay)


async def post(client, path, **fields):
    return await asyncio.to_thread(client.post, f"{PATH}{path}", data=fields)


async def test_an_editor_sends_a_test_to_the_editors(desk):
    client = await desk.signed_in(Role.EDITOR)
    answer = await post(client, "/test", to="editors")
    assert "1 test message was sent to editor@club.example." in answer.text
    assert desk.recipients == ["editor@club.example"]
    assert b"TEST: a test mailing" in desk.relay.received[0].message
    assert "No test mailing of exactly this was sent" not in answer.text
    assert ", editor</dd>" in answer.text  # tested by


async def test_to_me_goes_to_the_users_own_address_alone(desk):
    client = await desk.signed_in(Role.SECRETARY, "deputy@club.example")
    await post(client, "/test", to="me")
    assert desk.recipients == ["deputy@club.example"]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "Your account has no address"),
        ("stranger@club.example", "stranger@club.example is not among the addresses for tests"),
    ],
)
async def test_to_me_is_grey_with_its_reason_where_tests_may_not_go(desk, address, why):
    client = await desk.signed_in(Role.EDITOR, address)
    page = (await asyncio.to_thread(client.get, PATH)).text
    assert why in page
    assert 'id="test-me" name="to" value="me" disabled' in page
    assert (await post(client, "/test", to="me")).status_code == 409
    assert desk.recipients == []


async def test_a_member_is_asked_about_before_their_data_goes_to_the_editors(desk):
    client = await desk.signed_in(Role.SECRETARY)
    asked = await post(client, "/test", person="Reader002", to="editors")
    assert asked.url.path == f"{PATH}/test"
    assert asked.url.query == b"person=P002"
    assert faults(asked.text) == []
    assert "The name and dates of this person go to the editors." in asked.text
    assert "editor@club.example" in asked.text
    assert desk.recipients == []
    await post(client, "/test", person="P002", to="editors", confirmed="yes")
    assert desk.recipients == ["editor@club.example"]
    assert b"Reader002" in desk.relay.received[0].message


async def test_a_person_who_is_not_entitled_or_not_there_is_not_tested(desk):
    client = await desk.signed_in(Role.SECRETARY)
    refused = await post(client, "/test", person="P003", to="editors", confirmed="yes")
    assert refused.status_code == 409
    assert "is not entitled" in refused.text
    asked = await post(client, "/test", person="Nobody", to="editors")
    assert asked.status_code == 422
    assert 'value="Nobody"' in asked.text
    assert desk.recipients == []


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
async def test_no_one_else_sends_a_members_data_to_the_editors(desk, role):
    client = await desk.signed_in(role)
    answer = await post(client, "/test", person="P002", to="editors", confirmed="yes")
    assert answer.status_code in {403, 409}
    assert (await asyncio.to_thread(client.get, f"{PATH}/test?person=P002")).status_code == 403
    assert desk.recipients == []


async def test_an_address_in_the_form_is_not_believed(desk):
    client = await desk.signed_in(Role.EDITOR, "editor@club.example")
    await post(client, "/test", to="stranger@club.example")
    assert desk.recipients == ["editor@club.example"]  # to anything but “me”: the editors


async def test_a_relay_that_is_down_is_named_and_nothing_counts_as_tested(desk):
    client = await desk.signed_in(Role.EDITOR)
    await desk.relay.__aexit__(None, None, None)
    answer = await post(client, "/test", to="editors")
    assert answer.status_code >= 400
    assert "127.0.0.1" in answer.text
    page = (await asyncio.to_thread(client.get, PATH)).text
    assert "No test mailing of exactly this was sent" in page
    await desk.relay.__aenter__()
