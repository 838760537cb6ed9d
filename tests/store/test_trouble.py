"""A full disk, a read-only one, a locked and a damaged database are known by the errors that they cause."""

import errno
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mailer.domain.errors import MailerError
from mailer.domain.trouble import Trouble
from mailer.store import DatabaseError, Notices, Store, sqlite
from mailer.store.sqlite import dbapi
from mailer.store.trouble import is_damaged, trouble_of
from tests.damaged import spoil
from tests.databases import POSTGRES


@pytest.mark.parametrize(
    ("number", "trouble"),
    [
        (errno.ENOSPC, Trouble.DISK_FULL),
        (errno.EDQUOT, Trouble.DISK_FULL),
        (errno.EROFS, Trouble.READ_ONLY),
        (errno.EACCES, None),
        (errno.ECONNREFUSED, None),
    ],
)
def test_of_a_file(number: int, trouble: Trouble | None) -> None:
    error = OSError(number, "as the system says")
    assert trouble_of(error) is trouble
    wrapped = MailerError("the journal cannot be written")
    wrapped.__cause__ = error
    assert trouble_of(wrapped) is trouble
    assert trouble_of(ValueError("our own mistake")) is None


def test_of_a_database_on_a_full_disk(tmp_path: Path) -> None:
    store = Store.open("sqlite:///mailer.db", tmp_path)
    with store.transaction() as connection:
        connection.execute(text("CREATE TABLE large (content BLOB)"))
        connection.execute(text("PRAGMA max_page_count = 1"))
        with pytest.raises(DatabaseError) as full:
            connection.execute(text("INSERT INTO large VALUES (zeroblob(10000000))"))
    assert trouble_of(full.value) is Trouble.DISK_FULL
    store.close()


def test_a_writer_says_once_that_it_waits_and_one_that_waits_too_long_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 0.3)
    store = Store.open("sqlite:///mailer.db", tmp_path, Notices(waits_for_writer=lambda: said.append("waits")))
    with closing(dbapi().connect(tmp_path / "mailer.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with store.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM deliveries")).scalar() == 0
        assert said == []
        with pytest.raises(DatabaseError) as locked, store.transaction():
            pass
        assert trouble_of(locked.value) is Trouble.LOCKED
        assert said == ["waits"]
        with pytest.raises(DatabaseError) as hurried, store.transaction(waits=False):
            pass
        assert trouble_of(hurried.value) is Trouble.LOCKED
        assert said == ["waits"]
        other.execute("ROLLBACK")
    with store.transaction() as connection:
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 300
    assert said == ["waits"]
    store.close()


def test_opening_waits_for_no_writer(tmp_path: Path) -> None:
    Store.open("sqlite:///mailer.db", tmp_path).close()
    said: list[str] = []
    with closing(dbapi().connect(tmp_path / "mailer.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store = Store.open("sqlite:///mailer.db", tmp_path, Notices(waits_for_writer=lambda: said.append("waits")))
        with store.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM history")).scalar() == 0
        store.close()
        assert said == []
        other.execute("ROLLBACK")


def test_of_a_damaged_database_and_of_a_file_that_is_none(tmp_path: Path) -> None:
    Store.open("sqlite:///mailer.db", tmp_path).close()
    spoil(tmp_path / "mailer.db", "history")
    store = Store.open("sqlite:///mailer.db", tmp_path)
    with pytest.raises(DatabaseError) as damaged, store.reading() as connection:
        connection.execute(text("SELECT * FROM history")).all()
    assert (trouble_of(damaged.value), is_damaged(damaged.value)) == (Trouble.DAMAGED, True)
    store.close()
    (tmp_path / "letter.db").write_text("Dear Anna, this is a letter and no database. " * 30)
    with pytest.raises(MailerError) as none:
        Store.open("sqlite:///letter.db", tmp_path)
    assert trouble_of(none.value) is Trouble.DAMAGED


class Answer(Exception):
    """What a PostgreSQL server says of a page that it cannot read."""

    sqlstate = "XX001"


def test_of_a_damaged_page_of_postgresql() -> None:
    assert is_damaged(DBAPIError("SELECT", {}, Answer("invalid page in block 7")))


@pytest.mark.skipif(not POSTGRES, reason="MAILER_TESTS_POSTGRES names no server")
def test_a_statement_that_the_operator_ends_is_tried_again_and_no_fault(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = str(request.getfixturevalue("bare_postgres"))
    said: list[str] = []
    notices = Notices(is_away=lambda _error: said.append("away"), answers_again=lambda: said.append("answers"))

    def ended() -> None:
        with store.transaction() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 1"))
            connection.execute(text("SELECT pg_sleep(60)"))

    with closing(Store.open(url, tmp_path, notices)) as store:
        with pytest.raises(DatabaseError) as broken:
            ended()
        assert trouble_of(broken.value) is Trouble.AWAY
        with store.transaction():
            assert said == ["away", "answers"]
