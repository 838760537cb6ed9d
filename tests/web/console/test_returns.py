"""The pages of returned mail."""

from collections.abc import Iterator

import pytest

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.delivery import State
from mailer.pipeline.bounces import ingest
from mailer.pipeline.mailings.supplement import find_missing_copies
from mailer.web.console import returns
from tests.club import ISSUE, Club, begin, copies, import_register, members, pull_issues
from tests.counted import statements
from tests.pipeline.relayed import deliver
from tests.reported import DOMAIN, FULL, bounce, come_back, path_of
from tests.web.conftest import Console


@pytest.fixture
def app(club: Club) -> Iterator[App]:
    club.settle(bounces={"return_path_domain": DOMAIN})
    with club.opened() as app:
        import_register(app, members(12))
        pull_issues(app)
        begin(app)
        deliver(app)
        yield app


def test_a_report_is_listed_shown_and_settled(app: App, console: Console) -> None:
    come_back(app, "P001", FULL)
    client = console(Role.SECRETARY)
    page = client.get("/returns").text
    assert '<a href="/register/people/P001">Reader001</a>' in page
    assert "the mailbox is full" in page
    one = client.get("/returns/1")
    assert one.status_code == 200
    assert "Ask the reader for the right address" in one.text
    assert "mail.eml" in one.text
    assert client.get("/returns/1/mail.eml").headers["content-disposition"].startswith("attachment")
    answer = client.post("/returns/settle", data={"report": "1"})
    assert "Settled: 1." in answer.text
    assert ingest.listing(app.context, every=False) == []
    assert "settled by secretary" in client.get("/returns?show=all").text
    assert client.post("/returns/settle", data={"report": "1"}).status_code == 409
    assert client.post("/returns/settle").status_code == 422
    assert client.get("/returns/77").status_code == 404


def test_an_address_that_was_right_owes_the_copy_though_nothing_was_held(app: App, console: Console) -> None:
    come_back(app, "P001", FULL)
    client = console(Role.SECRETARY)
    assert not find_missing_copies(app.context, ISSUE).people
    assert "The address is right" in client.get("/returns/1").text
    assert "counts as right" in client.post("/returns/1/right-address").text
    assert [judged.person for judged in find_missing_copies(app.context, ISSUE).people] == ["P001"]


def test_an_editor_sees_none_of_it(app: App, console: Console) -> None:
    come_back(app, "P001", FULL)
    client = console(Role.EDITOR)
    for path in ("/returns", "/returns/1", "/returns/1/mail.eml", "/holds", "/holds/telephone", "/holds/domains"):
        assert client.get(path).status_code == 403
    assert client.post("/returns/settle", data={"report": "1"}).status_code == 403
    assert len(ingest.listing(app.context, every=False)) == 1


def test_a_long_list_has_pages_and_asks_as_many_statements_as_a_short_one(
    app: App, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = console(Role.SECRETARY)
    come_back(app, "P001", FULL)
    with statements(app.store) as few:
        client.get("/returns")
    for number in range(2, 8):
        come_back(app, f"P{number:03}", FULL)
    with statements(app.store) as many:
        client.get("/returns")
    assert len(many) == len(few)
    monkeypatch.setattr(returns, "ON_A_PAGE", 4)
    page = client.get("/returns").text
    assert "/returns?show=waiting&amp;beyond=4" in page
    following = client.get("/returns?show=waiting&beyond=4").text
    assert "Reader005" in following
    assert "Reader004" not in following
    assert 'rel="next"' not in following


def test_a_returned_mail_is_taken_in_as_a_file_once(app: App, console: Console) -> None:
    client, copy = console(Role.SECRETARY), copies(app)["P004"]
    mail = {"mail": ("returned.eml", bounce(path_of(app, copy), FULL, message_id=copy.message_id))}
    assert "Mails taken in: 1." in client.post("/returns", files=mail).text
    assert copies(app)["P004"].state is State.BOUNCED
    assert "nothing has changed" in client.post("/returns", files=mail).text
    assert client.post("/returns").status_code == 422
    odd = {"mail": ("odd.bin", bytes(range(256)) * 100)}
    assert client.post("/returns", files=odd).status_code == 200
