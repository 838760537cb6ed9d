"""The pages of users and of one's own account."""

import re

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.pipeline.users import add_user
from mailer.pipeline.users.accounts import find_user
from tests.counted import statements
from tests.web.conftest import FROM_OUR_PAGE, ORIGIN, PASSWORD, Console

NEW = {"name": "Boris", "role": "editor", "language": "ru", "address": "", "login": "boris", "password": PASSWORD}


def sign_in(client: TestClient, name: str, typed: str = PASSWORD) -> str:
    """Where signing in with this password leads, in a browser of its own."""
    with TestClient(client.app, base_url=ORIGIN, headers=FROM_OUR_PAGE) as browser:
        return browser.post("/sign-in", data={"name": name, "password": typed}).url.path


def test_an_admin_adds_a_user_who_can_sign_in_at_once(console: Console, app: App) -> None:
    admin = console(Role.ADMIN)
    answer = admin.post("/users", data=NEW)
    assert "Boris is added" in answer.text
    assert sign_in(admin, "boris") == "/"
    user = find_user(app.context, "Boris")
    assert (user.role, user.language, user.login) == (Role.EDITOR, "ru", "boris")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "admin"}, "there is a user admin already"),
        ({"name": ""}, "a user needs a name"),
        ({"password": "short"}, "12 are needed"),
        ({"address": "boris@"}, "boris@"),
        ({"language": "xx"}, "no language"),
    ],
)
def test_a_form_with_a_mistake_is_shown_again_with_what_was_typed(
    console: Console, changed: dict[str, str], words: str
) -> None:
    answer = console(Role.ADMIN).post("/users", data=NEW | changed)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="boris"' in answer.text
    assert PASSWORD not in answer.text


def test_a_role_that_there_is_not_is_refused(console: Console) -> None:
    answer = console(Role.ADMIN).post("/users", data=NEW | {"role": "king"})
    assert answer.status_code == 422
    assert "choose a role" in answer.text


def test_an_admin_gives_a_new_password(console: Console) -> None:
    admin = console(Role.ADMIN)
    editor = console(Role.EDITOR)
    identity = user_id(admin, "editor")
    assert "12 are needed" in admin.post(f"/users/{identity}/password", data={"password": "short"}).text
    answer = admin.post(f"/users/{identity}/password", data={"password": "another four words"})
    assert "1 browser is signed out" in answer.text
    assert editor.get("/").url.path == "/sign-in"
    assert sign_in(admin, "editor", "another four words") == "/"


def test_an_admin_disables_and_enables_a_user(console: Console) -> None:
    admin, editor = console(Role.ADMIN), console(Role.EDITOR)
    identity = user_id(admin, "editor")
    assert "editor is disabled" in admin.post(f"/users/{identity}/disable").text
    assert editor.get("/").url.path == "/sign-in"
    assert sign_in(admin, "editor") == "/sign-in"
    assert "disabled" in admin.get(f"/users/{identity}").text
    assert admin.post(f"/users/{identity}/disable").status_code == 409
    assert "can sign in again" in admin.post(f"/users/{identity}/enable").text
    assert sign_in(admin, "editor") == "/"


def test_an_admin_changes_role_login_and_address(console: Console, app: App) -> None:
    admin, editor = console(Role.ADMIN), console(Role.EDITOR)
    path = f"/users/{user_id(admin, 'editor')}"
    assert editor.get("/users").status_code == 403
    form = {"role": "admin", "login": "ed", "address": "e@club.example"}
    assert "Saved." in admin.post(path, data=form).text
    assert editor.get("/users").status_code == 200
    user = find_user(app.context, "editor")
    assert (user.role, user.login, user.address) == (Role.ADMIN, "ed", "e@club.example")
    wrong = admin.post(path, data=form | {"address": "e@"})
    assert wrong.status_code == 422
    assert 'value="e@"' in wrong.text
    assert admin.post(path, data=form | {"role": "king"}).status_code == 422


def test_the_last_admin_stays(console: Console) -> None:
    admin = console(Role.ADMIN)
    identity = user_id(admin, "admin")
    assert "You cannot disable yourself" in admin.get(f"/users/{identity}").text
    answer = admin.post(f"/users/{identity}/disable")
    assert answer.status_code == 409
    assert "add another admin first" in answer.text
    answer = admin.post(f"/users/{identity}", data={"role": "editor"})
    assert answer.status_code == 422
    assert "add another admin first" in answer.text


def test_an_admin_removes_lost_second_ways(console: Console) -> None:
    admin, editor = console(Role.ADMIN), console(Role.EDITOR)
    identity = user_id(admin, "editor")
    assert "None is set up" in admin.get(f"/users/{identity}").text
    editor.post("/account/sheet")
    assert sign_in(admin, "editor") == "/sign-in/second"
    assert "by password alone" in admin.post(f"/users/{identity}/second-ways/remove").text
    assert sign_in(admin, "editor") == "/"
    assert admin.post(f"/users/{identity}/second-ways/remove").status_code == 409


