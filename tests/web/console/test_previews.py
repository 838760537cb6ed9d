"""A preview has an address of its own: signed, for minutes, without a session, and nothing in it can run."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from mailer.domain.access import Role
from mailer.formats.link import sign_link
from mailer.pipeline.mailings.plan import plan_mailing
from tests.club import ISSUE
from tests.web.conftest import ORIGIN

PATH = f"/issues/{ISSUE}/preview"
POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@pytest.fixture
def planned(app):
    plan_mailing(app.context, ISSUE)
    return app


def address(client, **query):
    answer = client.get(PATH, params=query, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@pytest.mark.parametrize("part", ["html", "text"])
def test_it_opens_without_a_session_and_is_shut_in(planned, console, part):
    client = console(Role.SECRETARY)
    link = address(client, person="P002", language="en", part=part)
    with TestClient(client.app, base_url=ORIGIN) as stranger:
        answer = stranger.get(link)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["content-type"].startswith("text/html" if part == "html" else "text/plain")
    assert "Reader002" in answer.text
    assert "cid:" not in answer.text
    assert "P002" not in link


def test_a_forged_an_expired_and_a_foreign_link_look_alike(planned, console):
    client = console(Role.SECRETARY)
    link = address(client, person="P002", language="en", part="html")
    values = {"issue": str(ISSUE), "person": "P002", "variant": "", "masked": "", "language": "en", "part": "html"}
    keys, now = planned.context.keys, planned.context.clock.now()
    foreign = sign_link(keys, "read", {**values, "scheme": "light"}, now + timedelta(minutes=1))
    wrong = [f"{link[:-1]}{'0' if link[-1] != '0' else '1'}", "/preview/x", f"/preview/{foreign}"]
    answers = [client.get(each) for each in wrong]
    planned.context.clock.advance(minutes=11)
    answers.append(client.get(link))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert all(answer.headers["content-security-policy"] == POLICY for answer in answers)


def test_without_a_session_no_address_is_signed(planned, console):
    with TestClient(console(Role.SECRETARY).app, base_url=ORIGIN) as stranger:
        answer = stranger.get(PATH, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_of_a_person_others_than_secretaries_see_the_variant_alone(planned, console, role):
    client = console(role)
    answer = client.get(PATH, params={"person": "P002", "language": "en", "part": "text"})
    assert answer.status_code == 200
    assert "Jane Example" in answer.text
    assert not [word for word in ("Reader002", "Friend002", "desk002@members.example") if word in answer.text]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"person": "P999"}, 404),
        ({"variant": "none-such"}, 404),
        ({"part": "eml"}, 404),
        ({"language": "fr"}, 409),
        ({"language": "../../x"}, 409),
    ],
)
def test_what_has_no_copy_has_no_address(planned, console, query, status):
    assert console(Role.SECRETARY).get(PATH, params=query, follow_redirects=False).status_code == status


def test_a_dark_screen_is_asked_for(planned, console):
    client = console(Role.EDITOR)
    dark, light = (client.get(PATH, params={"scheme": scheme}).text for scheme in ("dark", "light"))
    assert 'content="dark"' in dark
    assert 'content="light"' in light
    assert dark != light


def test_looking_changes_nothing(planned, console):
    client = console(Role.SECRETARY)
    link = address(client, person="P002", language="en", part="html")
    with planned.store.reading() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM history").scalar()
    for _ in range(3):
        client.get(link)
        client.head(link)
    with planned.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM history").scalar() == before
