"""The further processes: when one is started, what its end means, and that none outlives the first."""

import errno
import logging
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.app import further_processes
from mailer.app.further_processes import TROUBLE, UNWRITABLE, FurtherProcesses
from mailer.app.installation import App, reload
from mailer.app.own_processes import DONE, OTHER_SETTINGS
from mailer.domain.errors import BadInput
from mailer.gateways.clock import SystemClock
from mailer.pipeline.sending.company import RelayTrouble
from tests.club import LETTER, THURSDAY, Club, begin, members
from tests.doubles import FrozenClock

PROGRAM = "a_further_process"


@pytest.fixture
def club(tmp_path: Path) -> Club:
    return Club.found(tmp_path / "club")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(THURSDAY)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """What is started in place of a further process; the file has what it was told, and how."""
    heard = tmp_path / "heard"
    monkeypatch.setattr(further_processes, "MODULE", PROGRAM)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def write(text: str) -> Path:
        head = f"import sys, signal\nfrom pathlib import Path\nheard = Path({str(heard)!r})\n"
        (tmp_path / f"{PROGRAM}.py").write_text(head + text)
        return heard

    return write


def ended(further: FurtherProcesses) -> None:
    """Wait until the only one has ended, and let that be noticed."""
    [process] = further._running.values()
    process.running.wait(60)
    assert further.has_ended()
    assert not further.at_work


def may_start(further: FurtherProcesses) -> bool:
    further.want(None)
    return further.at_work


@pytest.mark.parametrize(
    ("status", "seconds"),
    [(DONE, 2), (TROUBLE + RelayTrouble.PASSING, 1), (TROUBLE + RelayTrouble.LASTING, 1800), (UNWRITABLE, 1), (1, 2)],
)
def test_how_one_ends_decides_when_another_is_started(
    club: Club, clock: FrozenClock, program: Callable[[str], Path], status: int, seconds: int
) -> None:
    program(f"sys.exit({status})")
    with club.opened(clock) as app:
        further = FurtherProcesses(app, 2)
        assert may_start(further)
        ended(further)
        clock.advance(seconds=seconds - 0.1)
        assert not may_start(further)
        clock.advance(seconds=0.1)
        assert may_start(further)
        further.close()


@pytest.mark.parametrize("status", [OTHER_SETTINGS, TROUBLE + RelayTrouble.LASTING, 1])
def test_one_that_was_started_before_a_reload_delays_no_other(
    club: Club, clock: FrozenClock, program: Callable[[str], Path], caplog: pytest.LogCaptureFixture, status: int
) -> None:
    program(f"sys.stdin.readline()\nsys.exit({status})")
    with club.opened(clock) as app:
        further = FurtherProcesses(app, 2)
        assert may_start(further)
        further.use(app.context)
        ended(further)
        clock.advance(seconds=2)
        assert may_start(further)
        further.close()
    assert not caplog.records


def test_one_that_dies_again_and_again_is_said_once_and_started_ever_more_seldom(
    club: Club, clock: FrozenClock, program: Callable[[str], Path], caplog: pytest.LogCaptureFixture
) -> None:
    program("import os\nos.kill(os.getpid(), signal.SIGKILL)")
    with club.opened(clock) as app:
        further = FurtherProcesses(app, 2)
        for seconds in (2, 4, 8, 16, 32, 64, 128, 256, 300, 300):
            assert may_start(further)
            ended(further)
            clock.advance(seconds=seconds - 0.1)
            assert not may_start(further)
            clock.advance(seconds=0.1)
    assert [record.getMessage() for record in caplog.records] == [
        "a further sending process ended by signal 9; its copies are taken over, and another one is started in 2 s"
    ]


def test_a_machine_that_lets_none_begin_is_asked_ever_more_seldom(
    club: Club, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried = []

    def start(*_words: object, **_named: object) -> None:
        tried.append(clock.elapsed())
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(further_processes.subprocess, "Popen", start)
    with club.opened(clock) as app:
        further = FurtherProcesses(app, 3)
        for _ in range(20):
            assert not may_start(further)
            clock.advance(seconds=1)
    assert tried == [0, 2, 6, 14]
    [said] = [record.getMessage() for record in caplog.records]
    assert said.startswith(
        "no further sending process can be started: Resource temporarily unavailable; this one sends alone"
    )
    assert said.endswith("another one is tried in 2 s")


def test_several_that_find_other_settings_say_so_once(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture, program: Callable[[str], Path]
) -> None:
    program(f"sys.exit({OTHER_SETTINGS})")
    with club.opened(clock) as app:
        further = FurtherProcesses(app, 3)
        for _ in range(2):
            further.want(None)
            for process in further._running.values():
                process.running.wait(60)
            assert further.has_ended()
            further.use(app.context)  # after a reload it is said again
    assert ["no further sending process" in message for message in caplog.messages] == [True, True]


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (DONE, "a further sending process is done and has ended"),
        (
            TROUBLE + RelayTrouble.PASSING,
            "a further sending process has ended, since a relay is down or did not answer; none is started for 1 s",
        ),
        (
            TROUBLE + RelayTrouble.LASTING,
            "a further sending process has ended, since a relay asks us to slow down or refuses us; none is started for 1800 s",
        ),
        (UNWRITABLE, ""),  # the first process says it
    ],
)
def test_the_log_says_when_one_starts_and_why_it_ended(
    club: Club,
    clock: FrozenClock,
    program: Callable[[str], Path],
    caplog: pytest.LogCaptureFixture,
    status: int,
    line: str,
) -> None:
    program(f"sys.exit({status})")
    caplog.set_level(logging.INFO, "mailer")
    with club.opened(clock) as app:
        further = FurtherProcesses(app, 2)
        further.want(None)
        ended(further)
    start = "sending process 2 of 2 starts, since much waits to be sent"
    assert [record.getMessage() for record in caplog.records] == [start, line][: 1 + bool(line)]


