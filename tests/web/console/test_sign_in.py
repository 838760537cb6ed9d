"""Signing in and out: who may, how fast, from where, and what a browser keeps of it."""

import html
import re
from hashlib import sha256

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.sign_in import IDLE, LONGEST_SESSION
from mailer.domain.user import User
from mailer.formats.credentials import password
from mailer.pipeline.users import add_user
from mailer.pipeline.users.accounts import disable, find_user, set_password
from mailer.store import sessions
from mailer.web.application import create_app
from tests.counted import statements
from tests.doubles import FrozenClock
from tests.web.conftest import ORIGIN, PASSWORD, Console

WRONG = "a password that is wrong"


def client_of(app: App, *, origin: str = ORIGIN, network: str = "198.51.100.7") -> TestClient:
    """A browser without a session, in this network."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    return TestClient(create_app(lambda: app), base_url=origin, headers=headers, client=(network, 50000))


def sign_in(client: TestClient, typed: str = PASSWORD, name: str = "anna", **more: str) -> int:
    return client.post("/sign-in", data={"name": name, "password": typed, **more}).status_code


@pytest.fixture
def anna(app: App) -> User:
    return add_user(app.context, User(id=0, name="anna", role=Role.SECRETARY), PASSWORD)


def test_a_signed_in_secretary_sees_the_overview(console: Console) -> None:
    answer = console(Role.SECRETARY).get("/")
    assert answer.status_code == 200
    assert "<h1>Overview</h1>" in answer.text


@pytest.mark.parametrize("name", ["Anna", " anna ", "ANNA"])
def test_capitals_and_spaces_of_a_name_make_no_difference(app: App, anna: User, name: str) -> None:
    assert sign_in(client_of(app), name=name) == 200


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(app: App, anna: User) -> None:
    answers = [
        client_of(app).post("/sign-in", data={"name": name, "password": WRONG}) for name in ("anna", "nemo", "nemo2")
    ]
    assert {answer.status_code for answer in answers} == {403}
    texts = {answer.text.replace(name, "") for answer, name in zip(answers, ("anna", "nemo2", "nemo2"), strict=True)}
    assert len({re.sub(r'value="\w*"', "", text) for text in texts}) == 1
    assert "Name and password do not fit." in answers[0].text


def test_a_disabled_user_cannot_sign_in_and_is_signed_out(app: App, anna: User) -> None:
    add_user(app.context, User(id=0, name="root", role=Role.ADMIN), PASSWORD)
    client = client_of(app)
    sign_in(client)
    disable(app.context, anna)
    assert client.get("/").url.path == "/sign-in"
    assert sign_in(client) == 403


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: App, anna: User) -> None:
    answer = client_of(app).post("/sign-in", data={"name": "anna", "password": PASSWORD}, follow_redirects=False)
    session, mark = answer.headers.get_list("set-cookie")
    assert session.startswith("session=")
    assert mark.startswith(f"browser-{anna.id}=")
    for cookie in (session, mark):
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
        assert "Secure" not in cookie
        assert "Domain" not in cookie


def test_over_tls_the_cookie_is_for_this_host_and_tls_alone(app: App, anna: User) -> None:
    client = client_of(app, origin="https://console.club.example")
    answer = client.post("/sign-in", data={"name": "anna", "password": PASSWORD}, follow_redirects=False)
    for cookie in answer.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-")
        assert "; Secure" in cookie
    assert client.get("/").url.path == "/"


def test_only_the_hash_of_a_sessions_id_is_stored(app: App, anna: User) -> None:
    client = client_of(app)
    sign_in(client)
    identity = client.cookies["session"]
    with app.store.reading() as connection:
        (session,) = sessions.of_user(connection, anna.id)
    assert session.token == sha256(identity.encode()).hexdigest()
    assert len(identity) >= 43  # 256 bits


def test_an_id_that_was_there_before_signing_in_is_worth_nothing_afterwards(app: App, anna: User) -> None:
    """Session fixation: an attacker plants an id of their own choice, or of their own session, in the browser."""
    add_user(app.context, User(id=0, name="eve", role=Role.EDITOR), PASSWORD)
    attacker = client_of(app)
    sign_in(attacker, name="eve")
    for planted in ("chosen by the attacker", attacker.cookies["session"]):
        client = client_of(app)
        client.cookies.set("session", planted)
        sign_in(client)
        ours = [cookie.value for cookie in client.cookies.jar if cookie.value != planted and cookie.name == "session"]
        assert len(ours) == 1
        thief = client_of(app)
        thief.cookies.set("session", planted)
        assert thief.get("/").url.path == "/sign-in"


def test_a_stolen_cookie_is_worth_nothing_after_a_new_password(app: App, anna: User) -> None:
    client, thief = client_of(app), client_of(app)
    sign_in(client)
    thief.cookies.set("session", client.cookies["session"])
    assert thief.get("/").url.path == "/"
    set_password(app.context, find_user(app.context, "anna"), "another four plain words")
    assert thief.get("/").url.path == "/sign-in"
    assert thief.post("/account", data={"language": "ru"}).url.path == "/sign-in"
    assert sign_in(client) == 403
    assert sign_in(client, "another four plain words") == 200


def test_after_signing_out_the_session_is_gone_everywhere(app: App, anna: User) -> None:
    client, thief = client_of(app), client_of(app)
    sign_in(client)
    thief.cookies.set("session", client.cookies["session"])
    client.post("/sign-out")
    assert "session" not in client.cookies
    assert thief.get("/").url.path == "/sign-in"


class TestByTheClock:
    """A clock that stands still until it is moved."""

    @pytest.fixture
    def clock(self) -> FrozenClock:
        from tests.club import THURSDAY

        return FrozenClock(THURSDAY)

    @pytest.fixture
    def app(self, club, clock: FrozenClock):  # type: ignore[no-untyped-def]
        with club.opened(clock) as app:
            yield app

    def test_an_idle_session_ends(self, app: App, anna: User, clock: FrozenClock) -> None:
        client = client_of(app)
        sign_in(client)
        clock.advance(seconds=IDLE.total_seconds() - 1)
        assert client.get("/").url.path == "/"
        clock.advance(seconds=IDLE.total_seconds() - 1)
        assert client.get("/").url.path == "/"
        clock.advance(seconds=IDLE.total_seconds())
        assert client.get("/").url.path == "/sign-in"

    def test_a_session_in_use_ends_after_a_week(self, app: App, anna: User, clock: FrozenClock) -> None:
        client = client_of(app)
        sign_in(client)
        for _ in range(int(LONGEST_SESSION / IDLE) + 1):
            assert client.get("/account").url.path == "/account"
            clock.advance(seconds=IDLE.total_seconds() - 60)
        assert client.get("/account").url.path == "/sign-in"

    def test_many_attempts_cost_a_few_hashes_and_keep_the_user_out_for_minutes(
        self, app: App, anna: User, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hashed = []
        verify = password.PasswordHasher.verify
        monkeypatch.setattr(password.PasswordHasher, "verify", lambda *words: hashed.append(None) or verify(*words))
        client = client_of(app)
        answers = []
        for number in range(60):
            with statements(app.store) as executed:
                answer = client.post("/sign-in", data={"name": "anna", "password": f"{WRONG} {number}"})
            answers.append(answer.status_code)
            assert len(executed) <= 12
        assert answers.count(403) == len(hashed) == 10
        assert answers[10:] == [429] * 50
        assert 0 < int(answer.headers["retry-after"]) <= 300
        assert "Wait 1 minute" in answer.text
        assert sign_in(client) == 429  # the right password, too soon
        clock.advance(minutes=5)
        assert sign_in(client) == 200

    def test_guessing_that_goes_on_keeps_no_user_out_of_a_known_browser(
        self, app: App, anna: User, clock: FrozenClock
    ) -> None:
        client = client_of(app)
        sign_in(client)
        client.post("/sign-out")
        for minute in range(40):
            clock.advance(minutes=1)
            for network in (f"203.0.113.{minute}", "198.51.100.7"):  # others', and the user's own
                sign_in(client_of(app, network=network), WRONG)
        assert sign_in(client_of(app, network="198.51.100.200")) == 429
        assert sign_in(client) == 200

    def test_from_one_network_all_names_are_slowed_down(self, app: App, anna: User) -> None:
        for number in range(10):
            assert sign_in(client_of(app), WRONG, f"name {number}") == 403
        assert sign_in(client_of(app)) == 429
        assert sign_in(client_of(app, network="198.51.100.8")) == 200

    def test_a_mark_that_was_made_up_or_is_of_another_user_is_no_way_around(self, app: App, anna: User) -> None:
        other = add_user(app.context, User(id=0, name="eve", role=Role.EDITOR), PASSWORD)
        eve = client_of(app, network="203.0.113.9")
        sign_in(eve, name="eve")
        mark = eve.cookies[f"browser-{other.id}"]
        for _ in range(10):
            sign_in(client_of(app), WRONG)
        for value in (mark, f"{mark.partition('.')[0]}.", "a.b", "%C3%A9.%C3%A9", "."):
            client = client_of(app)
            client.headers["cookie"] = f"browser-{anna.id}={value}"
            assert sign_in(client) == 429


@pytest.mark.parametrize(
    "next_page",
    [
        "//evil.example",
        "///evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n\\evil.example",
        " //evil.example",
        "/\\\\/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
    ],
)
def test_no_address_leads_elsewhere_after_signing_in(app: App, anna: User, next_page: str) -> None:
    form = {"name": "anna", "password": PASSWORD, "next": next_page}
    answer = client_of(app).post("/sign-in", data=form, follow_redirects=False)
    assert answer.status_code == 303
    assert re.fullmatch(r"/([^/\\].*)?", answer.headers["location"])
    page = client_of(app).get("/sign-in", params={"next": next_page}).text
    assert re.search(r'name="next" value="/([^/\\"][^"]*)?"', page)


def test_the_page_that_was_asked_for_is_shown_after_signing_in(app: App, anna: User) -> None:
    client = client_of(app)
    answer = client.get("/account?x=1&y=%2F%2Fevil.example")
    assert answer.url.path == "/sign-in"
    wanted = answer.url.params["next"]
    assert wanted == "/account?x=1&y=%2F%2Fevil.example"
    answer = client.post("/sign-in", data={"name": "anna", "password": PASSWORD, "next": wanted})
    assert answer.url.path == "/account"


@pytest.mark.parametrize("data", [{}, {"name": "anna"}, {"password": PASSWORD}, {"name": "", "password": ""}])
def test_a_form_with_a_field_missing_is_a_wrong_one(app: App, anna: User, data: dict[str, str]) -> None:
    answer = client_of(app).post("/sign-in", data=data)
    assert answer.status_code == 403


def test_strangers_send_small_forms_only(app: App, anna: User) -> None:
    client = client_of(app)
    assert client.post("/sign-in", data={"name": "anna", "password": "x" * 1_000_000}).status_code in {400, 413}
    assert client.post("/sign-in", data={f"field {number}": "" for number in range(100)}).status_code == 400
    assert client.post("/sign-in", files={"password": ("p", b"x")}, data={"name": "anna"}).status_code in {400, 403}


def test_a_name_with_markup_is_shown_as_it_is(app: App) -> None:
    text = client_of(app).post("/sign-in", data={"name": "<script>alert(1)</script>", "password": "x"}).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_failed_attempt_is_logged_without_a_name(app: App, anna: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="mailer")
    sign_in(client_of(app), WRONG)
    lines = [record.getMessage() for record in caplog.records]
    assert [line for line in lines if "sign in" in line]
    assert not [line for line in lines if "anna" in line or WRONG in line]


def test_the_page_speaks_the_browsers_language(app: App) -> None:
    page = client_of(app).get("/sign-in", headers={"Accept-Language": "ru-RU,ru;q=0.9"}).text
    assert '<html lang="ru">' in page
    assert "Войти" in page


def test_the_sign_in_page_speaks_the_language_that_is_chosen(app: App, anna: User) -> None:
    client = client_of(app)
    page = client.get("/sign-in?next=/issues%3Fa%3D1").text
    link = "/sign-in?language=ru&amp;next=/issues%3Fa%3D1"
    assert f'<a href="{link}" lang="ru" hreflang="ru">Русский</a>' in page
    page = client.get(html.unescape(link), headers={"Accept-Language": "en"}).text
    assert '<html lang="ru">' in page
    assert 'name="next" value="/issues?a=1"' in page
    refused = client.post("/sign-in?language=ru", data={"name": "anna", "password": WRONG})
    assert '<html lang="ru">' in refused.text
    assert '<html lang="en">' in client.get("/sign-in?language=xx").text


def test_a_page_of_a_signed_in_user_costs_no_write(app: App, anna: User) -> None:
    client = client_of(app)
    sign_in(client)
    client.get("/account")
    with statements(app.store) as executed:
        assert client.get("/account").status_code == 200
    assert not [line for line in executed if not line.lstrip().startswith(("SELECT", "BEGIN", "PRAGMA"))]
