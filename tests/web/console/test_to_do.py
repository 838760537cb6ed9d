"""The page of what waits for a person."""

import errno
import os
import re
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.upkeep import nightly
from mailer.pipeline.upkeep.nightly import NightlyBackups
from mailer.store.ledger import outages
from tests.club import ISSUE, begin, copies, members
from tests.pipeline.relayed import LOST, NEVER, deliver
from tests.web.conftest import Console

ANNA, BORIS = (member.email for member in members(2))


def test_each_thing_has_its_remedy_as_a_button(app: App, console: Console) -> None:
    begin(app)
    deliver(app, {ANNA: LOST, BORIS: NEVER})
    page = console(Role.SECRETARY).get("/to-do").text
    doubt = copies(app)["P001"]
    assert f'<a class="button" href="/issues/{ISSUE}/copies/{doubt.id}">Settle</a>' in page
    assert '<a class="button" href="/register/people/P002">Show the person</a>' in page
    assert '<h2 id="uncertain">Uncertain copies (1)</h2>' in page


def test_who_cannot_do_it_is_told_who_can(app: App, console: Console) -> None:
    plan_mailing(app.context, ISSUE)
    page = console(Role.EDITOR).get("/to-do").text
    assert "Only these users can do it: secretary." in page
    assert 'class="button" href="/issues' not in page


def test_what_only_the_operator_can_do_is_said_with_the_command(app: App, console: Console) -> None:
    with app.store.transaction() as connection:
        outages.begin(connection, app.context.clock.now(), "<b>connection refused</b>")
    page = console(Role.SECRETARY).get("/to-do").text
    assert "This is a matter for the operator, on the server." in page
    assert "In a terminal: mailer check." in page
    assert "&lt;b&gt;connection refused" in page


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.ENOENT, errno.EIO, errno.ENOMEM])
def test_why_no_backup_was_made_is_said_in_russian(
    app: App, console: Console, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number), "/srv/backups")

    monkeypatch.setattr(type(app.store), "back_up_into", fail)
    monkeypatch.setattr(nightly, "is_due_tonight", lambda *_: True)
    with pytest.raises(OSError, match="srv"):
        nightly._back_up(app.context, NightlyBackups(folder=Path("/srv/backups"), keep=3))
    client = console(Role.SECRETARY)
    client.post("/account/language", data={"language": "ru"})
    page = client.get("/to-do").text.partition("<main")[2].partition("В терминале")[0]
    words = re.sub(r"<[^>]+>|/srv/backups|\[backup\]( keep| folder)?", "", page)
    assert "Не удалось сделать резервную копию" in words
    assert not re.search("[A-Za-z]{3}", words.partition("Не удалось")[2].partition("повторяется")[0])


def test_an_empty_list_says_so(console: Console) -> None:
    assert "Nothing waits for a person." in console(Role.SECRETARY).get("/to-do").text
