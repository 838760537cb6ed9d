"""A made-up club with its console, asked in-process by signed-in clients."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.formats.credentials import password
from mailer.pipeline.users import add_user
from mailer.web.application import create_app
from tests.brought import bring
from tests.club import Club, import_register, members, pull_issues

PASSWORD = "lamp oil and winter"
ORIGIN = "http://localhost"
# What a browser sends with a form of the same site.
FROM_OUR_PAGE = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}

Console = Callable[[Role], TestClient]


@pytest.fixture(scope="module", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords are hashed in a millisecond: the right parameters would take most of the time of these tests."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(password, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture
def club(tmp_path: Path) -> Club:
    """A club with a finished issue in its source."""
    return Club.found(tmp_path)


@pytest.fixture
def app(club: Club) -> Iterator[App]:
    """The club's installation, with twelve paid-up members and the issue pulled."""
    bring(club, stocked)
    with club.opened() as app:
        yield app


def stocked(app: App) -> None:
    """Import the members, and pull the issue."""
    import_register(app, members(12))
    pull_issues(app)


@pytest.fixture
def console(app: App) -> Iterator[Console]:
    """Makes a client that is signed in as a user of this role, whose name is the role's."""
    clients = []

    def signed_in(role: Role) -> TestClient:
        add_user(app.context, User(id=0, name=role.value, role=role), PASSWORD)
        client = TestClient(create_app(lambda: app), base_url=ORIGIN, headers=FROM_OUR_PAGE)
        clients.append(client)
        answer = client.post("/sign-in", data={"name": role.value, "password": PASSWORD})
        assert answer.url.path == "/", answer.text
        return client

    yield signed_in
    for client in clients:
        client.close()
