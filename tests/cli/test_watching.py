"""`mailer status --watch` shows how things stand until a mailing has ended, or the person has seen enough."""

import os
import pty
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from mailer.cli import watching
from mailer.cli.watching import Glance, keep_showing
from tests.away import lost
from tests.club import ISSUE, Club, begin, members


class Pause:
    """Ends as Ctrl-C does after so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def wait(self, seconds: float) -> None:
        assert seconds == 2.0
        self.looks -= 1
        if not self.looks:
            raise KeyboardInterrupt


@pytest.fixture
def three_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "Event", lambda: Pause(3))


def test_all_issues_are_shown_until_a_person_has_seen_enough(run, at, three_looks) -> None:
    at("planned")
    once, watched = run.ok("status"), run.ok("status", "--watch")
    assert watched.out == once.out  # nothing has changed: it is said once


def test_a_mailing_that_has_ended_is_shown_once(run, at, three_looks) -> None:
    at("planned")
    run.ok("cancel", str(ISSUE), "--yes")
    watched = run.ok("status", str(ISSUE), "--watch")
    assert watched.out == run.ok("status", str(ISSUE)).out
    assert "is cancelled" in watched.out


def test_what_changes_is_shown_anew_with_its_doubts_and_advice(capsys) -> None:
    glances = iter(
        [
            Glance(document=None, lines=["1 of 3 copies done"], doubts=["the clock is wrong"]),
            Glance(document=None, lines=["2 of 3 copies done"], advice=["no daemon runs"]),
            Glance(document=None, columns=("issue", "state"), rows=[("letter/41", "closed")], ended=True),
        ]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "Event", lambda: Pause(9))
        keep_showing(lambda: next(glances))
    assert capsys.readouterr().out.splitlines() == [
        *("note: the clock is wrong", "1 of 3 copies done"),
        *("2 of 3 copies done", "note: no daemon runs"),
        *("\x1b[1missue      state\x1b[0m" if sys.stdout.isatty() else "issue      state", "letter/41  closed"),
    ]


def test_a_small_terminal_shows_the_end_of_what_there_is(tmp_path: Path) -> None:
    program = (
        "from mailer.cli.watching import *; lines = [f'line {n} ' + 'x' * 30 for n in range(50)];"
        "keep_showing(lambda: Glance(document=None, lines=[*lines, 'the last one'], ended=True))"
    )
    main_end, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (7, 20))
    environment = {name: value for name, value in os.environ.items() if name not in {"LINES", "COLUMNS"}}
    subprocess.run([sys.executable, "-c", program], stdout=terminal, stdin=terminal, env=environment, check=True)
    os.close(terminal)
    shown = b""
    with suppress(OSError):  # the other end is closed
        while octets := os.read(main_end, 4096):
            shown += octets
    os.close(main_end)
    assert b"the last one" in shown
    assert b"line 49" in shown
    assert b"line 0" not in shown


def test_a_program_asks_again_instead(run, at) -> None:
    at("planned")
    refused = run("--json", "status", "--watch")
    assert (refused.status, refused.out) == (2, "")
    assert "--watch is for people" in refused.err


def test_a_terminal_is_drawn_anew_and_left_as_it_was(tmp_path: Path) -> None:
    club = Club.found(tmp_path / "club")
    with club.opened() as app:
        begin(app, members(2))
    main_end, terminal = pty.openpty()
    command = [sys.executable, "-m", "mailer", "--config", str(club.config), "status", "--watch"]
    watching_process = subprocess.Popen(command, stdout=terminal, stdin=terminal, stderr=subprocess.PIPE)
    os.close(terminal)
    shown = b""
    while b"no daemon runs" not in shown:
        shown += os.read(main_end, 4096)
    watching_process.send_signal(2)
    _, complaints = watching_process.communicate(timeout=60)
    os.close(main_end)
    assert (watching_process.returncode, complaints) == (0, b"")
    assert b"harbour-letter/41" in shown


def test_a_database_that_goes_away_meanwhile_is_waited_for(capsys, monkeypatch) -> None:
    monkeypatch.setattr(watching, "Event", lambda: Pause(9))
    looks = iter([["1 of 3 copies done"], lost(), lost(), ["3 of 3 copies done"]])

    def look() -> Glance:
        seen = next(looks)
        if isinstance(seen, Exception):
            raise seen
        return Glance(document=None, lines=seen, ended="3 of 3" in seen[0])

    keep_showing(look)
    assert capsys.readouterr().out.splitlines() == ["1 of 3 copies done", "3 of 3 copies done"]
