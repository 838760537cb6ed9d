"""A form that cannot be written, since the disk is full or can only be read, says so, and pages are shown all the same."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.pipeline.users import sign_in
from mailer.store import sqlite
from tests.club import MEMBER_COLUMNS, members
from tests.damaged import spoil
from tests.databases import POSTGRES
from tests.web.conftest import Console

pytestmark = pytest.mark.skipif(bool(POSTGRES), reason="the trouble is made by SQLite's own settings")

# What is brought is kept until it is applied: the database must grow.
ROWS = "\r\n".join([MEMBER_COLUMNS, *(member.row() for member in members(1500, first=100))])
PAGES = ("/", "/issues", "/to-do", "/register", "/register/people/P001", "/history")


@contextmanager
def database_of(app: App, setting: str, usual: str) -> Iterator[None]:
    """The database with a setting of SQLite that no page and no form knows of."""

    def set_so(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA {setting}")

    def set_back(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA {usual}")

    event.listen(app.store._engine, "checkout", set_so)
    yield
    event.remove(app.store._engine, "checkout", set_so)
    event.listen(app.store._engine, "checkout", set_back)


@pytest.mark.parametrize(
    ("setting", "usual", "sentence"),
    [
        ("max_page_count=1", "max_page_count=1073741823", "The disk of the server is full"),
        ("query_only=ON", "query_only=OFF", "The database can only be read now"),
    ],
)
def test_what_cannot_be_written_says_why_and_pages_are_shown(
    app: App,
    console: Console,
    setting: str,
    usual: str,
    sentence: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client: TestClient = console(Role.SECRETARY)
    with database_of(app, setting, usual):
        answer = client.post("/register/import", data={"members_rows": ROWS})
        assert answer.status_code == 503
        assert sentence in answer.text
        monkeypatch.setattr(sign_in, "_SEEN_EVERY", 0)  # that each page is noted as seen would have to be written
        assert [client.get(path).status_code for path in PAGES] == [200] * len(PAGES)
    assert "Traceback" not in caplog.text
    assert client.post("/register/people/P001/pause", data={"from": "2018-08-01"}).status_code == 200


@pytest.mark.sqlite
def test_no_page_waits_for_another_process_that_writes(
    app: App, console: Console, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: TestClient = console(Role.SECRETARY)
    monkeypatch.setattr(sign_in, "_SEEN_EVERY", 0)
    monkeypatch.setattr(sqlite, "PATIENCE", 0.02)
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 0.2)
    with closing(sqlite.dbapi().connect(app.config.folder / "mailer.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # an import lasts for minutes
        assert [client.get(path).status_code for path in PAGES] == [200] * len(PAGES)
    assert "another process" not in caplog.text


@pytest.mark.sqlite
def test_what_is_damaged_is_called_so_in_the_language_of_the_user_and_other_pages_are_shown(
    app: App, console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    client: TestClient = console(Role.SECRETARY)
    client.post("/account/language", data={"language": "ru"})
    app.store._engine.dispose()
    spoil(app.config.folder / "mailer.db", "history")
    answer = client.get("/history")
    assert (answer.status_code, "База данных повреждена" in answer.text) == (503, True)
    assert client.get("/register").status_code == 200
    assert "Traceback" not in caplog.text
