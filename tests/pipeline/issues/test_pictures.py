"""A picture is written anew once, when its issue is pulled; what was approved is what goes out."""

from email import message_from_bytes

import pytest

from mailer.app.installation import App
from mailer.domain.shelf import Finding
from mailer.formats.issue.pictures import rewrite
from mailer.pipeline.issues import shelf
from mailer.pipeline.mailings.send import send_mailing
from tests.club import ISSUE, Club, make_ready, members, pull_issues
from tests.formats.issue.pictures.photographs import encoded, exif, halves
from tests.pipeline.relayed import claim

PEOPLE = members(2)
NAME = "lamp.jpg"
PHOTOGRAPH = encoded(halves((1600, 1200)), "JPEG", quality=95, exif=exif(orientation=6, place=True))


def write(club: Club, content: bytes = PHOTOGRAPH) -> None:
    club.write_issue(more=f"\n![The lamp]({NAME})")
    (club.folder / "issues" / "2018-07" / NAME).write_bytes(content)


def stored(app: App) -> bytes:
    _, files = shelf.show(app.context, ISSUE)
    return next(file.content for file in files if file.name == NAME)


def sent(app: App) -> bytes:
    [copy, *_] = claim(app)
    pictures = [part for part in message_from_bytes(copy.message).walk() if part.get_content_maintype() == "image"]
    assert len(pictures) == 1
    return pictures[0].get_payload(decode=True)  # type: ignore[return-value]


def test_every_copy_has_the_picture_that_was_stored_at_the_pull(app: App, club: Club) -> None:
    write(club)
    make_ready(app, PEOPLE)
    picture = stored(app)
    assert picture != PHOTOGRAPH
    assert b"Made-Up Camera" not in picture
    send_mailing(app.context, ISSUE)
    assert sent(app) == picture


def test_the_folder_is_known_again_although_its_picture_was_written_anew(
    app: App, club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(club)
    assert [folder.finding for folder in pull_issues(app)] == [Finding.STORED]
    monkeypatch.setattr(rewrite, "decode", None)  # old issues stay in the source: their pictures are left alone
    assert [folder.finding for folder in pull_issues(app)] == [Finding.KNOWN]


def test_a_change_that_a_reader_could_see_is_named(app: App, club: Club) -> None:
    write(club)
    [folder] = pull_issues(app)
    assert folder.warnings == (
        "2018-07: lamp.jpg: it is sent turned upright, as the camera was held; look at a preview",
    )


def test_a_picture_that_is_cut_off_is_refused_by_name(app: App, club: Club) -> None:
    write(club, PHOTOGRAPH[:-8])
    [folder] = pull_issues(app)
    assert folder.finding is Finding.REFUSED
    assert folder.line.startswith("lamp.jpg: the picture is broken or cut off; save it again")
