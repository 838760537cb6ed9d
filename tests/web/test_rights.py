"""Every address asks who it is and whether they may: a table over all routes, all roles, and none."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import RIGHTS, Right, Role, may
from mailer.domain.user import User
from mailer.pipeline.users import add_user
from mailer.store.schema import history
from mailer.web.application import ROUTES, create_app
from mailer.web.routes import AnyRoute, Deed, Page, Public, Stream
from tests.web.conftest import FROM_OUR_PAGE, ORIGIN, PASSWORD

GUARDED = [route for route in ROUTES if not isinstance(route, Public)]
OPEN = {
    "/sign-in", "/sign-in/second", "/sign-in/passkey", "/sign-out", "/healthz", "/readyz",
    "/preview/{link}", "/preview/folders/{link}",  # signed for minutes
}  # fmt: skip
# The members' pages: their tokens are the right.
MEMBERS = ("/u/", "/m/", "/read/", "/confirm/", "/undo/")
VALUES = {"newsletter": "harbour-letter", "serial": "41", "person": "P001", "membership": "M001"}


def address_of(route: AnyRoute) -> str:
    """The route's address with something in each place."""
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda place: VALUES.get(place[1], "1"), route.path)


def ask(client: TestClient, route: AnyRoute, headers: dict[str, str] | None = None) -> tuple[int, str]:
    """The status, and where the answer sends the browser."""
    method = "POST" if isinstance(route, Deed) else "GET"
    answer = client.request(method, address_of(route), headers=headers, follow_redirects=False)
    return answer.status_code, answer.headers.get("location", "")


def entries(app: App) -> int:
    """How many deeds the history has."""
    with app.store.reading() as connection:
        return connection.execute(select(func.count()).select_from(history)).scalar_one()


@pytest.fixture
def clients(app: App) -> Iterator[dict[Role, TestClient]]:
    """A browser for each role, signed in."""
    clients = {}
    for role in Role:
        add_user(app.context, User(id=0, name=role.value, role=role), PASSWORD)
        clients[role] = TestClient(create_app(lambda: app), base_url=ORIGIN, headers=FROM_OUR_PAGE)
        clients[role].post("/sign-in", data={"name": role.value, "password": PASSWORD})
    yield clients
    for client in clients.values():
        client.close()


def test_every_role_is_refused_the_deeds_and_pages_of_others(clients: dict[Role, TestClient], app: App) -> None:
    before = entries(app)
    allowed = []
    for route in GUARDED:
        for role, client in clients.items():
            if may(role, route.right):
                continue
            status, _ = ask(client, route)
            if status != 403:
                allowed.append((route.path, role, status))
    assert allowed == []
    assert entries(app) == before


def test_what_a_role_may_see_is_not_refused(clients: dict[Role, TestClient]) -> None:
    refused = [
        (route.path, role)
        for route in GUARDED
        if isinstance(route, Page)
        for role, client in clients.items()
        if may(role, route.right) and ask(client, route)[0] == 403
    ]
    assert refused == []


def test_without_a_session_every_address_asks_to_sign_in(app: App) -> None:
    client = TestClient(create_app(lambda: app), base_url=ORIGIN, headers=FROM_OUR_PAGE)
    for route in GUARDED:
        status, location = ask(client, route)
        assert status == 303, route.path
        assert re.fullmatch(r"/sign-in(\?next=%2F[^/]*)?", location), route.path


def test_a_session_that_was_made_up_is_none(app: App) -> None:
    client = TestClient(create_app(lambda: app), base_url=ORIGIN, headers=FROM_OUR_PAGE)
    client.cookies.set("session", "a" * 43)
    for route in GUARDED:
        assert ask(client, route)[1].startswith("/sign-in"), route.path


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_no_deed_is_done_from_another_origin_or_from_none(app: App, headers: dict[str, str]) -> None:
    add_user(app.context, User(id=0, name="anna", role=Role.SECRETARY), PASSWORD)
    client = TestClient(create_app(lambda: app), base_url=ORIGIN)
    client.post("/sign-in", data={"name": "anna", "password": PASSWORD}, headers=FROM_OUR_PAGE)
    for route in ROUTES:
        is_deed = isinstance(route, Deed) or (isinstance(route, Public) and "POST" in route.methods)
        if is_deed and not getattr(route, "foreign", False):
            answer = client.post(address_of(route), headers=headers, follow_redirects=False)
            assert answer.status_code == 403, route.path
            assert "not sent from a page of the console" in answer.text, route.path
    assert client.get("/").url.path == "/"


def test_a_get_of_a_deed_and_a_post_of_a_page_do_nothing(clients: dict[Role, TestClient]) -> None:
    pages = {route.path for route in GUARDED if isinstance(route, Page)}
    deeds = {route.path for route in GUARDED if isinstance(route, Deed)}
    client = clients[Role.SECRETARY]
    for route in GUARDED:
        if isinstance(route, Deed) and route.path not in pages:
            assert client.get(address_of(route), follow_redirects=False).status_code in {404, 405}, route.path
        if isinstance(route, Page) and route.path not in deeds:
            assert client.post(address_of(route), follow_redirects=False).status_code in {404, 405}, route.path


def test_what_is_open_to_all_is_listed_here() -> None:
    public = {route.path for route in ROUTES if isinstance(route, Public)}
    assert {path for path in public if not path.startswith(MEMBERS)} == OPEN


def test_a_stream_needs_a_right_as_a_page_does() -> None:
    assert all(route.right in Right for route in ROUTES if isinstance(route, Stream))


def test_the_table_of_rights() -> None:
    assert RIGHTS[Role.EDITOR] == {Right.USE_ACCOUNT, Right.SEE_ISSUES, Right.UPLOAD, Right.TEST}
    assert Right.MANAGE_USERS not in RIGHTS[Role.SECRETARY]
    assert not RIGHTS[Role.ADMIN] & {Right.SEND, Right.APPROVE, Right.SEE_ADDRESSES, Right.EXPORT_REGISTER}
    assert not User(id=1, name="x", role=Role.EDITOR).may(Right.SEND)
