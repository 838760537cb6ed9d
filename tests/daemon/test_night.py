"""The daemon that leads does the work of the night, at once when it meets damage; a backup, opened beside it, sends nothing."""

import asyncio
import shutil
from threading import Event

import pytest
from sqlalchemy import text

from mailer.daemon import Daemon
from mailer.domain.errors import Refused
from mailer.domain.night import DATABASE
from mailer.pipeline import maillog
from mailer.pipeline.mailings.report import distribution_report
from mailer.store import Connection, DatabaseError, history, integrity
from tests.club import ISSUE, THURSDAY, Club, begin, members
from tests.daemon.running import a_daemon
from tests.damaged import spoil
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink
from tests.store.test_interruption import ENDLESS, PATIENCE

PEOPLE = members(3)


@pytest.mark.sqlite
async def test_a_backup_of_the_night_opened_beside_the_service_sends_nothing(club: Club) -> None:
    clock = FrozenClock(THURSDAY)
    async with Sink() as relay:
        with a_daemon(club, clock, relay) as daemon:
            begin(daemon.app, PEOPLE)
            await daemon.work_at_night()
            assert not (club.folder / "backups").exists()
            clock.advance(days=1)
            await daemon.work_at_night()
            await daemon.work_at_night()
            [file] = (club.folder / "backups").iterdir()
            with daemon.app.store.reading() as connection:
                assert [entry.who for entry in history.entries(connection, DATABASE)] == ["daemon"] * 3

            beside = Club(club.folder.parent / "beside")
            away = shutil.ignore_patterns("mailer.db*", ".mailer*", "backups")
            shutil.copytree(club.folder, beside.folder, ignore=away)
            shutil.copy(file, beside.folder / "mailer.db")
            with pytest.raises(Refused, match="is a backup of"), a_daemon(beside, clock, relay):
                pytest.fail("a sender was made")
            assert relay.received == []

            await daemon.sender.drain()
            assert len(relay.received) == len(PEOPLE)
            with beside.opened(clock) as app:
                assert distribution_report(app.context, ISSUE).balance.balanced


@pytest.mark.sqlite
async def test_damage_that_a_job_meets_is_an_alarm_before_the_night(
    club: Club, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FrozenClock(THURSDAY)
    async with Sink() as relay:
        with a_daemon(club, clock, relay, notify={"operator": "operator@club.example"}) as daemon:
            begin(daemon.app, PEOPLE)
            await daemon.send_letters()
            daemon.app.store._engine.dispose()
            spoil(club.folder / "mailer.db", "attempts")
            with pytest.raises(DatabaseError) as met:
                await daemon.sender.drain()
            maillog.failed("sending", met.value)
            for _ in range(3):
                await daemon.send_letters()
            letters = [mail.message for mail in relay.received if mail.recipient == "operator@club.example"]
            assert [b"damaged" in letter for letter in letters] == [True]
            with daemon.app.store.reading() as connection:
                assert [entry.verb for entry in history.entries(connection, DATABASE)] == ["damaged"]
    assert "Traceback" not in caplog.text


async def test_a_stop_breaks_off_the_work_of_the_night_which_is_done_after_the_next_start(
    club: Club, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, checking = FrozenClock(THURSDAY), Event()

    def endless(connection: Connection) -> list[str]:
        checking.set()
        connection.execute(text(ENDLESS[connection.dialect.name])).all()
        return []

    def done(daemon: Daemon) -> list[str]:
        with daemon.app.store.reading() as connection:
            return [entry.verb for entry in history.entries(connection, DATABASE)]

    async with Sink() as relay:
        with a_daemon(club, clock, relay, notify={"operator": "operator@club.example"}) as daemon:
            begin(daemon.app, PEOPLE)
            clock.advance(days=1)
            for name in ("_sqlite_problems", "_postgresql_problems"):
                monkeypatch.setattr(integrity, name, endless)
            night = asyncio.create_task(daemon.work_at_night())
            assert await asyncio.to_thread(checking.wait, PATIENCE)
            daemon.sender.stop()
            await asyncio.wait_for(night, PATIENCE)
            assert done(daemon) == []
            monkeypatch.undo()
        assert [line.getMessage() for line in caplog.records if line.levelname == "WARNING"] == [
            "stopping: the check or the backup of the database was broken off; it is done after the next start"
        ]
        with a_daemon(club, clock, relay) as daemon:
            await daemon.work_at_night()
            assert done(daemon) == ["check", "back up", "forget"]
        assert not [mail for mail in relay.received if mail.recipient == "operator@club.example"]
