"""The commands about the database, as the operator types them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError, DBAPIError, InternalError

from mailer.cli import console
from mailer.gateways.process import locks
from mailer.store import Store
from mailer.store.ledger import backups
from mailer.store.sqlite import dbapi
from tests import databases
from tests.away import lost
from tests.cli.terminal import Terminal
from tests.club import ISSUE, Club
from tests.databases import POSTGRES


def damaged() -> DBAPIError:
    error = dbapi().DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = dbapi().SQLITE_CORRUPT
    return DatabaseError("", {}, error)


@pytest.fixture
def club(at: Callable[[str], Club]) -> Club:
    return at("planned")


@pytest.mark.usefixtures("club")
def test_a_sound_database_is_said_to_be_so_and_counted(run: Terminal) -> None:
    said = run.ok("db", "check").out
    assert f"is sound: 4 people, 1 issue text and 3 copies ({'PostgreSQL 1' if POSTGRES else 'SQLite 3.'}" in said
    document = run.ok("--json", "db", "check").document
    assert (document["ok"], document["problems"], document["rows"]["deliveries"]) == (True, [], 3)


@pytest.mark.sqlite
def test_a_damaged_one_ends_with_1_and_names_the_way_back(run: Terminal, club: Club) -> None:
    file = club.folder / "mailer.db"
    octets = bytearray(file.read_bytes())
    begin = len(octets) // 2 // 4096 * 4096
    octets[begin : begin + 3 * 4096] = b"\xa5" * 3 * 4096
    file.write_bytes(octets)
    said = run("db", "check")
    assert (said.status, "is damaged" in said.out + said.err, "`mailer db restore FILE`" in said.out + said.err) == (
        1,
        True,
        True,
    )


AWAY = (
    "the database went away before the end (connection refused): what was done before stays, the last step perhaps; when it "
    "answers again, look with `mailer status`, then give the command again"
)
DAMAGED = (
    "the database is damaged: database disk image is malformed; `mailer db check` names all that is wrong with it, "
    "`mailer db restore FILE` puts a backup in its place"
)


@pytest.mark.usefixtures("club")
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (lost(), AWAY),
        (damaged(), DAMAGED),
        (InternalError("", {}, Exception("too many")), "the database refused, nothing was changed: too many"),
    ],
)
def test_a_command_that_the_database_breaks_off_says_what_that_means(
    run: Terminal, monkeypatch: pytest.MonkeyPatch, error: DBAPIError, words: str
) -> None:
    def breaks_off(_store: Store) -> None:
        raise error from error.orig

    monkeypatch.setattr(Store, "check", breaks_off)
    refused = run("db", "check")
    assert (refused.status, " ".join(refused.err.split())) == (1, f"mailer: {words}")


def test_a_backup_is_counted_and_takes_the_place_of_the_database(run: Terminal, club: Club) -> None:
    backup = club.folder / "backup.db"
    written = run.ok("--json", "db", "backup", backup).document
    assert (written["checked"], written["rows"]["deliveries"]) == (True, 3)
    run.ok("--yes", "register", "import", "--members", *members(club), "--apply", "--end-missing")
    refused = run("db", "restore", backup)
    assert (refused.status, "There is no terminal to ask in" in refused.err) == (1, True)
    said = run.ok("--yes", "db", "restore", backup).out
    assert "4 people, 1 issue text and 3 copies, as of " in said
    assert "`mailer resume-after-restore` asks" in said
    assert POSTGRES or list(club.folder.glob("mailer.db.before-restore-*"))
    assert "is a backup of" in run("pull").err


def members(club: Club) -> tuple[Path, str, Path]:
    club.write_register([])
    return club.folder / "members.csv", "--payments", club.folder / "payments.csv"


def test_nothing_is_restored_beside_a_running_service(run: Terminal, club: Club) -> None:
    backup = club.folder / "backup.db"
    run.ok("db", "backup", backup)
    with locks.acquire(club.folder, "mailer-1-daemon"):
        refused = run("--yes", "db", "restore", backup)
    assert (refused.status, "is running: stop it, then try again" in refused.err) == (1, True)
    run.ok("--yes", "db", "restore", backup)  # the lock of a process that has ended stands in no one's way
    assert console.invocation.opened is None


def test_a_file_that_is_not_there(run: Terminal, club: Club) -> None:
    refused = run("--yes", "db", "restore", club.folder / "nowhere.db")
    assert (refused.status, "there is no file" in refused.err) == (1, True)


def test_an_upgrade_says_what_it_did(run: Terminal, club: Club) -> None:
    head = run.ok("--json", "db", "upgrade").document
    assert (head["before"], head["steps"]) == (head["after"], [])
    assert "the newest one: nothing was to be done" in run.ok("db", "upgrade").out
    databases.empty(club.folder)
    assert f"is new, with schema {head['after']}" in run.ok("db", "upgrade").out


@pytest.mark.sqlite
def test_a_copy_goes_to_postgresql_and_not_beside_a_sender(run: Terminal, club: Club) -> None:
    refused = run("db", "copy", "sqlite:///other.db")
    assert (refused.status, "a database is copied to PostgreSQL" in refused.err) == (1, True)
    assert not (club.folder / "other.db").exists()
    with locks.acquire(club.folder, "mailer-1-0"):
        refused = run("db", "copy", "postgresql+psycopg://club@127.0.0.1:1/club")
    assert (refused.status, "is running: stop it, then try again" in refused.err) == (1, True)
    with club.opened():  # as by the console alone
        refused = run("db", "copy", "postgresql+psycopg://club@127.0.0.1:1/club")
    assert (refused.status, "another process has" in refused.err) == (1, True)
    refused = run("db", "copy", "postgresql+psycopg://club@127.0.0.1:1/club")
    assert (refused.status, "the target cannot be opened" in refused.err) == (1, True)


def test_a_ledger_that_goes_on_elsewhere_sends_nothing_until_a_person_has_said_what_left(
    run: Terminal, club: Club
) -> None:
    elsewhere = "postgresql+psycopg://club@db.club.example/club"
    with club.opened() as app, app.store.transaction() as connection:
        backups.mark_as_moved(connection, elsewhere, app.context.clock.now())
    for words in (["pull"], ["plan", ISSUE], ["approve", ISSUE], ["--yes", "send", ISSUE]):
        refused = run(*words)
        assert (refused.status, f"was copied to {elsewhere} on " in refused.err) == (1, True), words
        assert "`mailer resume-after-restore`" in refused.err
    asked = run("--json", "--yes", "resume-after-restore")
    assert (asked.status, asked.document["moved_to"]) == (1, elsewhere)
    assert "see that no service uses that one any more" in asked.err
    run.ok("--yes", "resume-after-restore", "--new", ISSUE)
    run.ok("pull")
