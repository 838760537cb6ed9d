"""What a monitor is answered."""

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.app.scheduler import hold_scheduler
from mailer.app.sender import open_sender
from mailer.formats.recognition import ANSWERS, ASKS, question
from mailer.formats.token import Keyring
from mailer.store import Store
from mailer.web.application import create_app


def client(app: App) -> TestClient:
    return TestClient(create_app(lambda: app), base_url="http://127.0.0.1:8025")


def test_the_process_answers(app: App) -> None:
    answer = client(app).get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


@pytest.mark.parametrize("key", [b"another key", None])
def test_only_who_has_our_key_is_told_whose_service_it_is(app: App, key: bytes | None) -> None:
    keys = Keyring(keys=(key,)) if key else app.context.keys
    answer = client(app).get("/healthz", headers={ASKS: question(keys, app.config.folder)})
    assert (answer.text, ANSWERS in answer.headers) == ("ok\n", key is None)


def test_ready_is_an_installation_with_a_daemon(app: App) -> None:
    answer = client(app).get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "schema": True, "scheduler": False})
    with open_sender(app) as (_sender, owner):
        assert hold_scheduler(app, owner)
        answer = client(app).get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"database": True, "schema": True, "scheduler": True})


def test_not_ready_is_a_database_of_another_schema(app: App, monkeypatch) -> None:
    monkeypatch.setattr("mailer.store.migrate.HEAD", "9999")
    answer = client(app).get("/readyz")
    assert (answer.status_code, answer.json()["schema"]) == (503, False)


def test_not_ready_is_a_database_that_does_not_answer(app: App, tmp_path, monkeypatch) -> None:
    def gone(_store: Store) -> bool:
        with app.store.reading() as connection:
            connection.exec_driver_sql("SELECT * FROM no_such_table")
        return True

    monkeypatch.setattr(Store, "is_current", gone)
    answer = client(app).get("/readyz")
    assert (answer.status_code, set(answer.json().values())) == (503, {False})
    assert client(app).get("/healthz").status_code == 200
