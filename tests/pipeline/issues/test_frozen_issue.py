"""An issue is parsed when it is planned, and never again: its copies are made from what was frozen then."""

from pathlib import Path
from unicodedata import normalize

import pytest
from sqlalchemy import delete

from mailer.app.installation import App, reload
from mailer.domain.errors import NotFound
from mailer.pipeline.issues import proof, shelf
from mailer.pipeline.mailings.dry_run import write_dry_run
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.pipeline.mailings.test_mailing import prepare_test_mailing
from mailer.store.schema import revision_files
from tests.club import ISSUE, Club, import_register, make_ready, members
from tests.formats.made_up import a_png
from tests.pipeline.relayed import claim, deliver, the_mailings

LAMP = "ла\u0301мпа.png"  # decomposed, as some systems keep file names
PICTURE = a_png()
PEOPLE = members(3)


@pytest.fixture
def planned(app: App, club: Club) -> App:
    """An issue with a picture, planned and approved, whose texts can no longer be parsed."""
    club.reschedule({"approval": {"editors": ["editor@club.example"]}})
    app = reload(app)
    club.write_issue(more=f"\n![The lamp]({normalize('NFC', LAMP)})")
    (club.folder / "issues" / "2018-07" / LAMP).write_bytes(PICTURE)
    make_ready(app, PEOPLE)
    with app.store.transaction() as connection:
        connection.execute(delete(revision_files).where(revision_files.c.name.endswith(".md")))
    with pytest.raises(NotFound, match="has no finished text"):
        shelf.check(app.context, ISSUE)
    return app


def test_copies_are_proved_sent_and_supplemented_without_the_texts(planned: App) -> None:
    send_mailing(planned.context, ISSUE)
    assert proof.prove(planned.context, the_mailings(planned)[0]) == len(PEOPLE)
    [first, *_] = claim(planned)
    assert b"\r\nContent-ID: <" in first.message
    import_register(planned, members(4))
    send_supplement(planned.context, ISSUE)
    assert deliver(planned) == [members(1, first=4)[0].email]


def test_a_test_and_a_dry_run_of_a_planned_issue_need_no_texts(planned: App, tmp_path: Path) -> None:
    [message] = prepare_test_mailing(planned.context, ISSUE).messages
    assert b"\r\nContent-ID: <" in message.message
    written: list[bytes] = []

    def keep(name: str, content: bytes) -> Path:
        written.append(content)
        return tmp_path / name

    assert len(write_dry_run(planned.context, ISSUE, keep)) == len(PEOPLE)
    assert all(b"\r\nContent-ID: <" in message for message in written)
