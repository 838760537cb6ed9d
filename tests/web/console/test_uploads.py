"""An issue is uploaded in the browser: what was wrong stands there by line, and nothing is lost."""

import pytest
from starlette.testclient import TestClient

from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.users import add_user
from mailer.web.application import create_app
from tests.club import ISSUE, Club
from tests.packed import PNG, a_link, a_lying_bomb, packed, with_password
from tests.web.conftest import FROM_OUR_PAGE, ORIGIN, PASSWORD
from tests.web.markup import faults, words_of


def a_text(*, more="", serial=42, number=8, status="finished", day="2018-08-09"):
    head = {"newsletter": "harbour-letter", "language": "en", "status": status, "number": number, "serial": serial}
    head |= {"volume": 17, "year": 2018, "date": day, "title": "The harbour at night"}
    return "\n".join(
        ["---", *(f"{key}: {value}" for key, value in head.items()), "---", "", "Lights.", more, ""]
    ).encode()


def sent(client, *files):
    return client.post("/issues/upload", files=[("files", file) for file in files])


def in_source(app):
    root = app.config.folder / "issues"
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_the_form_asks_for_files(console):
    page = console(Role.EDITOR).get("/issues/upload").text
    assert faults(page) == []
    assert 'enctype="multipart/form-data"' in page


def test_an_editor_uploads_an_issue_sees_a_defect_mends_it_and_pulls_it(app, console):
    client = console(Role.EDITOR)
    page = sent(client, ("en.md", a_text(more="\n![A lamp](lamp.png)")))
    assert page.url.path == "/issues/folders/harbour-letter/2018-08"
    assert faults(page.text) == []
    assert "The folder 2018-08 lies in the source now." in page.text
    assert "lamp.png: en.md shows this picture, but it is not in the folder<br><strong>put it there" in page.text
    assert "Mend and upload again" in page.text
    mended = sent(client, ("en.md", a_text()))
    assert "Changed: en.md." in mended.text
    assert "What it replaced is not lost" in mended.text
    assert "It is finished, and can be pulled." in mended.text
    assert "2018-08 is stored as harbour-letter/42." in words_of(client.post("/issues/pull").text)
    assert "This folder is stored as" in client.get("/issues/folders/harbour-letter/2018-08").text


def test_an_archive_is_uploaded(app, console):
    page = sent(
        console(Role.SECRETARY), ("August.zip", packed({"2018-08/en.md": a_text(status="draft"), "a.pdf": b"x"}))
    )
    assert "It is a draft" in page.text
    assert "Left out, since they are no texts or pictures: a.pdf." in page.text
    assert "2018-08/en.md" in in_source(app)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([("x.zip", packed({"../../mailer.key": b"x", "x/en.md": a_text()}))], "leads out of the folder"),
        ([("x.zip", a_link("x/ru.md", "/etc/passwd"))], "it is a link"),
        ([("x.zip", a_lying_bomb(300_000_000))], "damaged"),
        ([("x.zip", with_password())], "password"),
        ([("x.zip", b"PK\x03\x04 no archive")], "cannot be opened"),
        ([("en.md", a_text()), ("lamp.png", b"<script>alert(1)</script>")], "not a PNG, JPEG or GIF"),
        ([("lamp.png", PNG)], "no text of an issue"),
        ([("<script>alert(1)</script>.md", a_text())], "rename it"),
        ([], "nothing was uploaded"),
    ],
)
def test_what_is_not_safe_is_refused_and_nothing_is_written(app, console, files, why):
    before = in_source(app)
    answer = sent(console(Role.EDITOR), *files)
    assert answer.status_code == 422
    assert why in answer.text
    assert "<script>alert" not in answer.text
    assert faults(answer.text) == []
    assert in_source(app) == before


def test_an_approved_issue_is_left_alone_and_the_button_leads_to_withdraw(app, console):
    plan_mailing(app.context, ISSUE)
    approve_mailing(app.context, ISSUE)
    before = in_source(app)
    answer = sent(console(Role.EDITOR), ("en.md", a_text(serial=41, number=7, day="2018-07-12")))
    assert answer.status_code == 409
    assert "withdraw first" in answer.text
    assert '<a class="button" href="/issues/harbour-letter/41">Withdraw</a>' in answer.text
    assert in_source(app) == before


def test_where_the_source_is_on_another_machine_the_page_says_why_not(tmp_path):
    club = Club.found(tmp_path, {"source": {"url": "sftp://editor@files.club.example/issues"}})
    with club.opened() as app, TestClient(create_app(lambda: app), base_url=ORIGIN, headers=FROM_OUR_PAGE) as client:
        add_user(app.context, User(id=0, name="editor", role=Role.EDITOR), PASSWORD)
        client.post("/sign-in", data={"name": "editor", "password": PASSWORD})
        page = client.get("/issues/upload").text
        assert "an upload is not possible" in page
        assert 'enctype="multipart/form-data"' not in page
        assert sent(client, ("en.md", a_text())).status_code == 409
        assert "its folders lie on another machine" in client.get("/issues").text


def test_a_folder_that_is_not_there_is_not_found(console):
    client = console(Role.EDITOR)
    for folder in ("harbour-letter/1999-01", "nobody/1999-01", "harbour-letter/..", "harbour-letter/%2e%2e"):
        assert client.get(f"/issues/folders/{folder}").status_code == 404


def test_an_admin_does_not_upload(app, console):
    before = in_source(app)
    assert sent(console(Role.ADMIN), ("en.md", a_text())).status_code == 403
    assert in_source(app) == before
