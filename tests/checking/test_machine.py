"""`mailer check` looks at the machine: disk, login, folders, limits, the time service."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.checking import database, machine
from mailer.domain.check_result import CheckResult, CheckState
from mailer.gateways import machine_state
from mailer.gateways.machine_state import DiskRoom
from tests.club import Club

ROOM = DiskRoom(octets=50_000_000_000, share=0.5, files=1_000_000)


def only(club: Club, look) -> CheckResult:
    with club.opened() as app:
        [result] = look(app)
    return result


@pytest.mark.parametrize(
    ("room", "state", "words"),
    [
        (ROOM, CheckState.OK, "50.0 GB free at"),
        (replace(ROOM, octets=900_000_000), CheckState.NOTE, "900 MB free at"),
        (replace(ROOM, share=0.04), CheckState.NOTE, "(4%)"),
        (replace(ROOM, octets=99_000_000), CheckState.WRONG, "only 99.0 MB free at"),
        (replace(ROOM, files=12), CheckState.WRONG, "but for 12 more files only"),
        (replace(ROOM, files=None), CheckState.OK, "50.0 GB free at"),
    ],
)
def test_a_disk_must_have_room(club: Club, monkeypatch, room, state, words) -> None:
    monkeypatch.setattr(machine, "disk_room", lambda _folder: room)
    result = only(club, machine.check_disk)
    assert result.state is state
    assert words in result.finding


@pytest.mark.sqlite
def test_a_disk_with_less_room_than_the_database_needs_is_wrong(club: Club, monkeypatch) -> None:
    with (club.folder / "mailer.db").open("ab") as database_file:
        database_file.truncate(300_000_000)
    monkeypatch.setattr(machine, "disk_room", lambda _folder: replace(ROOM, octets=250_000_000))
    with club.opened() as app:
        with (club.folder / "mailer.db").open("ab") as database_file:
            database_file.truncate(300_000_000)
        [result] = machine.check_disk(app)
    assert result.state is CheckState.WRONG
    assert "less than the database's 300 MB" in result.finding


def test_the_room_of_a_real_disk_is_read(tmp_path: Path) -> None:
    room = machine_state.disk_room(tmp_path)
    assert room.octets > 0
    assert 0 < room.share <= 1


@pytest.mark.sqlite
def test_a_disk_of_another_machine_is_wrong_for_sqlite(club: Club, monkeypatch, tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/club {club.folder} nfs4 rw 0 0\n")
    monkeypatch.setattr(machine_state, "_MOUNTS", mounts)
    result = only(club, machine.check_local_disk)
    assert (result.ok, result.finding) == (False, f"{club.folder} is on another machine's disk (nfs4)")
    mounts.write_text(f"server:/ / nfs4 rw 0 0\n/dev/sda1 {tmp_path} ext4 rw 0 0\n")
    assert only(club, machine.check_local_disk).ok


def test_files_of_another_login_are_named(club: Club, monkeypatch) -> None:
    assert only(club, machine.check_login).state is CheckState.OK
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    result = only(club, machine.check_login)
    assert not result.ok
    assert "belongs to" in result.finding
    assert "54321 runs this command" in result.finding
    assert "sudo -u" in result.fix


def test_a_low_limit_of_open_files_is_wrong(club: Club, monkeypatch) -> None:
    monkeypatch.setattr(machine, "most_open_files", lambda: 100)
    result = only(club, machine.check_open_files)
    assert (result.ok, result.finding) == (False, "100 files and connections may be open; 202 are needed")
    monkeypatch.setattr(machine, "most_open_files", lambda: 0)
    assert only(club, machine.check_open_files).ok


@pytest.mark.parametrize(("answer", "state"), [(True, CheckState.OK), (False, CheckState.NOTE), (None, CheckState.OK)])
def test_a_clock_that_follows_no_time_server_is_noted(club: Club, monkeypatch, answer, state) -> None:
    monkeypatch.setattr(machine, "clock_is_synchronised", lambda: answer)
    assert only(club, machine.check_time_service).state is state


def test_the_kernel_says_whether_its_clock_is_kept_right() -> None:
    assert machine_state.clock_is_synchronised() in {True, False, None}


@pytest.mark.sqlite
def test_a_journal_that_grows_is_noted(club: Club, monkeypatch) -> None:
    with club.opened() as app:
        monkeypatch.setattr(database, "LONG_JOURNAL", -1)
        [result] = database.check_journal(app)
    assert result.state is CheckState.NOTE
    assert "a program keeps reading the database" in result.finding


@pytest.mark.parametrize(
    ("wanted", "connections", "processors", "note", "words"),
    [
        (1, 5, 1, False, "one sends"),
        (2, 5, 2, False, "2 send, while much waits; an idle daemon is alone"),
        (8, 4, 8, True, "8 are asked for, 4 can send: each needs a connection to each relay"),
        (3, 5, 1, True, "3 send on 1 processor: more than that bring nothing"),
    ],
)
def test_relays_and_processors_must_be_enough_for_the_processes(
    club: Club, monkeypatch, wanted, connections, processors, note, words
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: processors)
    club.settle(smtp={"connections": connections}, delivery={"processes": wanted})
    result = only(club, machine.check_processes)
    assert (result.subject, result.ok, result.note, result.finding) == ("sending processes", True, note, words)


def test_there_is_a_processor() -> None:
    assert machine_state.cores() >= 1
