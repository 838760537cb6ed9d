"""A damaged database is named as such, whatever is damaged in it; a sound one is counted."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event, text

from mailer.domain.errors import MailerError
from mailer.domain.remedy import Action
from mailer.store import DatabaseError, Store, integrity
from mailer.store.sqlite import dbapi
from tests import databases
from tests.away import lost
from tests.databases import POSTGRES
from tests.store.rows import a_mailing_of


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of 500 copies, in one file."""
    folder = tmp_path_factory.mktemp("filled")
    databases.begin(folder)
    store = Store.open("sqlite:///mailer.db", folder)
    with store.transaction() as connection:
        a_mailing_of(connection, 500)
    store.close()
    return folder / "mailer.db"


@pytest.fixture
def file(filled: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copy(filled, tmp_path / "mailer.db"))


def problems(file: Path) -> tuple[str, ...]:
    store = Store.open(f"sqlite:///{file.name}", file.parent)
    try:
        check = store.check()
        assert check.ok == (not check.problems)
        return check.problems
    finally:
        store.close()


def change(file: Path, *statements: str) -> None:
    """Change the file behind the back of its rules."""
    with closing(dbapi().connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_table_that_is_missing_is_named(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(text("DROP TABLE wishes"))
    assert store.check().problems == ("the table wishes is missing",)


def test_a_sound_database_is_counted(store: Store) -> None:
    with store.transaction() as connection:
        a_mailing_of(connection, 3)
    check = store.check()
    assert check.ok
    assert check.rows["deliveries"] == 3
    assert check.engine == store.software
    assert check.engine.startswith(("SQLite 3.", "PostgreSQL "))


@pytest.mark.sqlite
def test_an_untouched_file_has_no_problems(file: Path) -> None:
    assert problems(file) == ()


@pytest.mark.parametrize("where", [0.3, 0.5, 0.8])
@pytest.mark.sqlite
def test_a_damaged_page(file: Path, where: float) -> None:
    octets = bytearray(file.read_bytes())
    begin = int(len(octets) * where) // 4096 * 4096
    octets[begin : begin + 4096] = b"\xa5" * 4096
    file.write_bytes(octets)
    assert problems(file)


@pytest.mark.parametrize("octets", [b"no database at all" * 1000, b"SQLite format 3\x00" + b"\xa5" * 5000])
@pytest.mark.sqlite
def test_a_file_that_cannot_be_opened(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "mailer.db").write_bytes(octets)
    with pytest.raises(MailerError, match=r"^the database is damaged: ") as refused:
        Store.open("sqlite:///mailer.db", tmp_path)
    assert refused.value.remedies == (Action.RESTORE.of(),)


@pytest.mark.sqlite
def test_a_rule_whose_words_are_no_text_any_more(file: Path) -> None:
    octets = file.read_bytes()
    file.write_bytes(octets.replace(b"CREATE INDEX", b"CREATE \xfcNDEX"))
    with pytest.raises(MailerError, match=r"^the database is damaged: "):
        Store.open("sqlite:///mailer.db", file.parent)


@pytest.mark.sqlite
def test_a_server_that_goes_away_meanwhile_is_no_damage(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def goes_away(_connection: object) -> dict[str, int]:
        raise lost()

    monkeypatch.setattr(integrity, "count_rows", goes_away)
    with closing(Store.open("sqlite:///mailer.db", file.parent)) as store, pytest.raises(DatabaseError):
        store.check()


@pytest.mark.sqlite
def test_a_row_that_names_a_missing_one(file: Path) -> None:
    change(file, "PRAGMA foreign_keys=OFF", "DELETE FROM mailings")
    assert "500 rows of deliveries name a row that mailings does not have" in problems(file)


@pytest.mark.sqlite
def test_a_value_against_a_rule(file: Path) -> None:
    change(file, "PRAGMA ignore_check_constraints=ON", "UPDATE mailings SET state = 'gone'")
    assert any("mailings" in problem for problem in problems(file))


@pytest.fixture
def postgres(bare_postgres: str, tmp_path: Path) -> Iterator[Store]:
    store = Store.open(bare_postgres, tmp_path)
    with store.transaction() as connection:
        a_mailing_of(connection, 5)
    yield store
    store.close()


@pytest.mark.skipif(not POSTGRES, reason="needs PostgreSQL")
class TestPostgresql:
    """The same on PostgreSQL, where its own rules were put aside."""

    def test_a_row_that_names_a_missing_one(self, postgres: Store, bare_postgres: str) -> None:
        engine = create_engine(bare_postgres)
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("DELETE FROM mailings"))
        engine.dispose()
        assert "5 rows of deliveries name a row that mailings does not have" in postgres.check().problems

    def test_a_constraint_that_was_never_validated(self, postgres: Store, bare_postgres: str) -> None:
        engine = create_engine(bare_postgres)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE deliveries ADD CONSTRAINT late CHECK (epoch >= 0) NOT VALID"))
        engine.dispose()
        assert postgres.check().problems == ("the constraint late is not valid",)

    def test_indexes_are_compared_where_that_can_be_done(self, postgres: Store, bare_postgres: str) -> None:
        assert [what for what in postgres.check().unchecked if "amcheck" in what]
        engine = create_engine(bare_postgres)
        with engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION amcheck"))
        engine.dispose()
        check = postgres.check()
        assert (check.problems, check.unchecked) == ((), ())


@pytest.mark.sqlite
def test_rules_that_are_no_text_any_more_when_it_is_read_again(file: Path) -> None:
    with closing(Store.open(f"sqlite:///{file.name}", file.parent)) as store:
        store._engine.dispose()
        file.write_bytes(file.read_bytes().replace(b"CREATE INDEX", b"CREATE \xfcNDEX"))
        assert not store.check().ok


@pytest.mark.skipif(not POSTGRES, reason="MAILER_TESTS_POSTGRES names no server")
@pytest.mark.parametrize(
    ("statement", "ends"),
    [
        ("SELECT pg_sleep(0.2)", False),  # as long as it takes, whatever is set for others
        ("SELECT pg_cancel_backend(pg_backend_pid())", True),
        ("SELECT * FROM no_such_table", True),
    ],
)
def test_a_reader_that_is_ended_is_no_damage(
    store: Store, monkeypatch: pytest.MonkeyPatch, statement: str, ends: bool
) -> None:
    def count(connection: Connection) -> dict[str, int]:
        connection.execute(text(statement))
        return {"deliveries": 1}

    monkeypatch.setattr(integrity, "count_rows", count)
    event.listen(store._engine, "begin", lambda connection: connection.exec_driver_sql("SET statement_timeout = 50"))
    if not ends:
        assert store.check().ok
        return
    with pytest.raises(DatabaseError):
        store.check()
