"""A transaction begins later while the server of the database is away; that it is, and that it answers, is said once."""

from concurrent.futures import ThreadPoolExecutor
from math import inf

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from mailer.domain.errors import MailerError
from mailer.domain.trouble import Trouble
from mailer.store import DatabaseError, Notices, Store, endurance, is_away
from mailer.store.endurance import Endurance
from mailer.store.trouble import trouble_of
from tests.away import Lost, lost, server_of


@pytest.fixture
def said(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the store says to its process; it looks again without a pause."""
    monkeypatch.setattr(endurance, "PAUSE", 0.0)
    sentences: list[str] = []
    store.endurance = Endurance(
        Notices(
            is_away=lambda error: sentences.append(f"away: {error.orig}"),
            answers_again=lambda: sentences.append("again"),
        )
    )
    return sentences


def counted(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(text("SELECT count(*) FROM history")).scalar_one()


def test_without_patience_a_step_fails_at_once_and_the_end_is_said_by_the_next(store: Store, said: list[str]) -> None:
    with server_of(store) as server:
        server.refusals = 3
        for _ in range(3):
            with pytest.raises(DatabaseError), store.transaction():
                pytest.fail("it cannot begin")
        assert said == ["away: connection refused"]
        assert counted(store) == 0
        assert counted(store) == 0
        assert said == ["away: connection refused", "again"]


@pytest.mark.parametrize("way", ["transaction", "reading", "rehearsal"])
def test_with_patience_it_begins_once_the_server_answers(store: Store, said: list[str], way: str) -> None:
    store.endurance.seconds = inf
    with server_of(store) as server:
        server.refusals = 20
        with getattr(store, way)() as connection:
            assert connection.execute(text("SELECT count(*) FROM history")).scalar_one() == 0
        assert server.begun == 21
    assert said == ["away: connection refused", "again"]


def test_what_has_begun_is_undone_and_not_taken_twice(store: Store, said: list[str]) -> None:
    store.endurance.seconds = inf
    bodies = []

    def write() -> None:
        with store.transaction() as connection:
            bodies.append("begun")
            connection.execute(text("INSERT INTO relay_outages (id, began_at, reason) VALUES (1, '2018-07-12', 'x')"))

    with server_of(store) as server:
        server.breaks = 1
        with pytest.raises(DatabaseError) as broken:
            write()
        assert is_away(broken.value)
        assert bodies == ["begun"]
        with store.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM relay_outages")).scalar() == 0
    assert said == ["away: connection refused", "again"]


def test_another_error_is_not_waited_for(store: Store, said: list[str]) -> None:
    store.endurance.seconds = inf
    with pytest.raises(IntegrityError), store.transaction() as connection:
        connection.execute(text("INSERT INTO leases (name, owner, until, epoch) VALUES ('x', NULL, NULL, 0)"))
    assert said == []


def test_many_threads_say_it_once(store: Store, said: list[str]) -> None:
    store.endurance.seconds = inf
    with server_of(store) as server, ThreadPoolExecutor(4) as threads:
        server.refusals = 8
        assert [job.result() for job in [threads.submit(counted, store) for _ in range(8)]] == [0] * 8
    assert said.count("away: connection refused") == said.count("again") >= 1


def test_what_psycopg_and_the_server_say_of_it_is_known() -> None:
    assert trouble_of(lost()) is Trouble.AWAY
    assert trouble_of(ExceptionGroup("copies could not be handed over", [lost(), lost()])) is Trouble.AWAY
    assert trouble_of(ExceptionGroup("one of them is another", [lost(), ValueError("ours")])) is None
    wrapped = MailerError("the copies cannot be read")
    wrapped.__cause__ = lost()
    assert is_away(wrapped)
    # admin_shutdown, crash_shutdown, cannot_connect_now, connection_failure, idle_in_transaction_session_timeout
    for state in ("57P01", "57P02", "57P03", "08006", "25P03"):
        error = Lost()
        error.sqlstate = state
        assert trouble_of(OperationalError("", {}, error)) is Trouble.AWAY
    for state in ("40P01", "42P01", "23505"):
        error = Lost()
        error.sqlstate = state
        assert trouble_of(OperationalError("", {}, error)) is None
