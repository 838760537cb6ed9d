"""Every check belongs to a group, says what to do in one line, and `mailer check` makes at least thirty of them."""

from itertools import groupby
from threading import Event

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from mailer.checking import checks
from mailer.checking.checks import check
from mailer.checking.configuration import check_settings
from mailer.checking.result import Check
from mailer.checking.table import CHECKS
from mailer.domain.check_result import CheckGroup, CheckResult, CheckState
from mailer.domain.errors import BadInput
from mailer.store import migrate
from mailer.views.check_results import check_document, check_rows, checked_sentence
from tests.away import Lost
from tests.cli.terminal import a_relay
from tests.club import Club
from tests.damaged import spoil


@pytest.mark.parametrize("entry", CHECKS, ids=lambda entry: entry.look.__name__)
def test_a_check_says_in_one_line_what_to_do(entry) -> None:
    assert entry.fix
    assert "\n" not in entry.fix
    assert len(entry.fix) <= 120
    assert entry.look.__doc__


def test_a_new_installation_has_thirty_checks_in_their_groups(club: Club) -> None:
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port}, notify={"operator": "operator@club.example"})
        results = check(club.config)
    assert len(results) >= 30
    assert len({result.subject for result in results}) == len(results)
    groups = [group for group, _ in groupby(results, key=lambda result: result.group)]
    assert groups == [group for group in CheckGroup if group is not CheckGroup.DNS]
    # The files of the made-up club are for everybody to read.
    assert [result.subject for result in results if not result.ok] == ["rights of files"]


@pytest.fixture(scope="module")
def without_relay(tmp_path_factory) -> list[CheckResult]:
    club = Club.found(tmp_path_factory.mktemp("club"))
    club.settle(smtp={"port": 1})
    return check(club.config)


def test_what_is_not_right_has_a_remedy_and_what_is_has_none(without_relay) -> None:
    results = {result.subject: result for result in without_relay}
    assert results["the relay"].state is CheckState.WRONG
    assert results["the relay"].fix.startswith("correct the relay's section in config.toml")
    assert results["the register"].state is CheckState.NOTE
    assert results["the register"].fix.startswith("bring people")
    assert all(bool(result.fix) == (result.state is not CheckState.OK) for result in results.values())


def test_an_unknown_variable_is_named_with_the_one_that_was_meant(club: Club, monkeypatch) -> None:
    monkeypatch.setenv("MAILER_SMPT__HOST", "relay.example")
    [result] = check(club.config)
    assert (result.subject, result.ok) == ("the environment", False)
    assert result.fix == "`unset MAILER_SMPT__HOST`, or call it MAILER_SMTP__HOST"
    assert "relay.example" not in str(check_document(result))


def test_variables_in_effect_are_named_without_their_values(club: Club, monkeypatch) -> None:
    monkeypatch.setenv("MAILER_NOTIFY__OPERATOR", "operator@club.example")
    result = next(result for result in check_settings(club.config) if result.subject == "the environment")
    assert (result.ok, result.finding) == (True, "MAILER_NOTIFY__OPERATOR")


def test_the_table_names_a_group_once_and_puts_the_remedy_below(without_relay) -> None:
    results = without_relay
    rows = list(check_rows(results))
    groups = [group for group, *_ in rows if group]
    assert groups == [group for group in CheckGroup if group is not CheckGroup.DNS]
    [finding] = [finding for _, _, subject, finding in rows if subject == "the relay"]
    assert "\n→ correct the relay's section" in finding
    wrong = sum(not result.ok for result in results)
    assert checked_sentence(results, 1.25).startswith(f"{len(results)} checks in 1.2 seconds: {wrong} wrong, ")
    assert set(check_document(results[0])) >= {"what", "ok", "said"}


@pytest.mark.parametrize(
    ("error", "finding", "fix"),
    [
        (BadInput("it is behind a cloud"), "it is behind a cloud", "wait"),
        (PermissionError(13, "Permission denied", "/sky"), "/sky: Permission denied", "wait"),
        (
            OperationalError("SELECT", {}, Lost("gone\n\tfor ever")),
            "the database does not answer: gone for ever",
            "let the database of [database] answer; what was not looked at may be as it should",
        ),
        (
            ProgrammingError("SELECT", {}, Exception("permission denied")),
            "the database refuses: permission denied",
            "wait",
        ),
        (
            OverflowError("too far"),
            "the check itself failed (OverflowError: too far), which is a fault of this program",
            "wait",
        ),
    ],
)
def test_a_check_that_cannot_look_is_wrong_and_keeps_no_other_from_looking(
    club, monkeypatch, error, finding, fix
) -> None:
    def look(_app):
        raise error
        yield

    entry = Check(group=CheckGroup.MACHINE, subject="the moon", look=look, fix="wait")
    monkeypatch.setattr(checks, "CHECKS", (entry, *CHECKS[:3]))
    results = {result.subject: result for result in check(club.config)}
    assert (results["the moon"].finding, results["the moon"].fix) == (finding, fix)
    assert "the software" in results


def test_a_check_that_waits_for_ever_is_given_up_with_what_it_has_found(club: Club, monkeypatch) -> None:
    over = Event()

    def look(_app):
        yield CheckResult(subject="the near side", ok=True, finding="it is there")
        over.wait(60)

    entry = Check(group=CheckGroup.MACHINE, subject="the moon", look=look, fix="wait", waits=0.05)
    monkeypatch.setattr(checks, "CHECKS", (entry, *CHECKS[:3]))
    results = {result.subject: result for result in check(club.config)}
    over.set()
    assert results["the near side"].ok
    assert (results["the moon"].ok, results["the moon"].fix) == (False, "wait")
    assert results["the moon"].finding == "who is asked has not answered within 0 seconds"


def test_each_check_has_a_subject_of_its_own() -> None:
    subjects = [entry.subject for entry in CHECKS]
    assert len(set(subjects)) == len(subjects)


@pytest.mark.sqlite
def test_what_damage_of_the_database_makes_wrong_is_mended_there(club: Club) -> None:
    check(club.config)
    for table in ("history", "ix_history_verb", "ix_history_subject"):
        spoil(club.folder / "mailer.db", table)
    wrong = [result for result in check(club.config) if "damaged" in result.finding]
    assert {"the clock", "the backup", "to do"} <= {result.subject for result in wrong}
    assert {result.fix for result in wrong} == {
        "`mailer db check` names all that is wrong with it, `mailer db restore FILE` puts a backup in its place"
    }


@pytest.mark.parametrize("version", ["0099", "0000"])
def test_a_database_of_another_version_is_mended_by_that_version(club: Club, version: str) -> None:
    with club.opened() as app, app.store.transaction() as connection:
        migrate.set_version(connection, version)
    wrong = check(club.config)[-1]
    assert (wrong.state, wrong.group) == (CheckState.WRONG, CheckGroup.DATABASE)
    assert wrong.fix == "install the version that was last at work on it, or restore a backup made before that"
