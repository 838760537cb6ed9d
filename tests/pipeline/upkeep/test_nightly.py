"""Each night the database is checked and backed up, and what is wrong with either reaches the operator once."""

import errno
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from mailer.app.installation import App
from mailer.checking.database import check_backup
from mailer.domain.errors import BadInput, MailerError, Refused
from mailer.domain.night import DATABASE
from mailer.domain.remedy import Action
from mailer.domain.to_do import ToDoKind
from mailer.pipeline.overview.to_do import to_do
from mailer.pipeline.upkeep.nightly import NightlyBackups, check_and_back_up
from mailer.store import DatabaseError, Store, history
from mailer.store.ledger import backups
from mailer.store.schema import letters
from mailer.views.to_do import to_do_sentence
from tests.away import lost
from tests.club import THURSDAY, Club, import_register, members
from tests.damaged import spoil
from tests.doubles import FrozenClock


class Night(NamedTuple):
    """A club whose daemon looks at what is due at night."""

    app: App
    clock: FrozenClock
    folder: Path


@pytest.fixture
def night(club: Club) -> Iterator[Night]:
    """A club with people in its register, which has an operator."""
    clock = FrozenClock(THURSDAY)
    with club.opened(clock) as app:
        import_register(app, members(3))
        context = replace(app.context, operator="operator@club.example")
        yield Night(replace(app, context=context), clock, club.folder / "backups")


def done(app: App) -> list[tuple[str, str]]:
    with app.store.reading() as connection:
        return [(entry.verb, entry.detail) for entry in history.entries(connection, DATABASE)]


def alarms(app: App) -> list[str]:
    with app.store.reading() as connection:
        return [facts["cause"] for facts in connection.execute(select(letters.c.facts)).scalars()]


def run(night: Night, keep: int = 3) -> None:
    check_and_back_up(night.app.context, NightlyBackups(folder=night.folder, keep=keep))


def test_nothing_is_done_on_the_first_day(night: Night) -> None:
    run(night)
    assert done(night.app) == []


def test_each_night_the_database_is_checked_and_backed_up_once(night: Night) -> None:
    for _ in range(2):
        night.clock.advance(days=1)
        run(night)
        run(night)
    assert [verb for verb, _ in done(night.app)] == ["check", "back up"] * 2
    assert done(night.app)[0] == ("check", "sound: 3 people, 0 issue texts and 0 copies")
    assert len(list(night.folder.iterdir())) == 2


def test_the_newest_backups_stay_and_other_files_are_left_alone(night: Night) -> None:
    night.folder.mkdir()
    for name in ("mailer.db", "mailer-2018.db", "notes.txt", "mailer-20180101T000000Z.db.gz"):
        (night.folder / name).touch()
    (night.folder / ".mailer-20180101T000000Z.db.partial").touch()
    names = []
    for _ in range(5):
        night.clock.advance(days=1)
        run(night, keep=2)
        names.append(done(night.app)[-1][1].partition(";")[0])
    stay = {"mailer.db", "mailer-2018.db", "notes.txt", "mailer-20180101T000000Z.db.gz", *names[-2:]}
    assert {path.name for path in night.folder.iterdir()} == stay
    assert done(night.app)[-1][1] == f"{names[-1]}; deleted {names[-3]}"
    assert night.folder.stat().st_mode & 0o777 in {0o700, 0o755}  # it was there before


