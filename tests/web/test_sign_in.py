"""Signing in and out of the console."""

from mailer.domain.access import Role
from tests.web.conftest import Console


def test_a_signed_in_secretary_sees_the_overview(console: Console) -> None:
    answer = console(Role.SECRETARY).get("/")
    assert answer.status_code == 200
    assert "<h1>Overview</h1>" in answer.text


def test_a_form_of_another_site_does_nothing(console: Console) -> None:
    client = console(Role.SECRETARY)
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get("/").status_code == 200


def test_after_signing_out_the_console_asks_for_a_name(console: Console) -> None:
    client = console(Role.SECRETARY)
    client.post("/sign-out")
    assert client.get("/").url.path == "/sign-in"
