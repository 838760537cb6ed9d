"""The pages of held addresses, the telephone list and suspended domains."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.pipeline.bounces import holds
from mailer.pipeline.sending import suspend
from mailer.store import history
from tests.club import Club, begin, copies, import_register, members, pull_issues
from tests.pipeline.relayed import deliver
from tests.reported import DOMAIN, FULL, UNKNOWN, come_back
from tests.web.conftest import Console

ANNA, BORIS, CLARA = (member.email for member in members(3))


@pytest.fixture
def app(club: Club) -> Iterator[App]:
    club.settle(bounces={"return_path_domain": DOMAIN})
    with club.opened() as app:
        russian = replace(members(1)[0], languages="ru+en")
        import_register(app, [russian, *members(11, first=2)])
        pull_issues(app)
        begin(app)
        deliver(app)
        yield app


def test_an_address_is_held_by_hand_and_lifted_with_a_reason(app: App, console: Console) -> None:
    client = console(Role.SECRETARY)
    answer = client.post("/holds", data={"address": "Reader002", "why": "she left the embassy"})
    assert f"Nothing is sent to {BORIS}" in answer.text
    [(hold, _)] = holds.listing(app.context)
    assert "she left the embassy" in client.get("/holds").text
    assert "is lifted" in client.post(f"/holds/{hold.id}/lift", data={"why": "she wrote again"}).text
    assert holds.listing(app.context) == []
    with app.store.reading() as connection:
        [*_, lifted] = history.entries(connection, "P002")
    assert (lifted.who, lifted.verb, lifted.detail) == (
        "secretary",
        "lift",
        "the address, held by hand: “she wrote again”",
    )
    assert "This hold was lifted before." in client.post(f"/holds/{hold.id}/lift", data={"why": "x"}).text


def test_what_cannot_be_held_is_said_and_what_was_typed_stays(console: Console) -> None:
    client = console(Role.SECRETARY)
    for typed, why in (("stranger@nowhere.example", "x"), ("Reader", "x"), ("not@an@address", "x"), (ANNA, "")):
        answer = client.post("/holds", data={"address": typed, "why": why})
        assert answer.status_code == 422
        assert f'value="{typed}"' in answer.text


def test_the_telephone_list_has_a_sentence_in_the_reader_s_language(app: App, console: Console) -> None:
    for person in ("P001", "P002"):
        come_back(app, person, FULL)
    come_back(app, "P003", UNKNOWN)
    holds.hold_by_hand(app.context, CLARA, "the address is gone")
    page = console(Role.SECRETARY).get("/holds/telephone").text
    assert "Здравствуйте, Читатель001!" in page
    assert "Good day, Reader002." in page
    assert page.count("<tr>") == 4


def test_a_hold_is_lifted_without_a_reason_as_in_the_terminal(app: App, console: Console) -> None:
    client = console(Role.SECRETARY)
    client.post("/holds", data={"address": "P002", "why": "she moved"})
    [(hold, _)] = holds.listing(app.context)
    assert "is lifted" in client.post(f"/holds/{hold.id}/lift").text
    assert holds.listing(app.context) == []


def test_a_domain_is_suspended_and_lifted(app: App, console: Console) -> None:
    client = console(Role.SECRETARY)
    assert client.post("/holds/domains", data={"domain": "members.example", "reason": ""}).status_code == 422
    assert client.post("/holds/domains", data={"domain": "x@", "reason": "r", "until": "32"}).status_code == 422
    page = client.post("/holds/domains", data={"domain": "members.example", "reason": "their postmaster asks"}).text
    assert "members.example gets nothing for now." in page
    assert [throttle.family for throttle in suspend.listing(app.context)] == ["members.example"]
    client.post("/holds/domains/lift", data={"domain": "members.example"})
    assert suspend.listing(app.context) == []


def test_an_editor_lifts_nothing(app: App, console: Console) -> None:
    holds.hold_by_hand(app.context, ANNA, "x")
    [(hold, _)] = holds.listing(app.context)
    client = console(Role.EDITOR)
    for path in (f"/holds/{hold.id}/lift", "/holds", "/holds/domains", "/holds/domains/lift"):
        assert client.post(path, data={"why": "x", "address": BORIS, "domain": "a.example"}).status_code == 403
    assert len(holds.listing(app.context)) == 1
    assert copies(app)["P001"].address == ANNA
