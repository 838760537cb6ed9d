"""Every copy is found by number, state, language and words, shown with all that happened to it, settled and released."""

import gzip

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain import search
from mailer.domain.access import Role
from mailer.pipeline.mailings import deliveries
from tests.club import copies, members, reverse, states
from tests.pipeline.relayed import LOST, NEVER, deliver
from tests.web.conftest import Console
from tests.web.console.counted import statements_of
from tests.web.console.sent import BASE, begun, words_of


@pytest.fixture
def secretary(console: Console) -> TestClient:
    return console(Role.SECRETARY)


@pytest.fixture
def sent(app: App) -> App:
    """Twelve copies: one in doubt, one refused, the others accepted."""
    begun(app)
    deliver(app, {"desk002@members.example": LOST, "desk003@members.example": NEVER})
    return app


def rows(client: TestClient, query: str = "") -> list[str]:
    table = client.get(f"{BASE}/copies{query}").text.partition('id="rows"')[2].partition("</table>")[0]
    return [words_of("<main" + row) for row in table.split("<tr>")[2:]]


def test_copies_are_filtered(sent: App, secretary: TestClient) -> None:
    assert len(rows(secretary)) == 12
    assert ["P002" in row for row in rows(secretary, "?state=uncertain")] == [True]
    assert ["P003" in row for row in rows(secretary, "?state=rejected")] == [True]
    assert len(rows(secretary, "?language=en")) == 12
    assert rows(secretary, "?words=nobody+at+all") == ["No copy fits."]
    for words in ("reader007", "P007", "desk007@", "READER007", "7"):
        found = rows(secretary, f"?words={words}")
        assert any("P007" in row for row in found), words
    assert len(rows(secretary, "?words=%25")) == 1, "no wildcard"
    assert len(rows(secretary, "?state=nonsense")) == 12


def test_pages_follow_each_other_and_cost_the_same(
    sent: App, secretary: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows(secretary)
    for room in (search, deliveries):
        monkeypatch.setattr(room, "ROWS", 5)
    monkeypatch.setattr(search.Slice.of.__func__, "__defaults__", (5,))
    first = secretary.get(f"{BASE}/copies")
    assert first.text.count('rel="next"') == 1
    assert rows(secretary) + rows(secretary, "?after=5") + rows(secretary, "?after=10") == whole
    assert 'rel="next"' not in secretary.get(f"{BASE}/copies?after=10").text
    few = statements_of(sent, lambda: secretary.get(f"{BASE}/copies?after=10"))
    assert statements_of(sent, lambda: secretary.get(f"{BASE}/copies")) == few


def test_a_copy_shows_what_happened_and_what_the_reader_got(sent: App, secretary: TestClient) -> None:
    page = secretary.get(f"{BASE}/copies/{copies(sent)['P001'].id}")
    words = words_of(page.text)
    assert "Our mail server accepted it 250 2.0.0 Ok" in words
    assert "Dear Friend001" in words, "the copy"
    assert "your copy No. 1" in words, "the answer"
    assert "our mail server accepted it on July 12, 2018" in words
    assert "It is not uncertain." not in words, "what cannot be done is not offered"


def test_a_copy_of_another_issue_is_not_here(sent: App, secretary: TestClient) -> None:
    identity = copies(sent)["P001"].id
    assert secretary.get(f"/issues/harbour-letter/99/copies/{identity}").status_code == 404
    assert secretary.get(f"{BASE}/copies/999999").status_code == 404


@pytest.mark.parametrize(("decision", "after"), [("accepted", "accepted"), ("resend", "pending")])
def test_an_uncertain_copy_is_settled(sent: App, secretary: TestClient, decision: str, after: str) -> None:
    identity = copies(sent)["P002"].id
    answer = secretary.post(f"{BASE}/copies/{identity}/settle", data={"as": ""})
    assert (answer.status_code, "Choose what became of it." in words_of(answer.text)) == (422, True)
    answer = secretary.post(f"{BASE}/copies/{identity}/settle", data={"as": decision})
    assert answer.url.path == f"{BASE}/copies/{identity}"
    assert copies(sent)["P002"].state == after
    assert "secretary: settled it" in words_of(answer.text)
    assert secretary.post(f"{BASE}/copies/{identity}/settle", data={"as": decision}).status_code == 409


@pytest.mark.parametrize("packed", [False, True])
def test_uncertain_copies_are_settled_together_by_a_log(sent: App, secretary: TestClient, packed: bool) -> None:
    copy = copies(sent)["P002"]
    page = secretary.get(f"{BASE}/settle")
    assert f'name="copy" value="{copy.id}"' in page.text
    typed = {"copy": str(copy.id), "as": ""}
    assert secretary.post(f"{BASE}/settle", data=typed).status_code == 422
    wrong = {"log": ("mail.log", b"nothing of ours\n")}
    assert secretary.post(f"{BASE}/settle", data=typed, files=wrong).status_code == 409
    assert copies(sent)["P002"].state == "uncertain"
    log = f"{copy.message_id}\n".encode()
    right = {"log": ("ids.txt", gzip.compress(log) if packed else log)}
    answer = secretary.post(f"{BASE}/settle", data=typed, files=right)
    assert "Settled: 1 as accepted" in words_of(answer.text)
    assert copies(sent)["P002"].state == "accepted"


def test_what_was_settled_meanwhile_is_refused_as_a_whole(sent: App, secretary: TestClient) -> None:
    uncertain, accepted = copies(sent)["P002"].id, copies(sent)["P001"].id
    answer = secretary.post(f"{BASE}/settle", data={"copy": [str(uncertain), str(accepted)], "as": "accepted"})
    assert answer.status_code == 409
    assert copies(sent)["P002"].state == "uncertain"


def test_a_held_copy_is_released_once_its_reader_is_entitled(app: App, secretary: TestClient) -> None:
    begun(app)
    reverse(app, members(12)[4])
    deliver(app)
    assert states(app) == {"accepted": 11, "held": 1}
    path = f"{BASE}/copies/{copies(app)['P005'].id}"
    page = secretary.get(path)
    assert ">Release</button>" in page.text
    answer = secretary.post(f"{path}/release")
    assert (answer.status_code, copies(app)["P005"].state) == (409, "held")


def test_an_editor_sees_no_copies(sent: App, console: Console) -> None:
    editor = console(Role.EDITOR)
    identity = copies(sent)["P001"].id
    for page in ("copies", f"copies/{identity}", "circulation", "circulation/print", "report", "report.csv", "settle"):
        answer = editor.get(f"{BASE}/{page}")
        assert answer.status_code == 403
        assert "Reader001" not in answer.text
    assert editor.post(f"{BASE}/copies/{identity}/settle", data={"as": "accepted"}).status_code == 403


def test_the_address_of_a_refused_copy_is_called_right_on_its_page(sent: App, secretary: TestClient) -> None:
    page = f"{BASE}/copies/{copies(sent)['P003'].id}"
    assert "The address is right" in secretary.get(page).text
    assert "The address is right" not in secretary.get(f"{BASE}/copies/{copies(sent)['P001'].id}").text
    assert "counts as right" in secretary.post(f"{page}/right-address").text
    assert "The address is right" not in secretary.get(page).text
    assert "P003" in words_of(secretary.get(f"{BASE}/unsent").text)
