"""The pages of overview, to-do, the one box, returned mail and holds are well made in both languages."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.to_do import RIGHT_FOR, ToDoKind
from mailer.domain.user import User
from mailer.pipeline.bounces import holds
from mailer.pipeline.sending import suspend
from mailer.pipeline.users import add_user
from mailer.store.ledger import backups, outages
from mailer.web.application import create_app
from mailer.web.console.to_do import HEADINGS
from tests.club import Club, begin, import_register, members, pull_issues
from tests.pipeline.relayed import LOST, NEVER, deliver
from tests.reported import DOMAIN, FULL, UNKNOWN, come_back
from tests.web.conftest import FROM_OUR_PAGE, ORIGIN, PASSWORD
from tests.web.markup import faults

PATHS = (
    *("/", "/to-do", "/find", "/find?q=Reader003", "/find?q=Reader", "/find?q=41", "/find?q=1", "/find?q=report+1"),
    *("/find?q=Raeder003", "/returns", "/returns?show=all", "/returns/1", "/holds", "/holds?show=all", "/holds/1"),
    *("/holds/telephone", "/holds/domains"),
)


@pytest.fixture
def app(club: Club) -> Iterator[App]:
    """A club in which something of every kind waits, and a reader whose name is a script."""
    club.settle(bounces={"return_path_domain": DOMAIN})
    with club.opened() as app:
        first, second, *others = members(8)
        scripted = replace(first, more={"name_en": "<script>alert(1)</script>"})
        import_register(app, [scripted, replace(second, more={"email": ""}), *others])
        pull_issues(app)
        begin(app)
        deliver(app, {others[3].email: LOST, others[4].email: NEVER})
        come_back(app, "P001", FULL)
        come_back(app, "P003", UNKNOWN)
        holds.hold_by_hand(app.context, others[1].email, "<b>she left</b>")
        suspend.suspend(app.context, "other.example", until=None, reason="their postmaster asks")
        with app.store.transaction() as connection:
            outages.begin(connection, app.context.clock.now(), "connection refused")
            backups.mark_as_backup(connection, app.context.clock.now())
        yield app


@pytest.fixture(params=["en", "ru"])
def client(app: App, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """The secretary, in each language."""
    user = User(id=0, name="vera", role=Role.SECRETARY, language=request.param)
    add_user(app.context, user, PASSWORD)
    with TestClient(create_app(lambda: app), base_url=ORIGIN, headers=FROM_OUR_PAGE) as client:
        client.post("/sign-in", data={"name": "vera", "password": PASSWORD})
        yield client


def test_every_page_is_well_made(client: TestClient) -> None:
    for path in PATHS:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert faults(answer.text) == [], path
        assert "<script>alert" not in answer.text, path
        assert "<b>she left" not in answer.text, path


def test_pages_with_errors_are_well_made(client: TestClient) -> None:
    for path in ("/holds", "/holds/domains"):
        answer = client.post(path)
        assert answer.status_code == 422, path
        assert faults(answer.text) == [], path


def test_every_kind_of_thing_to_do_has_its_heading_and_its_doer() -> None:
    assert set(HEADINGS) == set(RIGHT_FOR) == set(ToDoKind)
