"""The one box on every page."""

import pytest

from mailer.app.installation import App
from mailer.domain.access import Role
from tests.club import ISSUE, begin, copies
from tests.pipeline.relayed import deliver
from tests.web.conftest import Console


def test_the_box_answers_a_name_with_links(app: App, console: Console) -> None:
    begin(app)
    deliver(app)
    client = console(Role.SECRETARY)
    for answer in (client.post("/find", data={"q": "Reader003"}), client.get("/find", params={"q": "Reader003"})):
        assert "Reader003: No. 41 accepted by our mail server " in answer.text
        assert '<a class="button" href="/register/people/P003">' in answer.text
        assert f'href="/issues/{ISSUE}/copies/{copies(app)["P003"].id}"' in answer.text


def test_a_name_that_several_have_lists_them(console: Console) -> None:
    page = console(Role.SECRETARY).post("/find", data={"q": "Reader"}).text
    assert "12 people fit" in page
    assert '<a href="/register/people/P012">P012 Reader012</a>' in page


def test_a_pasted_mail_with_script_in_it_is_answered_and_escaped(app: App, console: Console) -> None:
    begin(app)
    deliver(app)
    mail = f"Subject: <script>alert(1)</script>\n\nMessage-ID: {copies(app)['P004'].message_id}\n"
    page = console(Role.SECRETARY).post("/find", data={"q": mail}).text
    assert "Reader004: No. 41 accepted" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "typed", ["", "\x00\x01\x02", "nobody at all", "x" * 1_100_000, "%00", "' OR 1=1 --", "{{ 7 * 7 }}"]
)
def test_odd_input_is_answered_politely(console: Console, typed: str) -> None:
    answer = console(Role.SECRETARY).post("/find", data={"q": typed})
    assert answer.status_code == 200
    assert "49" not in answer.text.split("<main")[1]


def test_an_editor_finds_issues_and_copies_but_no_person(app: App, console: Console) -> None:
    begin(app)
    client = console(Role.EDITOR)
    assert "Only the secretary may look people up." in client.post("/find", data={"q": "Reader003"}).text
    page = client.post("/find", data={"q": "41/3"}).text
    assert "copy No. 3 of harbour-letter/41" in page
    assert "Reader003" not in page
    assert f'<a href="/issues/{ISSUE}">' in client.post("/find", data={"q": "41"}).text


def test_a_server_s_words_stand_in_the_quotation_marks_of_the_page(console: Console) -> None:
    client = console(Role.SECRETARY)
    client.post("/account/language", data={"language": "ru"})
    page = client.post("/find", data={"q": "550 5.1.1 no such user here"}).text
    assert "(«550 5.1.1 no such user here»)" in page
