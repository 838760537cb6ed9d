"""Whatever an address holds, there is an answer; and asking changes nothing."""

import re
from collections.abc import Mapping

import pytest
from sqlalchemy import MetaData, select
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Right, Role
from mailer.web.application import ROUTES, create_app
from mailer.web.numbers import whole_number
from mailer.web.routes import AnyRoute, Deed, Public
from tests.club import begin, copies
from tests.pipeline.relayed import deliver
from tests.web.conftest import FROM_OUR_PAGE, ORIGIN, Console

# A session notes when it was last used, and forgets a notice that was shown.
_NOT_COMPARED = {"sessions"}
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_USUAL = {"newsletter": "harbour-letter", "serial": "41", "person": "P001", "membership": "M001"}
_NUMBERS = ["0", "9223372036854775808", "1" * 4400]
_WORDS = ["..%2f..%2fetc%2fpasswd", "%00%ff", "%0d%0aSet-Cookie:%20x=1", "%3Cscript%3E"]


def _address(route: AnyRoute, place: str = "", value: str = "") -> str:
    return _PLACE.sub(lambda match: value if match[1] == place else _USUAL.get(match[1], "1"), route.path)


def _contents(app: App) -> Mapping[str, list[str]]:
    """Every row of every table."""
    with app.store.reading() as connection:
        tables = MetaData()
        tables.reflect(connection)
        return {
            name: sorted(str(row) for row in connection.execute(select(table)))
            for name, table in tables.tables.items()
            if name not in _NOT_COMPARED
        }


def _asked(client: TestClient, route: AnyRoute, address: str) -> int:
    method = "POST" if isinstance(route, Deed) else "GET"
    answer = client.request(method, address, follow_redirects=False)
    assert "x=1" not in answer.headers.get("set-cookie", "")
    assert "<script>" not in answer.text
    return answer.status_code


def test_no_page_changes_anything(app: App, console: Console) -> None:
    begin(app)
    deliver(app)
    clients, copy = {role: console(role) for role in Role}, copies(app)["P003"].id
    before = _contents(app)
    for route in ROUTES:
        for role, client in clients.items():
            for method in ("GET", "HEAD") if role is Role.SECRETARY else ("GET",):
                client.request(method, _address(route, "id", str(copy)), follow_redirects=False)
    assert _contents(app) == before


def test_an_address_that_can_be_no_page_is_answered_all_the_same(console: Console) -> None:
    clients = {Right.MANAGE_USERS: console(Role.ADMIN)}
    secretary = console(Role.SECRETARY)
    for route in ROUTES:
        client = secretary if isinstance(route, Public) else clients.get(route.right, secretary)
        for place, kind in _PLACE.findall(route.path):
            for value in _NUMBERS if kind == "int" else _WORDS:
                assert _asked(client, route, _address(route, place, value)) < 500, (route.path, value)


def test_a_form_without_its_fields_is_refused(console: Console) -> None:
    clients = {Right.MANAGE_USERS: console(Role.ADMIN)}
    secretary = console(Role.SECRETARY)
    for route in ROUTES:
        if isinstance(route, Deed):
            assert _asked(clients.get(route.right, secretary), route, _address(route)) < 500, route.path


def test_a_search_for_more_words_than_count_is_answered(app: App, console: Console) -> None:
    begin(app)
    client = console(Role.SECRETARY)
    for path in ("/register", "/find", "/issues/harbour-letter/41/copies", "/issues/harbour-letter/41/circulation"):
        typed = " ".join(str(number) for number in range(2_000))
        assert client.get(path, params={"words": typed, "q": typed}).status_code == 200, path


def test_a_cookie_with_a_number_without_end_is_none_of_ours(app: App) -> None:
    client = TestClient(create_app(lambda: app), base_url=ORIGIN, headers=FROM_OUR_PAGE)
    client.cookies.set(f"browser-{'1' * 5000}", "x.y")
    assert client.post("/sign-in", data={"name": "anna", "password": "wrong"}).status_code == 403


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "1e5", " 1", "٣", "²", "1" * 10, "1" * 5000])
def test_no_other_text_is_a_whole_number(text: str) -> None:
    assert whole_number(text) is None


def test_a_whole_number_may_have_zeros_before_it() -> None:
    assert whole_number("00041") == 41
