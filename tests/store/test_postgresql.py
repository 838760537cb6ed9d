"""PostgreSQL's connections: renewed after a restart, short of patience with what is cut off, never with what is wrong."""

import os
import traceback
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from math import inf
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, inspect, select, text
from sqlalchemy.engine import make_url

from mailer.domain.errors import MailerError
from mailer.domain.search import CirculationSearch
from mailer.domain.trouble import Trouble
from mailer.store import DatabaseError, Store, be_brief, circulation_pages, circulations, members, postgresql
from mailer.store.schema import exclusions, seats
from mailer.store.trouble import trouble_of
from tests.builders import a_membership, a_register, a_seat
from tests.databases import POSTGRES
from tests.store.rows import a_mailing, a_mailing_of
from tests.store.test_members import everything_new

pytestmark = pytest.mark.skipif(not POSTGRES, reason="MAILER_TESTS_POSTGRES names no server")


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """A schema of its own, on the server that is there."""
    return str(request.getfixturevalue("bare_postgres"))


def test_a_connection_that_the_server_has_ended_is_replaced_before_it_is_used(url: str, tmp_path: Path) -> None:
    with closing(Store.open(url, tmp_path)) as store, closing(Store.open(url, tmp_path)) as other:
        for _ in range(3):
            with store.reading() as connection:
                mine = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with other.transaction() as connection:
                connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
        with store.transaction() as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != mine


def test_one_that_is_ended_inside_a_transaction_is_away_and_the_next_goes_on(url: str, tmp_path: Path) -> None:
    with closing(Store.open(url, tmp_path)) as store, closing(Store.open(url, tmp_path)) as other:

        def broken_off() -> None:
            with store.transaction() as connection:
                mine = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
                with other.transaction() as elsewhere:
                    elsewhere.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
                connection.execute(text("SELECT 1"))

        with pytest.raises(DatabaseError) as broken:
            broken_off()
        assert trouble_of(broken.value) is Trouble.AWAY
        with store.transaction() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1


@pytest.mark.parametrize("wrong", [{"database": "no_such_database"}, {"username": "no_such_login"}])
def test_what_is_wrong_is_not_waited_for(url: str, tmp_path: Path, wrong: dict[str, str]) -> None:
    mistaken = make_url(url).set(**wrong).render_as_string(hide_password=False)
    with pytest.raises(MailerError, match=r"the database cannot be opened: .*no_such_"):
        Store.open(mistaken, tmp_path, patience=inf)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"sslmode": "require"}, "does not support SSL"),
        ({"sslmode": "verify-full", "sslrootcert": "/nowhere"}, "does not support SSL"),
        ({"sslmode": "strict"}, "invalid sslmode"),
        ({"options": "-cno_such_setting=1"}, "no_such_setting"),
    ],
)
def test_what_no_restart_of_the_server_mends_is_not_waited_for(
    url: str, tmp_path: Path, query: dict[str, str], why: str
) -> None:
    mistaken = make_url(url).update_query_dict(query).render_as_string(hide_password=False)
    with pytest.raises(MailerError, match=rf"the database cannot be opened: .*{why}"):
        Store.open(mistaken, tmp_path, patience=inf)