@pytest.mark.sqlite
def test_a_backup_of_a_night_is_private_and_marked(night: Night) -> None:
    night.clock.advance(days=1)
    run(night)
    [file] = night.folder.iterdir()
    assert (night.folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    store = Store.open(f"sqlite:///{file.name}", night.folder)
    with store.reading() as connection:
        assert backups.backup_at(connection) == night.clock.now()
    store.close()


def test_without_a_folder_the_database_is_checked(night: Night) -> None:
    night.clock.advance(days=1)
    check_and_back_up(night.app.context, None)
    assert [verb for verb, _ in done(night.app)] == ["check"]


@pytest.mark.sqlite
def test_a_damaged_database_is_an_alarm_and_no_backup_is_made_of_it(
    night: Night, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    night.clock.advance(days=1)
    run(night)
    with night.app.store.transaction() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        connection.exec_driver_sql("UPDATE memberships SET kind = 'unheard of'")
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")
    night.clock.advance(days=1)
    run(night)
    run(night)
    assert [verb for verb, _ in done(night.app)] == ["check", "back up", "damaged"]
    assert alarms(night.app) == ["damage"]
    assert len(list(night.folder.iterdir())) == 1
    assert "the database is damaged: " in caplog.text
    [item] = to_do(night.app.context)
    assert (item.kind, item.remedies) == (ToDoKind.DAMAGED, (Action.CHECK_DATABASE.of(), Action.RESTORE.of()))
    assert to_do_sentence(item, "ru").startswith("База данных повреждена: ")
    with night.app.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE memberships SET kind = 'individual'")
    night.clock.advance(days=1)
    run(night)
    assert [verb for verb, _ in done(night.app)][-2:] == ["check", "back up"]
    assert to_do(night.app.context) == ()


@pytest.mark.sqlite
def test_a_damaged_history_is_an_alarm_too(club: Club, caplog: pytest.LogCaptureFixture) -> None:
    clock, backups = FrozenClock(THURSDAY), NightlyBackups(folder=club.folder / "backups", keep=1)
    with club.opened(clock) as app:
        import_register(app, members(3))
        clock.advance(days=1)
        check_and_back_up(app.context, backups)
    before = list(backups.folder.iterdir())
    for table in ("history", "ix_history_subject"):
        spoil(club.folder / "mailer.db", table)
    clock.advance(days=1)
    with club.opened(clock) as app:
        context = replace(app.context, operator="operator@club.example")
        check_and_back_up(context, backups)
        check_and_back_up(context, backups)
        assert alarms(app) == ["damage"]
    assert "the database is damaged: database disk image is malformed" in caplog.text
    assert list(backups.folder.iterdir()) == before


def test_a_database_that_goes_away_meanwhile_is_not_called_damaged(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    def goes_away(_store: Store) -> None:
        raise lost()

    night.clock.advance(days=1)
    monkeypatch.setattr(Store, "check", goes_away)
    with pytest.raises(DatabaseError):
        run(night)
    monkeypatch.undo()
    assert (done(night.app), alarms(night.app)) == ([], [])
    run(night)
    assert [verb for verb, _ in done(night.app)] == ["check", "back up"]


def test_a_backup_that_cannot_be_made_is_an_alarm_once_and_tried_again(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(night.folder.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    night.clock.advance(days=1)
    for _ in range(2):
        with pytest.raises(Refused, match=r"there is no room for a backup in .*backups: 0 MB are free"):
            run(night)
    assert alarms(night.app) == ["backup"]
    assert [verb for verb, _ in done(night.app)] == ["check", "no backup"]
    [item] = to_do(night.app.context)
    assert (item.kind, item.since) == (ToDoKind.NO_BACKUP, night.clock.now())
    assert "there is no room" in to_do_sentence(item, "en")
    [result] = check_backup(night.app)
    assert not result.ok
    assert "there is no room" in result.finding
    monkeypatch.undo()
    run(night)
    assert [verb for verb, _ in done(night.app)] == ["check", "no backup", "back up"]
    assert to_do(night.app.context) == ()
    assert [result.ok for result in check_backup(night.app)] == [True]


def test_a_folder_that_cannot_be_made(night: Night) -> None:
    night.folder.write_text("a file")
    night.clock.advance(days=1)
    with pytest.raises(OSError, match="exists"):
        run(night)
    assert alarms(night.app) == ["backup"]
    assert Path(night.folder).read_text() == "a file"


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "make room there"),
        (errno.EDQUOT, "make room there"),
        (errno.EACCES, "let the service's login write there"),
        (errno.EROFS, "name another folder in [backup] folder"),
        (errno.ENOENT, "its disk must be mounted"),
        (errno.ENOMEM, "make room or mend the folder of [backup]"),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_what_to_do_is_said_wherever_a_failed_backup_is(
    night: Night, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str, wrapped: bool
) -> None:
    def fail(*_: object) -> None:
        error = OSError(number, "it failed", "/srv/backups")
        if wrapped:
            raise BadInput("the backup cannot be written; there is none") from error
        raise error

    monkeypatch.setattr(type(night.app.store), "back_up_into", fail)
    night.clock.advance(days=1)
    with pytest.raises((OSError, MailerError)):
        run(night)
    [detail] = [detail for verb, detail in done(night.app) if verb == "no backup"]
    [item] = to_do(night.app.context)
    [result] = check_backup(night.app)
    for said in (detail, to_do_sentence(item, "en"), result.finding):
        assert remedy in said
