"""The pages behind a copy's links: they name no one, a look changes nothing, and a button alone does nothing."""

import re
from datetime import date

import pytest
from lxml import html
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.membership import Pause
from mailer.formats.token import Keyring, Purpose
from tests.photographed import photograph
from tests.pipeline.members.conftest import PEOPLE
from tests.pipeline.members.linked import pauses, seats, token, waiting
from tests.web.markup import faults

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FORGED = ["x", "sampl", "o" * 26, "%6f", "p" + "a" * 25, "ю", "..%2f..%2fetc", "%00", "a" * 5000]


def addresses(app: App, person: str = "P001") -> dict[str, str]:
    """The pages of a person's copy, by what they are."""
    return {
        "u": f"/u/{token(app, Purpose.ONE_CLICK, person)}",
        "m": f"/m/{token(app, Purpose.PREFERENCES, person)}",
        "read": f"/read/{token(app, Purpose.WEB_COPY, person)}",
    }


def defaults(page: str) -> list[tuple[str, dict[str, str]]]:
    """Each form of the page with what it sends when its button is pressed and nothing else is done."""
    forms = html.document_fromstring(page).xpath("//form")
    return [(form.action, dict(form.form_values())) for form in forms]


def test_looking_and_pressing_buttons_changes_no_row(app: App, pages: TestClient) -> None:
    before = photograph(app, without=())
    for person in ("P001", "P002"):
        for path in addresses(app, person).values():
            for _ in range(3):
                assert pages.head(path).status_code == 200
                shown = pages.get(path)
                assert shown.status_code == 200
                for action, values in defaults(shown.text):
                    assert pages.post(action, data=values).status_code in {200, 422}
    assert photograph(app, without=()) == before


def test_no_page_names_a_person_and_each_is_sound(app: App, pages: TestClient) -> None:
    private = [word for member in PEOPLE for word in (*member.words, member.person)] + ["2018-12-31", "December 31"]
    for path in addresses(app).values():
        for language in ("", "?language=en", "?language=ru"):
            shown = pages.get(f"{path}{language}")
            assert faults(shown.text) == []
            assert [word for word in private if word in shown.text] == []
            assert not re.search(r"(?:src|href|action)=[\"']?(?:https?:)?//", shown.text)


def test_no_page_is_kept_or_tells_where_a_reader_comes_from(app: App, pages: TestClient) -> None:
    for path in (*addresses(app).values(), "/m/x", "/m/sample", "/undo/x", "/confirm/x"):
        for answer in (pages.get(path), pages.post(path)):
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["x-robots-tag"] == "noindex, nofollow"
            assert answer.headers["cache-control"] == "no-store"
            assert "set-cookie" not in answer.headers
            assert "default-src 'none'" in answer.headers["content-security-policy"]


# --- one click --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_a_mail_program_pauses_by_one_post_without_cookies_or_origin(app: App, pages: TestClient, kind: str) -> None:
    path = addresses(app)["u"]
    for _ in range(3):
        posted = {"data": ONE_CLICK} if kind == "urlencoded" else {"files": {"List-Unsubscribe": (None, "One-Click")}}
        answer = pages.post(path, follow_redirects=False, **posted)
        assert answer.status_code == 200
    (pause,) = pauses(app)
    assert pause.days == Pause(first=date(2018, 7, 13))
    assert len(waiting(app)) == 2


@pytest.mark.parametrize("site", ["cross-site", "none", "same-site"])
def test_a_webmail_may_send_it_from_its_own_page(app: App, pages: TestClient, site: str) -> None:
    headers = {"Sec-Fetch-Site": site, "Origin": "https://webmail.example"}
    assert pages.post(addresses(app)["u"], data=ONE_CLICK, headers=headers).status_code == 200
    assert pauses(app)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"List-Unsubscribe=one-click",
        b"List-Unsubscribe=Two-Click",
        b"list-unsubscribe=One-Click",
        b"List-Unsubscribe",
        b"\x00\xff" * 20,
        b"a=1&" * 20_000,
    ],
)
def test_another_body_pauses_no_one_and_is_answered_all_the_same(app: App, pages: TestClient, body: bytes) -> None:
    before = photograph(app, without=())
    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        answer = pages.post(addresses(app)["u"], content=body, headers={"Content-Type": content_type})
        assert answer.status_code == (200 if len(body) < 50_000 else 413)
    assert photograph(app, without=()) == before


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_one_click_is_answered_like_a_good_one(app: App, pages: TestClient, forged: str) -> None:
    before = photograph(app, without=())
    answer = pages.post(f"/u/{forged}", data=ONE_CLICK)
    assert photograph(app, without=()) == before
    assert answer.status_code in {200, 404}  # a slash within is another address
    good = pages.post(addresses(app)["u"], data=ONE_CLICK)
    if answer.status_code == 200:
        assert re.sub(r"/u/[^?\"]*", "", answer.text) == re.sub(r"/u/[^?\"]*", "", good.text)


def test_a_provider_that_sends_hundreds_of_clicks_from_one_network_is_answered_each_time(
    app: App, pages: TestClient
) -> None:
    path = addresses(app)["u"]
    for link in [path, f"/u/{'o' * 26}"] * 200:
        assert pages.post(link, data=ONE_CLICK).status_code == 200
    assert len(waiting(app)) == 2


# --- the choices ------------------------------------------------------------------------------------------------------


