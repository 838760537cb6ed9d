"""A body that is too large is refused before it is read, and one network asks only so much."""

from collections.abc import Awaitable, Iterator

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient
from starlette.types import Message

from mailer.app.installation import App
from mailer.domain.access import Right, Role
from mailer.web import application
from mailer.web.answers import Go, go
from mailer.web.application import create_app
from mailer.web.bounds import OF_A_USER, OF_ANYBODY, bounded
from mailer.web.form import form_of
from mailer.web.routes import Deed, Public
from mailer.web.visit import Visit
from tests.web.conftest import FROM_OUR_PAGE, Console

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def echo(request: Request) -> Response:
    """A public form that says how many fields came."""
    if request.method != "POST":
        return PlainTextResponse("no such link", 404 if "wrong" in request.query_params else 200)
    return PlainTextResponse(str(len(list(await form_of(request)))))


def keep(visit: Visit) -> Go:
    """A deed that takes a file."""
    return go("/", f"{len(visit.form.files('file')[0].content)} octets")


@pytest.fixture(autouse=True)
def routes(monkeypatch: pytest.MonkeyPatch) -> None:
    added = (Public("/echo", echo, ("GET", "POST")), Deed("/keep", keep, Right.USE_ACCOUNT))
    monkeypatch.setattr(application, "ROUTES", (*application.ROUTES, *added))


@pytest.fixture
def anybody(app: App) -> TestClient:
    return TestClient(create_app(lambda: app), base_url="http://localhost", headers=FROM_OUR_PAGE)


def unread() -> Iterator[bytes]:
    """A body of which nothing may be asked for."""
    raise AssertionError("the body was read")
    yield b""


def test_a_form_of_anybody_is_small(anybody: TestClient) -> None:
    assert anybody.post("/echo", content="a=1&b=2", headers=FORM).text == "2"
    answer = anybody.post("/echo", content=b"a=" + b"x" * OF_ANYBODY, headers=FORM)
    assert (answer.status_code, "too large" in answer.text) == (413, True)


def test_a_body_that_announces_too_much_is_refused_unread(anybody: TestClient) -> None:
    for length in (str(OF_ANYBODY + 1), "9" * 40):
        answer = anybody.post("/echo", content=unread(), headers={**FORM, "Content-Length": length})
        assert answer.status_code == 413


def test_a_body_that_does_not_announce_its_size_is_counted(anybody: TestClient) -> None:
    pieces = (b"a=" + b"x" * 20_000 for _ in range(10))
    assert anybody.post("/echo", content=pieces, headers=FORM).status_code == 413


@pytest.mark.parametrize(("octets", "status"), [(1, 408), (20_000, 200)])
async def test_a_body_that_drips_is_not_waited_for(octets: int, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = iter(range(0, 1_000, 20))  # seconds: twenty between two pieces
    monkeypatch.setattr("mailer.web.bounds.monotonic", lambda: next(passed))
    pieces = [{"type": "http.request", "body": b"x" * octets, "more_body": more} for more in (True, True, False)]

    async def receive() -> Message:
        return pieces.pop(0)

    async def read(request: Request) -> Response:
        await request.body()
        return Response()

    assert await _status(bounded(read, OF_ANYBODY)(Request({"type": "http", "headers": []}, receive))) == status


async def _status(answer: Awaitable[Response]) -> int:
    try:
        return (await answer).status_code
    except HTTPException as refused:
        return refused.status_code


def test_a_user_may_send_an_issue_with_its_pictures(console: Console) -> None:
    client = console(Role.EDITOR)
    answer = client.post("/keep", files={"file": ("issue.zip", b"x" * 1_000_000)})
    assert "1000000 octets" in answer.text
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(OF_A_USER + 1)}
    assert client.post("/keep", content=unread(), headers=headers).status_code == 413


def test_a_form_of_too_many_fields_is_a_broken_form(anybody: TestClient) -> None:
    answer = anybody.post("/echo", content="&".join(f"a{number}=1" for number in range(1500)), headers=FORM)
    assert (answer.status_code, "too many fields" in answer.text) == (400, True)


def test_one_network_asks_only_so_much_of_public_pages(anybody: TestClient) -> None:
    statuses = [anybody.get("/echo?wrong").status_code for _ in range(70)]
    assert statuses == [404] * 60 + [429] * 10
    answer = anybody.get("/echo")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert anybody.get("/healthz").status_code == 200
    assert anybody.get("/sign-in").status_code == 200
