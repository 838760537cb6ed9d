"""`mailer check` says how old the last backup is, whether the database takes writes, and what the nightly look at the database has found."""

from datetime import timedelta

import pytest

from mailer.checking.database import check_backup, check_soundness, check_writes
from mailer.domain.check_result import CheckResult, CheckState
from mailer.domain.night import BACKED_UP, CHECKED, DAMAGED, DATABASE
from mailer.store import history
from mailer.store.ledger.instants import last_work
from tests.club import THURSDAY, Club

DAY = timedelta(days=1)


def look(club: Club, check, done: dict[str, timedelta] | None = None) -> CheckResult:
    """The check's result when these things were done to the database so long ago."""
    with club.opened() as app:
        with app.store.transaction() as connection:
            for verb, ago in (done or {}).items():
                history.record(
                    connection, at=THURSDAY - ago, who="daemon", verb=verb, subject=DATABASE, detail="page 7 is torn"
                )
        [result] = check(app)
    return result


@pytest.mark.parametrize(
    ("ago", "state"), [(DAY, CheckState.OK), (2 * DAY, CheckState.OK), (2.1 * DAY, CheckState.WRONG)]
)
def test_an_old_backup_is_wrong(club: Club, ago, state) -> None:
    result = look(club, check_backup, {BACKED_UP: ago})
    assert result.state is state
    assert result.finding.startswith(f"the last one in {club.folder / 'backups'} is of 2018-07-1")


def test_an_installation_that_has_none_yet_is_noted(club: Club) -> None:
    result = look(club, check_backup)
    assert (result.state, result.finding) == (CheckState.NOTE, f"there is none yet in {club.folder / 'backups'}")


def test_where_the_daemon_makes_none_that_is_noted(club: Club) -> None:
    club.settle(backup={"folder": ""})
    result = look(club, check_backup, {"pull": 3 * DAY})
    assert (result.state, "[backup] folder is empty" in result.finding) == (CheckState.NOTE, True)


@pytest.mark.parametrize(
    ("folder", "words"), [("config.toml/deep", "config.toml is no folder"), ("x" * 300, "File name too long")]
)
def test_a_folder_in_which_none_can_be_made_is_wrong_before_the_first_night(club: Club, folder, words) -> None:
    club.settle(backup={"folder": folder})
    result = look(club, check_backup)
    assert (result.state, result.fix.startswith("let [backup] folder name")) == (CheckState.WRONG, True)
    assert words in result.finding


def test_damage_that_was_found_is_wrong(club: Club) -> None:
    assert look(club, check_soundness).finding == "no daemon has looked yet; `mailer db check` looks now"
    assert look(club, check_soundness, {CHECKED: 2 * DAY}).state is CheckState.OK
    result = look(club, check_soundness, {DAMAGED: DAY})
    assert result.state is CheckState.WRONG
    assert result.finding.startswith("damaged, page 7 is torn on 2018-07-11")


@pytest.mark.sqlite
def test_a_database_that_takes_no_writes_is_wrong_and_one_that_does_is_as_it_was(club: Club) -> None:
    with club.opened() as app:
        [result] = check_writes(app)
        with app.store.transaction() as connection:
            assert (result.ok, last_work(connection)) == (True, None)
            for deed in ("INSERT", "UPDATE"):
                refusal = "BEGIN SELECT RAISE(ABORT, 'permission denied'); END"
                connection.exec_driver_sql(f"CREATE TRIGGER no_{deed} BEFORE {deed} ON ledger_state {refusal}")
        [result] = check_writes(app)
    assert (result.state, result.finding) == (CheckState.WRONG, "the database refuses: permission denied")
    assert result.fix == "let the login of [database] own its tables, or the service's login its file"
