"""An SQLite database is copied into an empty PostgreSQL one: whole, also after it was broken off anywhere."""

from collections.abc import Iterator
from contextlib import closing
from math import inf
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.engine import URL, make_url

from mailer.domain.database_copy import DatabaseCopy
from mailer.domain.errors import BadInput, MailerError, Refused
from mailer.domain.remedy import Action
from mailer.store import Store, endurance, migrate, table_copy, transfer
from mailer.store.columns import metadata
from mailer.store.ledger import backups
from mailer.store.schema import history, register_state
from mailer.store.sqlite import dbapi
from mailer.store.transfer import copy_database
from tests.away import lost
from tests.databases import POSTGRES
from tests.store.rows import NOW, a_mailing_of, an_owner, came, take, write_down

beside_postgresql = pytest.mark.skipif(not POSTGRES, reason="MAILER_TESTS_POSTGRES names no server")


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Store]:
    """A ledger half sent, a history, and a number that was given and is not there any more."""
    with closing(Store.open("sqlite:///mailer.db", tmp_path)) as store:
        with store.transaction() as connection:
            mailing, _ = a_mailing_of(connection, 30)
            owner = an_owner(connection)
            write_down(connection, owner, *map(came, take(connection, mailing, owner, limit=7)))
            row = {"at": NOW, "who": "Анна", "verb": "pull", "detail": "’ \U0001f600"}
            connection.execute(insert(history), [row | {"subject": f"{number}"} for number in range(50)])
            connection.execute(register_state.update().values(version=12))
            connection.execute(text("UPDATE sqlite_sequence SET seq = 900 WHERE name = 'deliveries'"))
        yield store


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """A schema of its own on the server that is there."""
    return str(request.getfixturevalue("bare_postgres"))


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_copy, "CHUNK", 8)
    monkeypatch.setattr(table_copy, "OCTETS", 1)


def copy(source: Store, url: str, base: Path, tell: transfer.Tell = lambda *_what: None) -> DatabaseCopy:
    return copy_database(source, url, base, NOW, tell=tell)


