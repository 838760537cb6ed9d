"""After a backup is restored, nothing that it counts as unsent leaves again until a person has looked."""

import shutil

import pytest

from mailer.domain.errors import Refused
from tests.club import ISSUE, THURSDAY, Club, begin, members
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink


async def test_a_restored_backup_sends_nothing_by_itself(tmp_path):
    club = Club.found(tmp_path)
    people = members(3)

    async with Sink() as sink:
        with club.sending(FrozenClock(THURSDAY), sink) as (app, sender):
            begin(app, people)
            with app.store.transaction():
                shutil.copy(tmp_path / "mailer.db", tmp_path / "backup.db")
                shutil.copy(tmp_path / "mailer.db-wal", tmp_path / "backup.db-wal")
            await sender.drain(ISSUE)
        assert len(sink.received) == 3
        restore(tmp_path)
        with (
            pytest.raises(Refused, match="a backup was restored"),
            club.sending(FrozenClock(THURSDAY), sink),
        ):
            pytest.fail("a sender was made")
        # A person has looked and confirms.
        (tmp_path / ".mailer.db.epoch").unlink()
        with club.sending(FrozenClock(THURSDAY), sink) as (_, sender):
            await sender.drain(ISSUE)
        assert len(sink.received) == 6


def restore(folder):
    for name in ("mailer.db", "mailer.db-wal", "mailer.db-shm"):
        (folder / name).unlink(missing_ok=True)
    (folder / "backup.db").rename(folder / "mailer.db")
    (folder / "backup.db-wal").rename(folder / "mailer.db-wal")
