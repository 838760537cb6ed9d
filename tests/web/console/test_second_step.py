"""The second step: one-time codes, printed codes and passkeys, each good once, and none a way around another."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.pipeline.users import add_user
from mailer.web.application import create_app
from tests.authenticator import Authenticator
from tests.club import THURSDAY, Club
from tests.doubles import FrozenClock
from tests.web.conftest import PASSWORD

SITE = "http://localhost:8025"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(THURSDAY)


@pytest.fixture
def app(club: Club, clock: FrozenClock) -> Iterator[App]:
    club.settle(web={"listen": "127.0.0.1:8025"})
    with club.opened(clock) as app:
        add_user(app.context, User(id=0, name="anna", role=Role.SECRETARY), PASSWORD)
        yield app


def browser(app: App) -> TestClient:
    return TestClient(create_app(lambda: app), base_url=SITE, headers={"Sec-Fetch-Site": "same-origin"})


def password_in(app: App) -> TestClient:
    """A browser in which the password was typed."""
    client = browser(app)
    client.post("/sign-in", data={"name": "anna", "password": PASSWORD})
    return client


def give(client: TestClient, code: str) -> str:
    """Type a code at the second step, and say where that leads."""
    return client.post("/sign-in/second", data={"code": code}).url.path


def set_up_app(client: TestClient, clock: FrozenClock) -> pyotp.TOTP:
    """Set an app up by what the page shows."""
    page = client.post("/account/app/begin").text
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)
    assert secret
    codes = pyotp.TOTP(secret[1].replace(" ", ""))
    answer = client.post("/account/app", data={"code": codes.at(clock.now())})
    assert "One-time codes are set up" in answer.text
    return codes


def print_sheet(client: TestClient) -> list[str]:
    return re.findall(r"<li>([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})</li>", client.post("/account/sheet").text)


def store_passkey(client: TestClient, authenticator: Authenticator, name: str = "PC") -> str:
    options = client.post("/account/passkeys/options").text
    form = {"passkey": authenticator.create(options), "passkey_name": name}
    return client.post("/account/passkeys", data=form).text


def sign_in_by(client: TestClient, authenticator: Authenticator) -> str:
    options = client.post("/sign-in/passkey").text
    return client.post("/sign-in/second", data={"passkey": authenticator.get(options)}).url.path


def test_a_password_alone_signs_in_until_a_second_way_is_set_up(app: App, clock: FrozenClock) -> None:
    client = password_in(app)
    assert client.get("/").url.path == "/"
    codes = set_up_app(client, clock)
    assert client.get("/").url.path == "/"  # the browser in which it was set up goes on
    clock.advance(seconds=60)
    other = password_in(app)
    for path in ("/", "/issues", "/account", "/account/app"):
        assert other.get(path).url.path == "/sign-in/second"
    assert other.post("/account/sheet").url.path == "/sign-in/second"
    assert give(other, codes.at(clock.now())) == "/"


def test_a_session_of_before_is_asked_for_the_second_way_from_then_on(app: App, clock: FrozenClock) -> None:
    client, other = password_in(app), password_in(app)
    set_up_app(client, clock)
    assert other.get("/").url.path == "/sign-in/second"


def test_no_code_is_accepted_twice_not_even_the_one_of_the_set_up(app: App, clock: FrozenClock) -> None:
    codes = set_up_app(password_in(app), clock)
    assert give(password_in(app), codes.at(clock.now())) == "/sign-in/second"
    clock.advance(seconds=30)
    assert give(password_in(app), f" {codes.at(clock.now())[:3]} {codes.at(clock.now())[3:]} ") == "/"
    again = password_in(app).post("/sign-in/second", data={"code": codes.at(clock.now())})
    assert again.status_code == 403
    assert "wrong, or was used already" in again.text


def test_the_session_has_a_new_id_after_the_second_step(app: App, clock: FrozenClock) -> None:
    codes = set_up_app(password_in(app), clock)
    clock.advance(seconds=30)
    client, thief = password_in(app), browser(app)
    thief.cookies.set("session", client.cookies["session"])
    give(client, codes.at(clock.now()))
    assert client.get("/").url.path == "/"
    assert thief.get("/").url.path == "/sign-in"


def test_codes_cannot_be_guessed(app: App, clock: FrozenClock) -> None:
    codes = set_up_app(password_in(app), clock)
    clock.advance(seconds=60)
    client = browser(app)  # one that the user does not know
    client.post("/sign-in", data={"name": "anna", "password": PASSWORD})
    answers = [client.post("/sign-in/second", data={"code": f"{n:06}"}).status_code for n in range(30)]
    assert answers == [403] * 10 + [429] * 20
    clock.advance(minutes=5)
    assert give(client, codes.at(clock.now())) == "/"


def test_the_password_is_typed_anew_when_the_second_step_takes_too_long(app: App, clock: FrozenClock) -> None:
    codes = set_up_app(password_in(app), clock)
    client = password_in(app)
    clock.advance(minutes=15)
    assert give(client, codes.at(clock.now())) == "/sign-in"


def test_a_printed_code_is_good_once_however_it_is_typed(app: App) -> None:
    codes = print_sheet(password_in(app))
    assert len(codes) == 10
    assert give(password_in(app), codes[0].upper().replace("-", " ")) == "/"
    assert give(password_in(app), codes[0]) == "/sign-in/second"
    assert give(password_in(app), "0000-0000-0000") == "/sign-in/second"


def test_a_new_sheet_makes_the_old_one_worthless(app: App) -> None:
    client = password_in(app)
    old, new = print_sheet(client), print_sheet(client)
    assert give(password_in(app), old[0]) == "/sign-in/second"
    assert give(password_in(app), new[0]) == "/"


def test_few_codes_are_said_and_after_the_last_a_new_sheet_is_needed(app: App) -> None:
    codes = print_sheet(password_in(app))
    for code in codes[:6]:
        assert give(password_in(app), code) == "/"
    answer = password_in(app).post("/sign-in/second", data={"code": codes[6]})
    assert answer.url.path == "/account"
    assert "3 printed codes are left" in answer.text
    give(password_in(app), codes[7])
    give(password_in(app), codes[8])
    last = password_in(app)
    give(last, codes[9])
    assert last.get("/issues").url.path == "/account"
    assert "A second way to sign in is needed" in last.get("/account").text
    stranger = password_in(app)  # has the password alone
    assert "All printed codes are used" in stranger.get("/").text
    assert stranger.get("/account").url.path == "/sign-in/second"
    print_sheet(last)
    assert last.get("/issues").url.path == "/issues"


def test_a_passkey_signs_in_and_is_asked_for(app: App) -> None:
    key = Authenticator(SITE)
    assert "The passkey is stored" in store_passkey(password_in(app), key)
    client = password_in(app)
    assert client.get("/").url.path == "/sign-in/second"
    assert sign_in_by(client, key) == "/"
    assert "PC, stored" in client.get("/account").text
    assert sign_in_by(password_in(app), key) == "/"  # a counter that stays 0


def test_a_passkey_of_another_site_another_key_and_an_old_answer_are_refused(app: App) -> None:
    key = Authenticator(SITE)
    store_passkey(password_in(app), key)
    client = password_in(app)
    for forger in (Authenticator("http://127.0.0.1:8025"), Authenticator(SITE, seed=2)):
        assert sign_in_by(client, forger) == "/sign-in/second"
    answer = key.get(client.post("/sign-in/passkey").text)
    assert client.post("/sign-in/second", data={"passkey": answer}).url.path == "/"
    replayed = password_in(app)
    assert replayed.post("/sign-in/second", data={"passkey": answer}).status_code == 403
    replayed.post("/sign-in/passkey")
    assert replayed.post("/sign-in/second", data={"passkey": answer}).status_code == 403


def test_a_stored_passkey_is_not_stored_again(app: App) -> None:
    client, key = password_in(app), Authenticator(SITE)
    store_passkey(client, key)
    assert "stored already" in store_passkey(client, key)


def test_the_host_that_was_asked_for_decides_nothing(app: App) -> None:
    client = password_in(app)
    options = client.post("/account/passkeys/options", headers={"Host": "127.0.0.1"}).json()
    assert options["rp"]["id"] == "localhost"
    assert 'data-origin="http://localhost:8025"' in client.get("/account").text


def test_by_a_bare_address_passkeys_are_not_offered(club: Club, clock: FrozenClock) -> None:
    club.settle(web={"listen": "127.0.0.1:8025", "public_url": "https://203.0.113.7"})
    with club.opened(clock) as app:
        add_user(app.context, User(id=0, name="anna", role=Role.SECRETARY), PASSWORD)
        client = TestClient(
            create_app(lambda: app), base_url="https://203.0.113.7", headers={"Sec-Fetch-Site": "same-origin"}
        )
        client.post("/sign-in", data={"name": "anna", "password": PASSWORD})
        page = client.get("/account").text
        assert "Passkeys are not offered" in page
        assert "data-passkey" not in page
        assert client.post("/account/passkeys/options").status_code == 404


def test_where_a_second_way_is_required_nothing_else_can_be_done_before(club: Club, clock: FrozenClock) -> None:
    club.settle(web={"listen": "127.0.0.1:8025", "require_second": True})
    with club.opened(clock) as app:
        add_user(app.context, User(id=0, name="anna", role=Role.SECRETARY), PASSWORD)
        client = password_in(app)
        assert client.get("/issues").url.path == "/account"
        assert client.post("/issues/pull").url.path == "/account"
        assert "A second way to sign in is needed" in client.get("/account").text
        codes = print_sheet(client)
        assert client.get("/issues").url.path == "/issues"
        assert give(password_in(app), codes[0]) == "/"


def test_a_second_way_is_removed_only_by_one_who_knows_the_password(app: App, clock: FrozenClock) -> None:
    client, key = password_in(app), Authenticator(SITE)
    set_up_app(client, clock)
    print_sheet(client)
    store_passkey(client, key)
    paths = ["/account/app/remove", "/account/sheet/remove", "/account/passkeys/1/remove"]
    for path in paths:
        wrong = client.post(path, data={"own_password": "a wrong one"})
        assert wrong.status_code == 422
        assert "this is not your password" in wrong.text
    assert password_in(app).get("/").url.path == "/sign-in/second"
    for path in paths:
        assert "removed" in client.post(path, data={"own_password": PASSWORD}).text
        assert client.post(path, data={"own_password": PASSWORD}).status_code == 422
    assert password_in(app).get("/").url.path == "/"


def test_the_pages_fit_their_policy(app: App, clock: FrozenClock) -> None:
    """No inline script or style: a browser would not run them."""
    client = password_in(app)
    pages = [client.post("/account/app/begin").text, client.post("/account/sheet").text, client.get("/account").text]
    set_up_app(client, clock)
    pages.append(password_in(app).get("/").text)
    for page in pages:
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", page)
