"""What every request passes first, and the headers of every answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.config.web import Web
from mailer.domain.access import Role
from mailer.web import application
from mailer.web.application import create_app
from mailer.web.front import host_of, is_own
from mailer.web.routes import AnyRoute, Public
from tests.club import Club
from tests.web.conftest import FROM_OUR_PAGE, Console

PUBLIC = "https://console.club.example"


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("Club.Example", "club.example"),
        ("club.example.:8025", "club.example"),
        ("[2001:DB8::1]:443", "2001:db8::1"),
        ("[::1", ""),
        ("", ""),
        ("user@club.example", "club.example"),
    ],
)
def test_the_host_of_a_header(header: str, host: str) -> None:
    assert host_of(header) == host


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "192.0.2.7", "2001:db8::1", "console.club.example"])
def test_our_own_names(host: str) -> None:
    assert is_own(Web(public_url=PUBLIC, listen="127.0.0.1:8025"), host)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "console.club.example.evil.example", "club.example", "127.0.0.1.nip.io"]
)
def test_the_names_of_others(host: str) -> None:
    assert not is_own(Web(public_url=PUBLIC, listen="127.0.0.1:8025"), host)
    assert not is_own(Web(), host)


def test_a_name_of_another_site_gets_no_page(app: App) -> None:
    client = TestClient(create_app(lambda: app), base_url="http://evil.example")
    for path in ("/", "/sign-in", "/static/console.css", "/healthz"):
        answer = client.get(path, follow_redirects=False)
        assert (answer.status_code, "public_url" in answer.text) == (421, True)


@contextmanager
def under(club: Club, public_url: str) -> Iterator[App]:
    club.settle(web={"public_url": public_url})
    with club.opened() as app:
        yield app


def test_where_the_settings_name_an_address_of_tls_the_answers_are_for_tls(club: Club) -> None:
    with under(club, PUBLIC) as app:
        # A proxy speaks TLS with the browser, and plain HTTP with us.
        client = TestClient(create_app(lambda: app), base_url="http://console.club.example")
        assert client.get("/sign-in").headers["strict-transport-security"] == "max-age=31536000"
        by_name = TestClient(create_app(lambda: app), base_url="http://localhost")
        assert "strict-transport-security" not in by_name.get("/sign-in").headers


def test_every_answer_has_the_headers(console: Console) -> None:
    client = console(Role.SECRETARY)
    answers = [client.get(path) for path in ("/", "/sign-in", "/nothing", "/static/console.css", "/healthz")]
    answers += [client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}), client.delete("/sign-in")]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 200, 200, 403, 405]
    for answer in answers:
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] in {"no-referrer", "same-origin"}  # nothing to other sites
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "server" not in answer.headers
    static = answers.pop(3)
    assert static.headers["cache-control"] == "no-cache"
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


@pytest.mark.parametrize(("language", "sentence"), [("en-GB", "There is no such page."), ("ru", "Такой страницы нет.")])
def test_an_unknown_address_gets_a_page_in_the_reader_s_language(app: App, language: str, sentence: str) -> None:
    client = TestClient(create_app(lambda: app), base_url="http://localhost", headers={"Accept-Language": language})
    answer = client.get("/issues/../../etc/passwd%00")
    assert answer.status_code == 404
    assert sentence in answer.text
    assert f'<html lang="{language[:2]}">' in answer.text
    assert '<a class="button" href="/">' in answer.text or '<a href="/">' in answer.text


def a_console_with(monkeypatch: pytest.MonkeyPatch, app: App, route: AnyRoute, **client: bool) -> TestClient:
    monkeypatch.setattr(application, "ROUTES", (*application.ROUTES, route))
    return TestClient(create_app(lambda: app), base_url="http://localhost", headers=FROM_OUR_PAGE, **client)


def test_a_fault_of_ours_is_a_page_with_the_headers_and_says_nothing_of_the_inside(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_request: object) -> None:
        raise RuntimeError("a secret of the inside")

    client = a_console_with(monkeypatch, app, Public("/broken", broken), raise_server_exceptions=False)
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