@pytest.fixture
def another(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of this encoding and order."""
    name = f"mailer_another_{os.getpid()}"
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 {request.param}"))
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.mark.parametrize(
    "another",
    [f"ENCODING '{name}' LC_COLLATE 'C' LC_CTYPE 'C'" for name in ("LATIN1", "SQL_ASCII", "KOI8R")],
    ids=["LATIN1", "SQL_ASCII", "KOI8R"],
    indirect=True,
)
def test_a_database_that_cannot_keep_every_name_gets_no_tables(another: str, tmp_path: Path) -> None:
    with pytest.raises(MailerError, match=r"has the encoding \w+, .*: make a new one by `createdb --encoding UTF8"):
        Store.open(another, tmp_path)
    engine = postgresql.open_engine(make_url(another))
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("another", ["ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"], indirect=True)
def test_the_first_membership_is_the_same_by_any_order_of_the_server(another: str, tmp_path: Path) -> None:
    parts = [(a_membership(name), a_seat(name, names={"en": f"As {name}"})) for name in ("a2", "B1")]
    with closing(Store.open(another, tmp_path)) as store, store.transaction() as connection:
        members.lock_register(connection)
        members.apply(connection, everything_new(a_register(*chain.from_iterable(parts))))
        assert connection.execute(select(seats.c.membership).order_by(seats.c.membership)).scalars().first() == "a2"
        assert members.names_of(connection, ["P001"]) == {"P001": {"en": "As B1"}}
        assert [seat.membership for seat in members.seats_of(connection, "P001")] == ["B1", "a2"]
        [known] = members.known_people(connection)
        assert known.names == ("As B1", "As a2")
        mailing = a_mailing(connection)
        decision = {"person": "P001", "reason": "unpaid", "rule": 9, "evidence": []}
        connection.execute(insert(exclusions).values(mailing=mailing, **decision))
        assert [decided.name for decided in circulations.decided(connection, mailing)] == ["As B1"]
        [line] = circulation_pages.everybody(connection, [mailing], CirculationSearch(), ["en"])
        assert line.name == "As B1"


def test_a_server_that_is_too_old_gets_no_tables(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "OLDEST", 99)
    with pytest.raises(MailerError, match=r"PostgreSQL [\d.]+ is too old: 99 or newer is needed"):
        Store.open(url, tmp_path)


def test_neither_side_keeps_a_connection_that_is_cut_off(url: str, tmp_path: Path) -> None:
    with closing(Store.open(url, tmp_path)) as store, store.reading() as connection:
        given = {name: connection.execute(text(f"SHOW {name}")).scalar() for name in postgresql._SERVER}
        assert given == {
            "tcp_keepalives_idle": "5",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "3",
            "tcp_user_timeout": "10000",
            "idle_in_transaction_session_timeout": "1min",
        }
        described = connection.connection.dbapi_connection.info.get_parameters()
        assert described["tcp_user_timeout"] == "10000"
        assert described["target_session_attrs"] == "read-write"


def test_a_url_has_it_its_own_way(url: str, tmp_path: Path) -> None:
    patient = make_url(url).update_query_dict({"connect_timeout": "30"}).render_as_string(hide_password=False)
    with closing(Store.open(patient, tmp_path)) as store, store.reading() as connection:
        assert connection.connection.dbapi_connection.info.get_parameters()["connect_timeout"] == "30"


def test_a_brief_transaction_is_brief_and_only_that_one(url: str, tmp_path: Path) -> None:
    show = text("SHOW idle_in_transaction_session_timeout")
    with closing(Store.open(url, tmp_path)) as store:
        with store.transaction() as connection:
            be_brief(connection)
            assert connection.execute(show).scalar() == f"{int(postgresql._BRIEFLY) // 1000}s"
        with store.transaction() as connection:
            assert connection.execute(show).scalar() == "1min"


def test_a_server_that_takes_no_writes_any_more_is_left(url: str, tmp_path: Path) -> None:
    with closing(Store.open(url, tmp_path)) as store:
        backends = []

        def write() -> None:
            with store.transaction() as connection:
                backends.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
                connection.execute(text("SET LOCAL transaction_read_only = on"))
                connection.execute(text("DELETE FROM leases"))

        with pytest.raises(DatabaseError) as refused:
            write()
        assert trouble_of(refused.value) is Trouble.READ_ONLY
        with store.transaction() as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() not in backends


def test_an_error_quotes_no_row(store: Store) -> None:
    with store.transaction() as connection:
        a_mailing_of(connection, 1)
        with pytest.raises(DatabaseError, match="ck_deliveries_owned") as broken, connection.begin_nested():
            connection.execute(text("UPDATE deliveries SET state = 'sending'"))
    said = "".join(traceback.format_exception(broken.value))
    assert "Failing row" not in said
    assert "p001@example.org" not in said