def test_each_choice_is_offered_and_none_is_made(app: App, pages: TestClient) -> None:
    for kind, offered in (
        ("m", ["until", "stop", "language", "address", "forwarded"]),
        ("u", ["until", "stop", "language", "forwarded"]),
    ):
        (form,) = html.document_fromstring(pages.get(addresses(app)[kind]).text).xpath("//form")
        assert form.xpath(".//input[@name='choice']/@value") == offered
        assert form.xpath(".//*[@checked]") == []
        assert "choice" not in form.form_values()
        assert len(form.xpath(".//button")) == 1


@pytest.mark.parametrize("kind", ["u", "m"])
def test_a_robot_that_presses_the_button_or_ticks_everything_is_told_to_choose(
    app: App, pages: TestClient, kind: str
) -> None:
    before = photograph(app, without=())
    path = addresses(app)[kind]
    for posted in ({}, {"choice": ["until", "stop", "forwarded"]}, {"choice": "everything"}, {"choice": ""}):
        answer = pages.post(path, data=posted)
        assert answer.status_code == (200 if kind == "u" else 422)
        assert "Please choose what you want." in answer.text
        assert faults(answer.text) == []
    assert photograph(app, without=()) == before


def test_a_header_s_link_changes_no_address(app: App, pages: TestClient) -> None:
    before = photograph(app, without=())
    pages.post(addresses(app)["u"], data={"choice": "address", "address": "thief@else.example"})
    assert photograph(app, without=()) == before


@pytest.mark.parametrize("kind", ["u", "m"])
def test_a_reader_pauses_until_a_day(app: App, pages: TestClient, kind: str) -> None:
    answer = pages.post(addresses(app)[kind], data={"choice": "until", "until": "2018-09-30"})
    assert answer.status_code == 200
    assert "September" in answer.text
    assert pauses(app)[0].days == Pause(first=date(2018, 7, 13), last=date(2018, 9, 30))


@pytest.mark.parametrize(
    "until", ["", "soon", "2018-07-01", "2999-01-01", "2018-13-01", "2018-09-30\r\nX: y", "<script>"]
)
def test_a_day_that_does_not_fit_shows_the_form_with_what_was_typed(app: App, pages: TestClient, until: str) -> None:
    before = photograph(app, without=())
    answer = pages.post(addresses(app)["m"], data={"choice": "until", "until": until})
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    (form,) = html.document_fromstring(answer.text).xpath("//form")
    assert form.xpath(".//input[@checked]/@value") == ["until"]
    assert photograph(app, without=()) == before


def test_a_reader_changes_language_stops_or_says_that_a_copy_was_forwarded(app: App, pages: TestClient) -> None:
    path = addresses(app)["m"]
    assert pages.post(path, data={"choice": "language", "languages": "en+ru"}).status_code == 200
    assert seats(app)[0].languages == ("en", "ru")
    assert pages.post(path, data={"choice": "forwarded"}).status_code == 200
    assert pauses(app) == ()
    assert pages.post(path, data={"choice": "stop"}).status_code == 200
    assert pauses(app)[0].has_unsubscribed


@pytest.mark.parametrize(
    "typed", ["", "anna", "a@b\r\nBcc: c@d.example", "x@y.example\nTo: z@y.example", "<b@c.example>"]
)
def test_what_is_no_address_is_refused_and_injects_nothing(app: App, pages: TestClient, typed: str) -> None:
    before = photograph(app, without=())
    answer = pages.post(addresses(app)["m"], data={"choice": "address", "address": typed})
    assert answer.status_code == 422
    assert photograph(app, without=()) == before


def test_a_page_speaks_the_language_of_the_copy_and_switches(app: App, pages: TestClient) -> None:
    path = addresses(app)["m"]
    assert 'lang="en"' in pages.get(path, headers={"Accept-Language": "ru"}).text
    switched = pages.get(f"{path}?language=ru").text
    assert '<html lang="ru">' in switched
    assert f'href="{path}?language=en"' in switched
    again = pages.post(defaults(switched)[0][0], data={}).text
    assert "Пожалуйста, выберите" in again


# --- links that are not valid -----------------------------------------------------------------------------------------


def test_unknown_forged_revoked_and_foreign_links_look_alike_and_say_whom_to_write_to(
    app: App, pages: TestClient
) -> None:
    revoked = Keyring(keys=(b"an old key" * 4,))
    texts = set()
    for path, purpose in (
        ("u", Purpose.ONE_CLICK),
        ("m", Purpose.PREFERENCES),
        ("read", Purpose.WEB_COPY),
        ("undo", Purpose.UNDO),
        ("confirm", Purpose.CONFIRM),
    ):
        foreign = [token(app, other) for other in Purpose if other is not purpose]
        absent = app.context.keys.sign(purpose, 10_000_000)
        for link in (*foreign, absent, revoked.sign(purpose, 1), "x", "a" * 5000):
            answer = pages.get(f"/{path}/{link}")
            assert answer.status_code == 404
            texts.add(re.sub(rf"/{path}/[^?\"]*", "", answer.text))
    (text,) = texts
    assert "secretary@club.example" in text
    assert faults(text) == []


def test_the_sample_in_a_test_copy_says_what_it_is(pages: TestClient) -> None:
    answer = pages.get("/m/sample")
    assert answer.status_code == 200
    assert "test copy" in answer.text
    assert faults(answer.text) == []


def test_a_page_calls_the_newsletter_as_its_readers_of_that_language_know_it(app: App, pages: TestClient) -> None:
    for path in (addresses(app)["m"], addresses(app)["read"]):
        english, russian = pages.get(path).text, pages.get(f"{path}?language=ru").text
        assert ("The Harbour Letter" in english, "Портовое письмо" in english) == (True, False)
        assert ("The Harbour Letter" in russian, "Портовое письмо" in russian) == (False, True)
