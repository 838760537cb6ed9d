"""A PostgreSQL dump that a person restores beside the running service, by PostgreSQL's own programs, sends nothing there."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from mailer.domain.errors import Refused
from mailer.store.ledger import backups
from tests.club import ISSUE, THURSDAY, Club, begin, members
from tests.databases import POSTGRES
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

pytestmark = pytest.mark.skipif(not POSTGRES, reason="needs PostgreSQL")


@pytest.fixture
def databases() -> Iterator[list[URL]]:
    """Two new databases on one server."""
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    names = [f"mailer_beside_{os.getpid()}_{number}" for number in (1, 2)]
    with server.connect() as connection:
        for name in names:
            connection.execute(text(f"CREATE DATABASE {name}"))
    yield [make_url(POSTGRES).set(database=name) for name in names]
    with server.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def a_club(folder: Path, url: URL) -> Club:
    club = Club.found(folder)
    club.settle(database={"url": url.render_as_string(hide_password=False)})
    return club


def by_hand(dump: Path, url: URL) -> None:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={plain}", str(dump)], check=True)


async def test_a_dump_restored_by_hand_sends_nothing(tmp_path: Path, databases: list[URL]) -> None:
    clock, people = FrozenClock(THURSDAY), members(3)
    live, copy = databases
    settings = {"database": {"url": live.render_as_string(hide_password=False)}}
    club = a_club(tmp_path / "club", live)
    async with Sink() as relay:
        with club.sending(clock, relay, **settings) as (app, sender):
            begin(app, people)
            app.store.back_up(tmp_path / "backup.dump", clock.now())
            by_hand(tmp_path / "backup.dump", copy)
            other = club.copied(tmp_path / "beside")
            elsewhere = {"database": {"url": copy.render_as_string(hide_password=False)}}
            with pytest.raises(Refused, match="is a backup of"), other.sending(clock, relay, **elsewhere):
                pytest.fail("a sender was made")
            assert relay.received == []
            await sender.drain(ISSUE)
            assert len(relay.received) == len(people)
        with club.opened(clock) as app, app.store.reading() as connection:
            assert backups.backup_at(connection) is None  # the live one goes on, also after a restart


async def test_a_ledger_that_becomes_a_backup_while_a_sender_runs_sends_nothing_more(
    tmp_path: Path, databases: list[URL]
) -> None:
    clock = FrozenClock(THURSDAY)
    settings = {"database": {"url": databases[0].render_as_string(hide_password=False)}}
    async with Sink() as relay:
        with a_club(tmp_path / "club", databases[0]).sending(clock, relay, **settings) as (app, sender):
            begin(app, members(3))
            with app.store.transaction() as connection:
                backups.mark_as_backup(connection, clock.now())
            await sender.drain(ISSUE)
            assert relay.received == []
