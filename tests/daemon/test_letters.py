"""The daemon writes to the editors what it did not take, and to the secretary what waits for an approval, each once."""

import email
import email.policy
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.app import installation as composition
from mailer.app.sender import open_sender
from mailer.daemon import Daemon
from mailer.pipeline.issues.drop import drop_issue
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.store import letters
from tests.club import ISSUE, Club, import_register, members
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

SECRETARY, EDITOR, SECOND = "secretary@club.example", "editor@club.example", "second@club.example"
# A Thursday, two in the afternoon in London: the next time of the schedule is Friday at ten.
NOW = datetime(2018, 7, 12, 13, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink() as relay:
        yield relay


@pytest.fixture
def club(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Club:
    monkeypatch.setattr(composition, "STILL", 0.0)
    return Club.found(tmp_path, {"approval": {"required": True, "editors": [EDITOR, SECOND]}})


@contextmanager
def a_daemon(club: Club, clock: FrozenClock, relay: Sink) -> Iterator[Daemon]:
    club.settle(smtp={"port": relay.port}, notify={"secretary": SECRETARY})
    with club.opened(clock, who="daemon") as app, open_sender(app) as (sender, owner):
        yield Daemon(app=app, sender=sender, owner=owner)


def text_of(club: Club) -> Path:
    return club.folder / "issues" / "2018-07" / "en.md"


def change(club: Club, before: str, after: str) -> None:
    content = text_of(club).read_text()
    assert before in content
    text_of(club).write_text(content.replace(before, after))


async def a_round(daemon: Daemon, clock: FrozenClock) -> None:
    clock.advance(minutes=6)
    await daemon.tick()
    await daemon.send_letters()


def received(relay: Sink, recipient: str) -> list[tuple[str, str]]:
    """Subject and words of each letter to this address, tests left out."""
    messages = [
        email.message_from_bytes(message.message, policy=email.policy.default)
        for message in relay.received
        if message.recipient == recipient
    ]
    return [
        (message["Subject"], " ".join(message.get_body(("plain",)).get_content().split()))
        for message in messages
        if "[TEST]" not in message["Subject"]
    ]


async def test_the_editors_learn_once_of_each_change_that_was_not_taken(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    change(club, "number: 7", "number: 07")
    change(club, "volume: 17", "volume: seventeen")
    with a_daemon(club, clock, sink) as daemon:
        await a_round(daemon, clock)
        await a_round(daemon, clock)
    with a_daemon(club, clock, sink) as daemon:  # started anew
        await a_round(daemon, clock)
        for editor in (EDITOR, SECOND):
            [(subject, words)] = received(sink, editor)
            assert subject == "The Harbour Letter: 2018-07 was not taken"
            assert "en.md: line 5: number: '07' is not a plain number" in words
            assert "en.md: line 7: volume: 'seventeen' is not a number" in words
        change(club, "number: 07", "number: 7")
        await a_round(daemon, clock)
        [_, (_, words)] = received(sink, EDITOR)
        assert "number" not in words.partition("volume")[0]
        change(club, "volume: seventeen", "volume: 17")
        await a_round(daemon, clock)
        assert len(received(sink, EDITOR)) == 2


async def test_folders_that_one_pull_refuses_are_one_letter_to_each_editor(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    change(club, "number: 7", "number: 07")
    club.write_issue(serial=42, number=8, day="2018-08-09")
    second = club.folder / "issues" / "2018-08" / "en.md"
    second.write_text(second.read_text().replace("number: 8", "number: 08"))
    with a_daemon(club, clock, sink) as daemon:
        for _ in range(2):
            await a_round(daemon, clock)
        for editor in (EDITOR, SECOND):
            [(subject, words)] = received(sink, editor)
            assert subject == "The Harbour Letter: 2 folders were not taken"
            assert words.index("number: '07'") < words.index("number: '08'")
        second.write_text(second.read_text().replace("number: 08", "number: 008"))
        await a_round(daemon, clock)
        [_, (subject, words)] = received(sink, EDITOR)
        assert subject == "The Harbour Letter: 2018-08 was not taken"
        assert "number: '07'" not in words


async def test_an_issue_that_waits_for_a_draft_is_one_letter_while_the_draft_grows(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    both = {"newsletter": {"languages": ["en", "ru"]}, "approval": {"required": True, "editors": [EDITOR]}}
    club.reschedule(both)
    club.write_issue("ru")
    draft = text_of(club).with_name("ru.md")
    draft.write_text(draft.read_text().replace("status: finished", "status: draft"))
    with a_daemon(club, clock, sink) as daemon:
        for _ in range(3):
            await a_round(daemon, clock)
            draft.write_text(draft.read_text() + "Ещё одна фраза.\n")
        [(subject, words)] = received(sink, EDITOR)
    assert subject == "The Harbour Letter: 2018-07 was not taken"
    assert "ru.md: line 4: the issue waits for ru.md, which is a draft" in words
    assert "Папка 2018-07 бюллетеня «The Harbour Letter» не принята" in words


async def test_the_secretary_learns_once_what_waits_for_an_approval(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        for _ in range(3):
            await a_round(daemon, clock)
        [(subject, words)] = received(sink, SECRETARY)
        assert subject == "harbour-letter/41 waits for your approval"
        assert "is planned: 3 copies." in words.replace("\u00a0", " ")
        leaves = "Approved now, it leaves by itself on Friday, July 13, 2018, 10:00 London time (Europe/London)."
        assert leaves in words.replace("\u00a0", " ")
        change(club, "until *last winter*", "until *last summer*")
        clock.advance(minutes=20)
        for _ in range(2):
            await a_round(daemon, clock)
        assert len(received(sink, SECRETARY)) == 2
        approve_mailing(daemon.app.context, ISSUE)
        await a_round(daemon, clock)
        assert len(received(sink, SECRETARY)) == 2


async def test_a_letter_that_has_not_left_goes_with_its_plan(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        await daemon.tick()
        daemon._write_letters()
        change(club, "status: finished", "status: draft")
        drop_issue(daemon.app.context, ISSUE)
        daemon._write_letters()
        with daemon.app.store.reading() as connection:
            assert letters.waiting(connection, clock.now()) == []


async def test_without_an_approval_nothing_waits(club: Club, clock: FrozenClock, sink: Sink) -> None:
    club.reschedule({"approval": {"required": False, "editors": []}})
    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        await a_round(daemon, clock)
        assert received(sink, SECRETARY) == []