def test_a_user_that_there_is_not_is_not_found(console: Console) -> None:
    admin = console(Role.ADMIN)
    assert admin.get("/users/999").status_code == 404
    assert admin.post("/users/999/disable").status_code == 404


def test_the_list_costs_no_more_with_more_users(console: Console, app: App) -> None:
    admin = console(Role.ADMIN)
    admin.get("/users")
    with statements(app.store) as few:
        admin.get("/users")
    for number in range(20):
        add_user(app.context, User(id=0, name=f"user {number}", role=Role.EDITOR), PASSWORD)
    with statements(app.store) as many:
        assert "user 19" in admin.get("/users").text
    assert len(many) == len(few)


def test_names_with_markup_are_shown_as_they_are(console: Console) -> None:
    admin = console(Role.ADMIN)
    text = admin.post("/users", data=NEW | {"name": "<b onclick=x>B</b>"}).text
    assert "<b onclick" not in text
    assert "&lt;b onclick=x&gt;B" in text


def test_a_user_changes_language_and_address(console: Console, app: App) -> None:
    client = console(Role.EDITOR)
    assert "Saved." in client.post("/account", data={"language": "en", "address": "e@club.example"}).text
    assert find_user(app.context, "editor").address == "e@club.example"
    page = client.post("/account", data={"language": "ru", "address": ""}).text
    assert '<html lang="ru">' in page
    wrong = client.post("/account", data={"language": "ru", "address": "e@"})
    assert wrong.status_code == 422
    assert 'value="e@"' in wrong.text


def test_a_user_changes_the_password_and_is_signed_out_elsewhere(console: Console) -> None:
    client = console(Role.EDITOR)
    with TestClient(client.app, base_url=ORIGIN, headers=FROM_OUR_PAGE) as other:
        other.post("/sign-in", data={"name": "editor", "password": PASSWORD})
        form = {"old": PASSWORD, "new": "another four words", "again": "another four words"}
        for changed, words in (
            ({"again": "yet another one"}, "not the same"),
            ({"old": "a wrong one"}, "this is not your password"),
            ({"new": "short", "again": "short"}, "12 are needed"),
            ({"new": PASSWORD, "again": PASSWORD}, "the new password is the old one"),
        ):
            answer = client.post("/account/password", data=form | changed)
            assert answer.status_code == 422
            assert words in answer.text
        assert other.get("/").url.path == "/"
        answer = client.post("/account/password", data=form)
        assert "1 other browser is signed out." in answer.text
        assert other.get("/").url.path == "/sign-in"
    assert client.get("/").url.path == "/"
    assert sign_in(client, "editor", "another four words") == "/"


def test_a_user_signs_out_everywhere_else(console: Console) -> None:
    client = console(Role.EDITOR)
    assert "You are signed in only here." in client.get("/account").text
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    with TestClient(client.app, base_url=ORIGIN, headers=FROM_OUR_PAGE | {"user-agent": firefox}) as other:
        other.post("/sign-in", data={"name": "editor", "password": PASSWORD})
        assert "Firefox, Windows" in client.get("/account").text
        assert "1 other browser is signed out." in client.post("/account/sessions/end").text
        assert other.get("/").url.path == "/sign-in"
    assert client.get("/").url.path == "/"


def user_id(admin: TestClient, name: str) -> int:
    """The id of a user, by the link on the list."""
    link = re.search(rf'href="/users/(\d+)">{name}<', admin.get("/users").text)
    assert link
    return int(link[1])


def test_each_page_changes_its_language_and_stays_where_it_was(console: Console, app: App) -> None:
    client = console(Role.EDITOR)
    client.post("/account", data={"language": "en", "address": "e@club.example"})
    page = client.get("/history?what=user&before=9").text
    assert 'name="next" value="/history?what=user&amp;before=9"' in page
    assert '<button class="is-plain" lang="ru">Русский</button>' in page
    answer = client.post("/account/language", data={"language": "ru", "next": "/history?what=user&before=9"})
    assert str(answer.url) == f"{ORIGIN}/history?what=user&before=9"
    assert '<html lang="ru">' in answer.text
    assert find_user(app.context, "editor").address == "e@club.example"
    elsewhere = client.post("/account/language", data={"language": "en", "next": "//evil.example/"})
    assert elsewhere.url.host == "localhost"
    assert client.post("/account/language", data={"language": "fr", "next": "/"}).status_code == 422


def test_the_answer_to_a_form_offers_no_other_language_since_that_would_lose_what_was_typed(console: Console) -> None:
    answer = console(Role.EDITOR).post("/account", data={"language": "en", "address": "e@"})
    assert answer.status_code == 422
    assert "/account/language" not in answer.text
