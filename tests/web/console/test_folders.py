"""A folder of a source is looked at before it is pulled, in a frame where nothing can run."""

import pytest

from mailer.domain.access import Role
from mailer.pipeline.issues import source_look
from tests.web.markup import faults

FOLDER = "/issues/folders/harbour-letter/2018-07"


def rewrite(app, old, new):
    text = app.config.folder / "issues" / "2018-07" / "en.md"
    text.write_text(text.read_text().replace(old, new))


def framed(client, part, **choices):
    return client.get(f"{FOLDER}/preview", params={"language": "en", "part": part, **choices})


@pytest.mark.parametrize("status", ["draft", "finished"])
def test_a_folder_is_shown_as_a_made_up_reader_would_get_it(app, console, status):
    rewrite(app, "status: finished", f"status: {status}")
    client = console(Role.EDITOR)
    page = client.get(f"{FOLDER}?width=phone&scheme=dark").text
    assert faults(page) == []
    assert f"{FOLDER}/preview?language=en&amp;scheme=dark&amp;part=html" in page
    html, text = framed(client, "html", scheme="dark"), framed(client, "text")
    assert html.url.path.startswith("/preview/folders/")
    assert html.headers["content-security-policy"].startswith("sandbox")
    assert "Jane Example" in html.text
    assert "Jane Example" in text.text
    assert text.headers["content-type"].startswith("text/plain")


def test_what_was_changed_is_shown_at_once(app, console):
    client = console(Role.EDITOR)
    assert "A new title" not in framed(client, "text").text
    rewrite(app, "title: ", "title: A new title for ")
    assert "A new title" in framed(client, "text").text


def test_a_folder_that_did_not_change_is_compiled_once(app, console, monkeypatch):
    client, compiled, check = console(Role.EDITOR), [], source_look.check_folder
    monkeypatch.setattr(source_look, "check_folder", lambda *words: compiled.append(words) or check(*words))
    rewrite(app, "title: ", "title: Once ")
    for part in ("html", "text"):
        client.get(FOLDER)
        framed(client, part)
    assert len(compiled) == 1


def test_a_folder_with_a_defect_says_why_no_copy_is_shown(app, console):
    rewrite(app, "title: ", "titel: ")
    client = console(Role.EDITOR)
    page = client.get(FOLDER).text
    assert "A copy can be shown once nothing must be mended any more." in page
    assert "<iframe" not in page
    assert framed(client, "html").status_code == 409


def test_a_forged_address_and_a_part_that_is_not_there_show_nothing(console):
    client = console(Role.EDITOR)
    address = str(framed(client, "text").url)
    assert client.get(f"{address[:-1]}x").status_code == 404
    assert framed(client, "eml").status_code == 404
    assert framed(client, "text", language="fr").status_code == 409


def test_the_address_of_a_long_name_fits(app, console):
    name = "выпуск" * 20
    (app.config.folder / "issues" / "2018-07").rename(app.config.folder / "issues" / name)
    shown = console(Role.EDITOR).get(f"/issues/folders/harbour-letter/{name}/preview?language=en&part=text")
    assert "Jane Example" in shown.text
