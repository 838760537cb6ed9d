"""A page that the database has no answer for: the reader is asked to try again, and then sees it."""

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from tests.away import server_of
from tests.web.conftest import Console


def test_a_page_asks_to_try_again_and_is_shown_afterwards(
    app: App, console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    client: TestClient = console(Role.ADMIN)
    with server_of(app.store) as server:
        server.away = True
        for path in ("/", "/issues"):
            answer = client.get(path)
            assert (path, answer.status_code) == (path, 503)
            assert answer.headers["retry-after"] == "10"
            assert "The database does not answer at the moment" in answer.text
        answer = client.post("/sign-in", data={"name": "admin", "password": "a password"})
        assert answer.status_code == 503
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        server.away = False
        assert client.get("/").status_code == 200
    said = [record.getMessage() for record in caplog.records]
    assert sum("the database does not answer" in line for line in said) == 1
    assert "Traceback" not in caplog.text
