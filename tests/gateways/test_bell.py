"""The bell of the workers on a real PostgreSQL: rung in a transaction, heard after it, and never needed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy.engine import make_url

from mailer.domain.errors import Refused
from mailer.gateways import bell
from tests.databases import POSTGRES

pytestmark = pytest.mark.skipif(not POSTGRES, reason="MAILER_TESTS_POSTGRES names no database")


@pytest.fixture
def conninfo(bare_postgres: str) -> str:
    url = make_url(bare_postgres).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


@contextmanager
def connected(conninfo: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo) as connection:
        connection.execute("SELECT 1")
        yield connection


def rung(conninfo: str) -> list[tuple[str, int]]:
    with connected(conninfo) as connection:
        query = "SELECT task_name, (args->>'about')::int FROM procrastinate_jobs ORDER BY id"
        return connection.execute(query).fetchall()


def test_where_no_worker_has_listened_no_bell_is_rung(conninfo: str) -> None:
    with connected(conninfo) as connection:
        bell.ring(connection, "deliver", {7: 1})
        assert connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() == (None,)


def test_a_bell_is_rung_with_the_transaction_and_once(conninfo: str) -> None:
    bell.open_bell(conninfo)
    with connected(conninfo) as connection:
        bell.ring(connection, "deliver", {7: 3, 8: 1})
        connection.rollback()
    assert rung(conninfo) == []
    for _ in range(2):
        with connected(conninfo) as connection:
            bell.ring(connection, "deliver", {7: 3, 8: 1})
    assert rung(conninfo) == [("deliver", 7), ("deliver", 8)]


def test_what_is_heard_later_counts_for_nothing_now(conninfo: str) -> None:
    bell.open_bell(conninfo)
    later = datetime(2100, 1, 1, tzinfo=UTC)
    for at in (later, later, None, None):
        with connected(conninfo) as connection:
            bell.ring(connection, "deliver", {7: 1}, at)
    # The mailing was stopped in its countdown, and is sent again with a shorter one: the only worker must hear of that.
    assert rung(conninfo) == [("deliver", 7), ("deliver", 7)]


def test_who_rings_does_not_wait_for_a_frozen_process_that_does(conninfo: str) -> None:
    bell.open_bell(conninfo)
    with connected(conninfo) as connection:
        bell.ring(connection, "deliver", {7: 1})
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    with connected(conninfo) as frozen, connected(conninfo) as connection:
        bell.ring(frozen, "deliver", {7: 1})
        connection.execute("SET LOCAL lock_timeout = 2000")
        bell.ring(connection, "deliver", {8: 1})
    assert rung(conninfo) == [("deliver", 7), ("deliver", 8)]


def test_the_tables_of_another_program_are_left_alone(conninfo: str) -> None:
    with connected(conninfo) as connection:
        connection.execute(SchemaManager.get_schema())
    with pytest.raises(Refused, match="another program"):
        bell.open_bell(conninfo)
    with connected(conninfo) as connection:
        bell.ring(connection, "deliver", {7: 1})
    assert rung(conninfo) == []


def test_what_goes_wrong_with_the_bell_leaves_the_transaction_as_it_is(conninfo: str) -> None:
    bell.open_bell(conninfo)
    with connected(conninfo) as connection:
        connection.execute("DROP TABLE procrastinate_workers CASCADE")
        connection.execute("CREATE TABLE kept (id int)")
        with pytest.raises(psycopg.Error):
            bell.ring(connection, "deliver", {7: 1})
    with connected(conninfo) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_tables_of_an_older_version_are_made_anew(conninfo: str) -> None:
    bell.open_bell(conninfo)
    with connected(conninfo) as connection:
        bell.ring(connection, "deliver", {7: 1})
    bell.open_bell(conninfo)
    assert rung(conninfo) == [("deliver", 7)]
    with connected(conninfo) as connection:
        connection.execute("COMMENT ON TABLE procrastinate_jobs IS '3.9.0'")
    bell.open_bell(conninfo)
    assert rung(conninfo) == []


async def test_a_worker_hears_it_at_once_and_again_where_it_asks_for_that(conninfo: str) -> None:
    heard: list[int] = []
    twice = asyncio.Event()

    async def deliver(mailing: int) -> bool:
        heard.append(mailing)
        if len(heard) == 2:
            twice.set()
        return len(heard) == 1

    async def other(_about: int) -> bool:
        return False

    ready = asyncio.Event()
    tasks = {"deliver": deliver, "letters": other}
    running = asyncio.create_task(bell._listen(conninfo, tasks, ready.set))
    await asyncio.wait_for(ready.wait(), 60)
    with connected(conninfo) as connection:
        bell.ring(connection, "deliver", {7: 1})
    await asyncio.wait_for(twice.wait(), 60)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (heard, rung(conninfo)) == ([7, 7], [])
    with connected(conninfo) as connection:
        assert connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() == (0,)


async def test_a_bell_that_could_not_be_deleted_is_rung_again(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "BEAT", 0.05)
    ready = asyncio.Event()
    listening = asyncio.create_task(bell._listen(conninfo, {"deliver": silent, "letters": silent}, ready.set))
    await asyncio.wait_for(ready.wait(), 60)
    with connected(conninfo) as connection:
        connection.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$"
        )
        connection.execute(
            "CREATE TRIGGER refuse BEFORE DELETE ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    with connected(conninfo) as connection:
        bell.ring(connection, "deliver", {7: 1})
    # No worker that lives has it any more.
    assert (await asyncio.wait_for(listening, 60)).startswith("the database refuses: the disk is full")
    with connected(conninfo) as connection:
        connection.execute("DROP TRIGGER refuse ON procrastinate_jobs")
        bell.ring(connection, "deliver", {7: 1})
        (row,) = connection.execute("SELECT status::text FROM procrastinate_jobs").fetchall()
        assert row == ("todo",)


async def test_a_bell_that_is_never_heard_is_said_once(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("BEAT", 0.05), ("AGAIN", 0.01)):
        monkeypatch.setattr(bell, name, seconds)
    bell.open_bell(conninfo)
    with connected(conninfo) as connection:
        connection.execute("DROP FUNCTION procrastinate_register_worker_v1")
    tried, said = 0, list[str]()
    often = asyncio.Event()
    listen = bell._listen

    async def counted(*words: Any) -> str:
        nonlocal tried
        tried += 1
        if tried == 4:
            often.set()
        return await listen(*words)

    monkeypatch.setattr(bell, "_listen", counted)
    tasks = {"deliver": silent, "letters": silent}
    running = asyncio.create_task(bell.run(conninfo, tasks, said.append, lambda: said.append("back")))
    await asyncio.wait_for(often.wait(), 60)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    [reason] = said
    assert reason.startswith("its tables are not those of the Procrastinate that is installed here: ")


async def silent(_about: int) -> bool:
    return False


async def reason_when(conninfo: str, statement: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Why the bell is not heard any more once this is executed."""
    monkeypatch.setattr(bell, "BEAT", 0.05)
    monkeypatch.setattr(bell, "SILENT", 1.0)
    ready = asyncio.Event()
    listening = asyncio.create_task(bell._listen(conninfo, {"deliver": silent, "letters": silent}, ready.set))
    await asyncio.wait_for(ready.wait(), 60)
    with connected(conninfo) as connection:
        connection.execute(statement)
    return await asyncio.wait_for(listening, 60)


async def test_tables_that_are_gone_are_not_taken_for_a_database_that_is_away(
    conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = await reason_when(conninfo, "DROP TABLE procrastinate_workers CASCADE", monkeypatch)
    assert gone.startswith("its tables are not those of the Procrastinate that is installed here: ")
    assert "procrastinate_workers" in gone


async def test_a_login_without_rights_is_told_so(conninfo: str) -> None:
    with connected(conninfo) as connection:
        row = connection.execute("SELECT current_schema()").fetchone()
        assert row is not None
        connection.execute("DROP ROLE IF EXISTS deaf")
        connection.execute("CREATE ROLE deaf LOGIN")
        connection.execute(f"GRANT USAGE ON SCHEMA {row[0]} TO deaf")
    deaf = psycopg.conninfo.make_conninfo(conninfo, user="deaf")
    try:
        reason = await bell._listen(deaf, {"deliver": silent, "letters": silent}, lambda: None)
    finally:
        with connected(conninfo) as connection:
            connection.execute("DROP OWNED BY deaf")
            connection.execute("DROP ROLE deaf")
    assert reason.startswith("the login of [database] may not make or use its tables: ")
