"""The bell of the workers on a real PostgreSQL: rung in a transaction, heard after it, and never needed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy.engine import make_url

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