def test_it_is_told_to_leave_once_and_to_stop_each_time(
    club: Club, clock: FrozenClock, program: Callable[[str], Path]
) -> None:
    heard = program("heard.write_text(sys.stdin.read())")  # until the pipe ends
    with club.opened(clock) as app:
        further = FurtherProcesses(app, 2)
        further.want(None)
        further.leave()
        further.leave()
        further.stop(60)
        further.stop(0)
        [process] = further._running.values()
        process.running.stdin.close()
        further.close()
    assert heard.read_text() == "finish\nstop 60\nstop 0\n"
    assert not may_start(further)


def test_one_that_is_frozen_does_not_hold_up_the_end(
    club: Club, clock: FrozenClock, program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    program("sys.stdin.read()")
    monkeypatch.setattr(further_processes, "_GRACE", 0.1)
    with club.opened(clock) as app:
        further = FurtherProcesses(app, 3)
        further.want(None)
        pids = [process.running.pid for process in further._running.values()]
        os.kill(pids[0], signal.SIGSTOP)
        further.stop(0)
        further.close()
    assert len(pids) == 2
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_with_one_process_none_is_started(club: Club, clock: FrozenClock) -> None:
    with club.opened(clock) as app:
        assert not may_start(FurtherProcesses(app, 1))


# --- the settings -----------------------------------------------------------------------------------------------------


def status_of_a_further_process(app: App) -> int:
    """The exit status of a real one, which finds nothing to send."""
    further = FurtherProcesses(app, 2)
    further.want(None)
    [process] = further._running.values()
    status = process.running.wait(60)
    further.close()
    return status


def test_one_that_finds_other_settings_does_not_send_until_they_are_read_again(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture, program: Callable[[str], Path]
) -> None:
    with club.opened(clock) as app:
        schedule = club.folder / "schedules" / f"{LETTER}.toml"
        good = schedule.read_text()
        schedule.write_text(good.replace("Harbour Letter", "Harbour News"))
        program(f"sys.exit({OTHER_SETTINGS} if {reload(app).context.fingerprint!r} not in sys.argv else {DONE})")
        further = FurtherProcesses(app, 2)
        further.want(None)
        ended(further)
        clock.advance(days=1)
        assert not may_start(further)
        further.use(reload(app).context)
        assert may_start(further)
        ended(further)
    [line] = [record.getMessage() for record in caplog.records]
    assert "SIGHUP reads schedules/ again" in line


def test_a_further_process_sends_by_the_settings_that_the_first_has_read(club: Club) -> None:
    with club.opened() as app:
        assert status_of_a_further_process(app) == DONE
        # Other schedules, and they are bad: the first one keeps those that it has.
        (club.folder / "schedules" / f"{LETTER}.toml").write_text("[newsletter\n")
        with pytest.raises(BadInput):
            reload(app)
        assert status_of_a_further_process(app) == OTHER_SETTINGS


def test_a_reload_reads_no_other_config_toml(club: Club) -> None:
    """The first process goes on by the one it has read at its start, so no other may send by another one beside it."""
    with club.opened() as app:
        club.settle(delivery={"retry_minutes": 7})
        assert status_of_a_further_process(reload(app)) == OTHER_SETTINGS


@pytest.mark.sqlite
def test_another_version_of_the_program_neither_sends_nor_opens_the_database(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    """It would migrate the database, which the first process, of the version before, is using."""
    with club.opened(clock) as app:
        (club.folder / "mailer.db").chmod(0)
        further = FurtherProcesses(replace(app, program="the version before"), 2)
        further.want(None)
        ended(further)
        clock.advance(days=1)
        assert not may_start(further)
        further.use(app.context)
        assert may_start(further)
        further.close()
    [line] = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert line == (
        "no further sending process is started: the program was replaced since this process started; until a restart it sends "
        "alone, over its part of the connections"
    )


def test_one_that_cannot_use_a_relay_says_why_and_leaves(club: Club, capfd: pytest.CaptureFixture[str]) -> None:
    club.settle(smtp={"port": 1})
    with club.opened(SystemClock()) as app:
        begin(app, members(2))
        assert status_of_a_further_process(app) == TROUBLE + RelayTrouble.PASSING
    assert (
        "a further sending process ends, the first one goes on alone for now: the relay 127.0.0.1:1"
        in capfd.readouterr().err
    )