def rows_of(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.reading() as connection:
        return {
            each.name: sorted((tuple(row) for row in connection.execute(select(each))), key=repr)
            for each in metadata.sorted_tables
            if each.name != "ledger_state"
        }


def is_whole(source: Store, url: str, base: Path) -> None:
    """The target is a database to work on: the same rows, numbers that go on, no trace of the copy."""
    with closing(Store.open(url, base)) as target:
        assert rows_of(target) == rows_of(source)
        with target.transaction() as connection:
            tables = connection.execute(
                text("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'copying'")
            )
            assert tables.scalar() == 0
            entry = {"at": NOW, "who": "a", "verb": "b", "subject": "c", "detail": "d"}
            assert connection.execute(insert(history).values(entry).returning(history.c.id)).scalar() == 51
            next_copy = "SELECT nextval(pg_get_serial_sequence('deliveries', 'id'))"
            assert connection.execute(text(next_copy)).scalar() == 901
            assert an_owner(connection, 2) == 2


@beside_postgresql
def test_everything_is_there_and_numbers_go_on(source: Store, url: str, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    copied = copy(source, url, tmp_path, lambda *what: told.append(what))
    assert (copied.rows["deliveries"], copied.rows["attempts"], copied.resumed) == (30, 7, False)
    assert ("copying history", 50, 50) in told
    is_whole(source, url, tmp_path)


@beside_postgresql
@pytest.mark.parametrize(("octets", "chunks"), [(1, [1, 2]), (5, [1, 2]), (6, [2])])
def test_no_more_is_in_memory_than_so_many_octets_and_a_row(
    source: Store, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, octets: int, chunks: list[int]
) -> None:
    monkeypatch.setattr(table_copy, "OCTETS", octets)
    told: list[tuple[str, int, int]] = []
    copy(source, url, tmp_path, lambda *what: told.append(what))
    assert [done for what, done, _of in told if what == "copying revision_files"] == chunks


@beside_postgresql
@pytest.mark.parametrize(
    ("steps", "phase"), [(0, ""), (1, ""), (5, ""), (12, ""), (20, ""), (0, "comparing"), (7, "comparing")]
)
def test_one_that_was_broken_off_goes_on(source: Store, url: str, tmp_path: Path, steps: int, phase: str) -> None:
    class Killed(BaseException):
        """As by a signal."""

    left = iter(range(steps))

    def until(what: str, _done: int, _of: int) -> None:
        if what.startswith(phase) and next(left, None) is None:
            raise Killed

    with pytest.raises(Killed):
        copy(source, url, tmp_path, until)
    with pytest.raises(MailerError, match="is not whole") as refused:
        Store.open(url, tmp_path)
    assert refused.value.remedies == (Action.COPY_DATABASE.of(),)
    assert copy(source, url, tmp_path).resumed
    is_whole(source, url, tmp_path)


@beside_postgresql
def test_a_server_that_goes_away_meanwhile_is_waited_for(
    source: Store, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, commits = transfer.postgresql.open_engine, []

    def unsteady(parsed: object) -> object:
        engine = opened(parsed)

        def commit(_connection: object) -> None:
            commits.append(len(commits))
            if 6 < len(commits) < 200 and (len(commits) % 3 == 0 or len(commits) > 40):
                raise lost()

        event.listen(engine, "commit", commit)
        return engine

    monkeypatch.setattr(transfer.postgresql, "open_engine", unsteady)
    monkeypatch.setattr(endurance, "PAUSE", 0)
    source.endurance.seconds = inf
    copy(source, url, tmp_path)
    assert len(commits) > 20
    is_whole(source, url, tmp_path)


@beside_postgresql
def test_a_target_that_is_used_is_left_as_it_is(source: Store, url: str, tmp_path: Path) -> None:
    with closing(Store.open(url, tmp_path)) as target, target.transaction() as connection:
        an_owner(connection)
    with pytest.raises(Refused, match="the target is not empty: it has owners"):
        copy(source, url, tmp_path)
    with closing(Store.open(url, tmp_path)) as target, target.transaction() as connection:
        connection.execute(text("DELETE FROM owners"))
        connection.execute(text("CREATE TABLE minutes (words text)"))
    with pytest.raises(Refused, match="the target is not empty: it has minutes"):
        copy(source, url, tmp_path)
    with closing(Store.open(url, tmp_path)) as target, target.transaction() as connection:
        connection.execute(text("DROP TABLE minutes"))
    copy(source, url, tmp_path)  # tables that a command has made, with nothing in them
    with pytest.raises(Refused, match="the target is not empty"):
        copy(source, url, tmp_path)
    is_whole(source, url, tmp_path)


@beside_postgresql
def test_a_source_that_has_changed_since_is_not_mixed_with_what_it_was(source: Store, url: str, tmp_path: Path) -> None:
    def breaks_off(what: str, _done: int, _of: int) -> None:
        if what.startswith("comparing"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(source, url, tmp_path, breaks_off)
    with source.transaction() as connection:
        connection.execute(text("UPDATE deliveries SET address = 'other@members.example' WHERE id = 3"))
    with pytest.raises(BadInput, match=r"deliveries differs at \[3\]"):
        copy(source, url, tmp_path)
    with source.transaction() as connection:
        connection.execute(insert(history).values(at=NOW, who="a", verb="b", subject="c", detail="d"))
    with pytest.raises(Refused, match="of this one before it changed"):
        copy(source, url, tmp_path)
    with pytest.raises(MailerError, match="is not whole"):
        Store.open(url, tmp_path)


def mark_of(store: Store) -> tuple[str | None, object]:
    with store.reading() as connection:
        return backups.moved_to(connection), backups.backup_at(connection)


@beside_postgresql
def test_of_both_only_the_target_sends(source: Store, url: str, tmp_path: Path) -> None:
    def look(_what: str, _done: int, _of: int) -> None:
        assert mark_of(source) == (None, None)

    copied = copy(source, url, tmp_path, look)
    assert mark_of(source) == (copied.target, NOW)
    with closing(Store.open(url, tmp_path)) as target:
        assert mark_of(target) == (None, None)
    with pytest.raises(Refused, match="this database was copied there; name it in"):
        copy(source, url, tmp_path)
    assert mark_of(source) == (copied.target, NOW)
    with source.transaction() as connection:
        backups.resume_ledger(connection, epoch=0)
    assert mark_of(source) == (None, None)


@beside_postgresql
def test_a_break_between_the_mark_and_the_end_leaves_none_that_sends(
    source: Store, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = transfer.postgresql.open_engine

    def fragile(parsed: URL) -> Engine:
        engine = opened(parsed)

        def commit(_connection: object) -> None:
            if mark_of(source)[0] is not None:
                raise lost()

        event.listen(engine, "commit", commit)
        return engine

    monkeypatch.setattr(transfer.postgresql, "open_engine", fragile)
    with pytest.raises(MailerError, match="give the command again, it goes on where it was"):
        copy(source, url, tmp_path)
    monkeypatch.undo()
    assert mark_of(source)[0]
    with pytest.raises(MailerError, match="is not whole"):
        Store.open(url, tmp_path)
    assert copy(source, url, tmp_path).resumed
    assert mark_of(source)[0]
    is_whole(source, url, tmp_path)


@beside_postgresql
def test_a_second_copy_of_a_ledger_that_goes_on_elsewhere_sends_nothing_either(
    source: Store, url: str, tmp_path: Path
) -> None:
    with source.transaction() as connection:
        backups.mark_as_moved(connection, "postgresql+psycopg://elsewhere/club", NOW)
    copy(source, url, tmp_path)
    with closing(Store.open(url, tmp_path)) as target:
        assert mark_of(target) == mark_of(source) == ("postgresql+psycopg://elsewhere/club", NOW)


@beside_postgresql
def test_a_service_that_starts_meanwhile_is_seen_once_the_source_is_locked(
    source: Store, url: str, tmp_path: Path
) -> None:
    def runs() -> None:
        with closing(Store.open("sqlite:///mailer.db", tmp_path)) as other, other.transaction(waits=False):
            pytest.fail("the source is not locked")

    with pytest.raises(MailerError, match="database is locked"):
        copy_database(source, url, tmp_path, NOW, refuse_running=runs)
    assert mark_of(source) == (None, None)
    assert not copy(source, url, tmp_path).resumed


@beside_postgresql
@pytest.mark.parametrize(
    ("value", "why"),
    [
        (
            "detail = CAST(x'610062' AS TEXT)",
            r"history \[21\] cannot be kept there: .*NUL.*; correct it here, then copy again",
        ),
        ("at = 'yesterday'", r"history cannot be read after \[16\]: .*'yesterday'"),
        ("detail = CAST(x'ff' AS TEXT)", r"history cannot be read after \[16\]: Could not decode"),
    ],
)
def test_a_value_that_cannot_be_copied_is_named(source: Store, url: str, tmp_path: Path, value: str, why: str) -> None:
    with closing(dbapi().connect(tmp_path / "mailer.db")) as connection:
        connection.execute("DROP TRIGGER history_refuses_update")
        connection.execute(f"UPDATE history SET {value} WHERE id = 21")
        connection.commit()
    with pytest.raises(BadInput, match=why):
        copy(source, url, tmp_path)
    with source.transaction() as connection:
        connection.execute(text("UPDATE history SET detail = 'a', at = '2018-07-12 13:00:00.000000' WHERE id = 21"))
    assert copy(source, url, tmp_path).resumed
    is_whole(source, url, tmp_path)


def test_only_postgresql_is_copied_to(source: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="copied to PostgreSQL"):
        copy(source, "sqlite:///other.db", tmp_path)
    with pytest.raises(BadInput, match="the URL cannot be used: write "):
        copy(source, "nonsense", tmp_path)
    with pytest.raises(MailerError, match=r"the target cannot be opened \(.*then give the command again"):
        copy(source, "postgresql+psycopg://club:sesame@127.0.0.1:1/club", tmp_path)


@beside_postgresql
@pytest.mark.parametrize("wrong", [{"database": "no_such_database"}, {"username": "no_such_login"}])
def test_a_target_that_cannot_be_opened_is_not_said_to_be_away(
    source: Store, url: str, tmp_path: Path, wrong: dict[str, str]
) -> None:
    said: list[BaseException] = []
    source.endurance.notices = endurance.Notices(is_away=said.append)
    mistaken = make_url(url).set(**wrong).render_as_string(hide_password=False)
    with pytest.raises(MailerError, match=r"the target cannot be opened \(.*no_such_.*\): correct the URL"):
        copy(source, mistaken, tmp_path)
    assert not said
    assert not copy(source, url, tmp_path).resumed


def test_what_an_upgrade_did_is_told_step_by_step(source: Store, tmp_path: Path) -> None:
    assert source.upgraded.before is None
    assert list(source.upgraded.steps)[:2] == ["0001", "0002"]
    with closing(Store.open("sqlite:///mailer.db", tmp_path)) as again:
        assert (again.upgraded.before, again.upgraded.steps) == (migrate.HEAD, {})
    steps = migrate.steps_since("0019")
    assert list(steps)[:2] == ["0020", "0021"]
    assert steps["0021"].startswith("Counts how often a lease went to another process")
