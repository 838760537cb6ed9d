"""What was typed is read with its spaces where they belong to it, and without letters that no database stores."""

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.web.form import Form
from tests.web.conftest import Console


def test_a_password_keeps_its_spaces_and_a_name_does_not() -> None:
    form = Form(fields={"name": ["other", " Anna\0 "], "password": [" a b "]})
    assert form["name"] == "Anna"
    assert form.exact("password") == " a b "
    assert form.exact("missing") == form["missing"] == ""


def test_an_address_with_a_nul_names_no_page(app: App, console: Console) -> None:
    answer = console(Role.SECRETARY).get("/register/people/P001%00")
    assert answer.status_code == 404
    assert "There is no such page." in answer.text
